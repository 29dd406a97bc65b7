// Bytes a second over the last few seconds.

const WINDOW_MS = 5000;

export class Speed {
  /** @type {{ bytes: number, now: number }[]} */
  #samples = [];

  /**
   * @param {number} bytes sent so far
   * @param {number} [now] in milliseconds
   */
  add(bytes, now = performance.now()) {
    this.#samples.push({ bytes, now });
    const oldest = now - WINDOW_MS;
    while (this.#samples.length > 2 && (this.#samples[0]?.now ?? now) < oldest) this.#samples.shift();
  }

  /** 0 before there are two moments to compare. */
  get perSecond() {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.now === first.now) return 0;
    return Math.max(0, (1000 * (last.bytes - first.bytes)) / (last.now - first.now));
  }
}
