// What plays: the video where the browser can decode it, else the server's pictures.

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
