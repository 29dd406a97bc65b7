// The timeline: where we are in the whole video, what is marked, and a click to go elsewhere.

export class Timeline {
  /**
   * @param {object} options
   * @param {HTMLElement} options.track
   * @param {number | null} options.duration in seconds
   * @param {(seconds: number) => unknown} options.onSeek
   */
  constructor({ track, duration, onSeek }) {
    this.track = track;
    this.duration = duration || 1;
    this.onSeek = onSeek;
    this.cursor = /** @type {HTMLElement} */ (track.querySelector(".mh-timeline-cursor"));
    this.points = /** @type {HTMLElement} */ (track.querySelector(".mh-timeline-marks"));
    track.addEventListener("pointerdown", (event) => this.grab(event));
    track.addEventListener("pointermove", (event) => event.buttons && this.seek(event));
  }

  focus() {
    this.track.focus();
  }

  /**
   * Where we are, with a text for whoever cannot see the line.
   *
   * @param {number} seconds
   * @param {string} text
   */
  show(seconds, text) {
    this.cursor.style.left = percentAt(seconds, this.duration);
    this.track.setAttribute("aria-valuenow", seconds.toFixed(3));
    this.track.setAttribute("aria-valuetext", text);
  }

  /** @param {import("./frames.js").Frame[]} frames */
  mark(frames) {
    this.points.replaceChildren(
      ...frames.map((frame) => {
        const point = document.createElement("i");
        point.style.left = percentAt(frame.frame_time, this.duration);
        return point;
      }),
    );
  }

  /** @param {PointerEvent} event */
  grab(event) {
    this.track.setPointerCapture(event.pointerId);
    this.seek(event);
  }

  /** @param {PointerEvent} event */
  seek(event) {
    this.onSeek(secondsAt(event.clientX, this.track.getBoundingClientRect(), this.duration));
  }
}

/**
 * How far along the line a time is, as CSS writes it; never past its end.
 *
 * @param {number} seconds
 * @param {number} duration
 */
export function percentAt(seconds, duration) {
  return `${Math.min(100, (100 * seconds) / duration)}%`;
}

/**
 * The time at a point of the line; of what lies outside it, its nearer end.
 *
 * @param {number} x in pixels, as `left` and `width` are
 * @param {{ left: number, width: number }} box
 * @param {number} duration
 */
export function secondsAt(x, { left, width }, duration) {
  return duration * Math.min(1, Math.max(0, (x - left) / width));
}
