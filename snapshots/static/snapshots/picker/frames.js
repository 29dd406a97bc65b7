// The frames of the video with their real times, fetched in pages as they are needed.

/**
 * @typedef {object} Frame
 * @property {number} index
 * @property {number} frame_time seconds from the first frame
 * @property {number} pts
 * @property {string} time_base
 * @property {boolean} key_frame
 */

const BEFORE = 150; // frames of a page that come before the one asked for
const PAGE = 500;
const TOLERANCE_S = 0.0005; // a time this little before a frame's is that frame's

export class Frames {
  /**
   * @param {Pick<import("../api.js").ApiClient, "json">} client
   * @param {string} url
   * @param {number} last the index of the last frame
   */
  constructor(client, url, last) {
    this.client = client;
    this.url = url;
    this.last = last;
    /** @type {Map<number, Frame>} */
    this.known = new Map();
    /** @type {Map<string, Promise<Frame>>} */
    this.pages = new Map();
  }

  /** @param {number} index */
  clamp(index) {
    return Math.min(Math.max(index, 0), this.last);
  }

  /** @param {number} index */
  async get(index) {
    if (!this.known.has(index)) await this.load(`f${Math.max(0, index - BEFORE)}`);
    const frame = this.known.get(index);
    if (!frame) throw new RangeError(`There is no frame ${index}.`);
    return frame;
  }

  /**
   * The frame on screen at a time point in any form, such as `3.5s` or `10%`.
   *
   * @param {string} point
   */
  async at(point) {
    return this.load(point);
  }

  /**
   * The frame on screen so many seconds after the first one.
   *
   * @param {number} seconds
   */
  async atTime(seconds) {
    const known = this.knownAt(seconds);
    if (known) return known;
    const last = await this.get(this.last);
    if (seconds >= last.frame_time) return last;
    return this.load(`${Math.max(0, seconds).toFixed(6)}s`);
  }

  /**
   * Seconds in the middle of the frame's time on screen: where a player surely shows it.
   *
   * @param {Frame} frame
   */
  async middle(frame) {
    if (frame.index === this.last) return frame.frame_time + TOLERANCE_S;
    return (frame.frame_time + (await this.get(frame.index + 1)).frame_time) / 2;
  }

  /**
   * The frame on screen then, where it and the next one are known already.
   *
   * @param {number} seconds
   */
  knownAt(seconds) {
    for (const frame of this.known.values()) {
      const next = this.known.get(frame.index + 1);
      const at = seconds + TOLERANCE_S;
      if (next && frame.frame_time <= at && at < next.frame_time) return frame;
    }
    return undefined;
  }

  /**
   * The first frame of the page that begins at a time point; a page that failed is asked for again.
   *
   * @param {string} from
   */
  async load(from) {
    let page = this.pages.get(from);
    if (!page) {
      page = this.fetchPage(from);
      this.pages.set(from, page);
    }
    try {
      return await page;
    } catch (error) {
      this.pages.delete(from);
      throw error;
    }
  }

  /**
   * @param {string} from
   * @returns {Promise<Frame>}
   */
  async fetchPage(from) {
    const query = new URLSearchParams({ from, limit: String(PAGE) });
    const { results } = await this.client.json(`${this.url}?${query}`);
    for (const frame of results) this.known.set(frame.index, frame);
    return results[0];
  }
}
