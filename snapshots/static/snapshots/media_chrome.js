// media-chrome: those of its elements that the player uses.

import "./vendor/media-chrome/lang/zh-CN.js";
import "./vendor/media-chrome/media-controller.js";
import "./vendor/media-chrome/media-control-bar.js";
import "./vendor/media-chrome/media-play-button.js";
import "./vendor/media-chrome/media-time-range.js";
import "./vendor/media-chrome/media-time-display.js";
import "./vendor/media-chrome/media-mute-button.js";
import "./vendor/media-chrome/media-volume-range.js";
import "./vendor/media-chrome/media-playback-rate-button.js";
import "./vendor/media-chrome/media-fullscreen-button.js";
import "./vendor/media-chrome/media-loading-indicator.js";
