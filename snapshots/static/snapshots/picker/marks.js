// The frames that are marked: at most as many as one request may name, in the order of the video.

/** @typedef {import("./frames.js").Frame} Frame */

export class Marks extends EventTarget {
  /** @type {Map<number, Frame>} */
  #frames = new Map();

  /** @param {number} max */
  constructor(max) {
    super();
    this.max = max;
  }

  /** By index. */
  get frames() {
    return [...this.#frames.values()].sort((one, other) => one.index - other.index);
  }

  get indexes() {
    return this.frames.map((frame) => frame.index);
  }

  /** @param {number} index */
  has(index) {
    return this.#frames.has(index);
  }

  /**
   * Marks a frame, or takes its mark away. False where no more can be marked.
   *
   * @param {Frame} frame
   */
  toggle(frame) {
    if (this.has(frame.index)) this.#frames.delete(frame.index);
    else if (this.#frames.size >= this.max) return false;
    else this.#frames.set(frame.index, frame);
    this.dispatchEvent(new Event("change"));
    return true;
  }

  clear() {
    this.#frames.clear();
    this.dispatchEvent(new Event("change"));
  }
}
