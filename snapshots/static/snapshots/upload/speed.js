// Bytes a second over the last few seconds.

const WINDOW_MS = 5000;

export class Speed {
  constructor() {
    this.samples = [];
  }

  note(sent, now = performance.now()) {
    this.samples.push({ sent, now });
    while (this.samples[0].now < now - WINDOW_MS && this.samples.length > 2) this.samples.shift();
  }

  /** Nothing before there are two moments to compare. */
  get perSecond() {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || last.now === first.now) return 0;
    return Math.max(0, (1000 * (last.sent - first.sent)) / (last.now - first.now));
  }
}
