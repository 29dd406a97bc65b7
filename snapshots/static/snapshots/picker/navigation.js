// Which frame is shown: steps and jumps, of which the last one wins.

/** @typedef {import("./frames.js").Frame} Frame */

export class Navigation {
  /** The frame that is shown. @type {Frame | null} */
  frame = null;
  /** The index that was asked for last. */
  #target = 0;
  #turn = 0;
  /** @type {Promise<void>} */
  #arrival = Promise.resolve();

  /**
   * @param {object} options
   * @param {Pick<import("./frames.js").Frames, "at" | "atTime" | "clamp" | "get" | "last">} options.frames
   * @param {number | null} options.duration in seconds
   * @param {(frame: Frame) => Promise<void>} options.onFrame
   * @param {(error: unknown) => void} options.onError
   */
  constructor({ frames, duration, onFrame, onError }) {
    this.frames = frames;
    this.duration = duration;
    this.onFrame = onFrame;
    this.onError = onError;
  }

  /** The frame shown once what was asked for last is there; `null` before any is. */
  async arrived() {
    await this.#arrival;
    return this.frame;
  }

  /** @param {number} index */
  go(index) {
    this.#target = this.frames.clamp(index);
    return this.#show(() => this.frames.get(this.#target));
  }

  /**
   * From the frame asked for last, not from the one shown: quick steps add up.
   *
   * @param {number} count
   */
  step(count) {
    return this.go(this.#target + count);
  }

  last() {
    return this.go(this.frames.last);
  }

  /** @param {number} seconds from the first frame */
  goToTime(seconds) {
    const end = this.duration ?? seconds;
    return this.#show(() => this.frames.atTime(Math.min(Math.max(0, seconds), end)));
  }

  /** @param {number} count of seconds */
  stepSeconds(count) {
    return this.goToTime((this.frame?.frame_time ?? 0) + count);
  }

  /** @param {string} point a time point in any form */
  goToPoint(point) {
    return this.#show(() => this.frames.at(point));
  }

  /** @param {() => Promise<Frame>} find */
  #show(find) {
    this.#turn += 1;
    this.#arrival = this.#findAndShow(find, this.#turn);
    return this.#arrival;
  }

  /**
   * @param {() => Promise<Frame>} find
   * @param {number} turn
   */
  async #findAndShow(find, turn) {
    try {
      const frame = await find();
      if (turn !== this.#turn) return;
      this.#target = frame.index;
      this.frame = frame;
      await this.onFrame(frame);
    } catch (error) {
      if (turn === this.#turn) this.onError(error);
    }
  }
}
