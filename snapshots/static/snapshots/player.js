// The player of a media's page. What the browser cannot decode keeps its poster, and says so.

import "./copy.js";
import "./shadow_styles.js";
import { isPlayable } from "./playable.js";

const player = document.getElementById("mh-player");
if (player) {
  const video = player.querySelector("video");
  const { source, container, codec } = video.dataset;
  const giveUp = () => {
    player.classList.add("mh-player-still");
    document.getElementById("mh-player-note").hidden = false;
  };
  video.addEventListener("error", giveUp);
  if (isPlayable(video, container, codec)) {
    video.src = source;
    await import("./player_parts.js");
  } else {
    giveUp();
  }
}
