// What plays: the video where the browser can decode it, else the server's pictures.

const TYPES = {
  mp4: "video/mp4",
  mov: "video/mp4",
  mkv: "video/x-matroska",
  webm: "video/webm",
  ogg: "video/ogg",
};
const CODECS = {
  h264: "avc1.640028",
  hevc: "hvc1.1.6.L93.B0",
  av1: "av01.0.05M.08",
  vp8: "vp8",
  vp9: "vp09.00.10.08",
  theora: "theora",
};

/** Whether it is worth trying: an error event has the last word. */
export function isPlayable(video, container, codec) {
  const type = TYPES[container];
  const words = CODECS[codec];
  if (!type || !words) return false;
  if (container === "mkv") return video.canPlayType(`video/webm; codecs="${words}"`) !== "" || codec === "h264";
  return video.canPlayType(`${type}; codecs="${words}"`) !== "";
}

export class Stage extends EventTarget {
  constructor({ video, source, frames, playable }) {
    super();
    Object.assign(this, { video, frames });
    this.isVideo = playable;
    if (!playable) {
      this.video.hidden = true;
      return;
    }
    video.addEventListener("error", () => this.giveUp());
    video.addEventListener("play", () => this.dispatchEvent(new Event("play")));
    video.addEventListener("pause", () => this.paused());
    video.addEventListener("loadedmetadata", () => video.videoWidth === 0 && this.giveUp());
    video.src = source;
    this.watch();
  }

  get isPlaying() {
    return this.isVideo && !this.video.paused;
  }

  giveUp() {
    if (!this.isVideo) return;
    this.isVideo = false;
    this.video.hidden = true;
    this.dispatchEvent(new Event("pictures"));
  }

  /** Show this frame, standing still. */
  async show(frame) {
    if (!this.isVideo) return;
    const seconds = await this.frames.middle(frame);
    if (!this.video.paused) {
      this.isTold = true; // whoever asks for a frame knows where we are
      this.video.pause();
    }
    this.video.currentTime = seconds;
  }

  toggle() {
    if (!this.isVideo) return;
    if (this.video.paused) this.video.play().catch(() => this.giveUp());
    else this.video.pause();
  }

  /** Tells the time of each frame that comes on screen while the video plays. */
  watch() {
    if (!this.video.requestVideoFrameCallback) return;
    const tell = (_now, { mediaTime }) => {
      this.presented = mediaTime;
      if (this.isPlaying) this.dispatchEvent(new CustomEvent("time", { detail: mediaTime }));
      if (this.isVideo) this.video.requestVideoFrameCallback(tell);
    };
    this.video.requestVideoFrameCallback(tell);
  }

  paused() {
    if (this.isTold) {
      this.isTold = false;
      return;
    }
    const seconds = this.presented ?? this.video.currentTime;
    this.dispatchEvent(new CustomEvent("paused", { detail: seconds }));
  }
}
