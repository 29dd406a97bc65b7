// The picker's player: the video where the browser can decode it, else the server's pictures.

/**
 * @typedef {object} PlayerEvents
 * @property {() => unknown} onPlay
 * @property {(seconds: number) => unknown} onPause with the time of the frame on screen
 * @property {(seconds: number) => unknown} onTime of each frame that comes on screen while it plays
 * @property {() => unknown} onUnplayable where the browser cannot decode the video after all
 */

export class Player {
  /** The time of the frame that came on screen last. @type {number | undefined} */
  #presented;
  /** Whether the next pause is one of ours: whoever asks for a frame knows where we are. */
  #isOwnPause = false;

  /**
   * @param {object} options
   * @param {HTMLVideoElement} options.video
   * @param {string} options.source
   * @param {import("./frames.js").Frames} options.frames
   * @param {boolean} options.isPlayable
   * @param {PlayerEvents} events
   */
  constructor({ video, source, frames, isPlayable }, events) {
    this.video = video;
    this.frames = frames;
    this.isVideo = isPlayable;
    this.events = events;
    if (!isPlayable) {
      video.hidden = true;
      return;
    }
    video.addEventListener("error", () => this.giveUp());
    video.addEventListener("play", () => events.onPlay());
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
    this.events.onUnplayable();
  }

  /**
   * Shows a frame, standing still.
   *
   * @param {import("./frames.js").Frame} frame
   */
  async show(frame) {
    if (!this.isVideo) return;
    const seconds = await this.frames.middle(frame);
    if (!this.video.paused) {
      this.#isOwnPause = true;
      this.video.pause();
    }
    this.video.currentTime = seconds;
  }

  toggle() {
    if (!this.isVideo) return;
    if (this.video.paused) this.video.play().catch(() => this.giveUp());
    else this.video.pause();
  }

  watch() {
    if (!("requestVideoFrameCallback" in this.video)) return;
    /** @type {VideoFrameRequestCallback} */
    const presented = (_now, { mediaTime }) => {
      this.#presented = mediaTime;
      if (this.isPlaying) this.events.onTime(mediaTime);
      if (this.isVideo) this.video.requestVideoFrameCallback(presented);
    };
    this.video.requestVideoFrameCallback(presented);
  }

  paused() {
    if (this.#isOwnPause) this.#isOwnPause = false;
    else this.events.onPause(this.#presented ?? this.video.currentTime);
  }
}
