// The page of a media item: its player. What the browser cannot decode keeps its poster.

import "./copy.js";
import "./shadow_styles.js";
import { isPlayable } from "./playable.js";

const player = document.getElementById("mh-player");
const video = player?.querySelector("video");
if (player && video) {
  const { source = "", container = "", codec = "" } = video.dataset;
  const giveUp = () => {
    player.classList.add("mh-player-still");
    document.getElementById("mh-player-note")?.removeAttribute("hidden");
  };
  video.addEventListener("error", giveUp);
  if (isPlayable(video, container, codec)) {
    video.src = source;
    await import("./media_chrome.js");
  } else {
    giveUp();
  }
}
