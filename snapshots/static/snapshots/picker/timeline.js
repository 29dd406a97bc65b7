// The whole video as a line: where we are, what is marked, and a click to go elsewhere.

export class Timeline extends EventTarget {
  constructor({ track, duration }) {
    super();
    this.track = track;
    this.duration = duration || 1;
    this.cursor = track.querySelector(".mh-timeline-cursor");
    this.points = track.querySelector(".mh-timeline-marks");
    track.addEventListener("pointerdown", (event) => this.grab(event));
    track.addEventListener("pointermove", (event) => event.buttons && this.seek(event));
  }

  /** Where we are, with words for who cannot see the line. */
  at(seconds, text) {
    this.cursor.style.left = this.place(seconds);
    this.track.setAttribute("aria-valuenow", seconds.toFixed(3));
    this.track.setAttribute("aria-valuetext", text);
  }

  mark(frames) {
    this.points.replaceChildren(
      ...frames.map((frame) => {
        const point = document.createElement("i");
        point.style.left = this.place(frame.frame_time);
        return point;
      }),
    );
  }

  place(seconds) {
    return `${Math.min(100, (100 * seconds) / this.duration)}%`;
  }

  grab(event) {
    this.track.setPointerCapture(event.pointerId);
    this.seek(event);
  }

  seek(event) {
    const box = this.track.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    this.dispatchEvent(new CustomEvent("seek", { detail: share * this.duration }));
  }
}
