// The frames of the video with their real times, fetched in pages as they are needed.

const BEFORE = 150;
const PAGE = 500;
const EARLY_S = 0.0005; // a time this little before a frame's is that frame's

export class Frames {
  constructor(server, url, last) {
    this.server = server;
    this.url = url;
    this.last = last; // the number of the last frame
    this.known = new Map();
    this.pages = new Map();
  }

  clamp(index) {
    return Math.min(Math.max(index, 0), this.last);
  }

  /** The frame of that number: `{index, frame_time, pts, time_base, key_frame}`. */
  async get(index) {
    if (!this.known.has(index)) await this.load(`f${Math.max(0, index - BEFORE)}`);
    return this.known.get(index);
  }

  /** The frame on screen at a time point in any form. */
  async at(point) {
    return this.load(point);
  }

  /** The frame on screen so many seconds from the first one. */
  async atTime(seconds) {
    const here = this.among(seconds);
    if (here) return here;
    const last = await this.get(this.last);
    if (seconds >= last.frame_time) return last;
    return this.load(`${Math.max(0, seconds).toFixed(6)}s`);
  }

  /** Seconds in the middle of the frame's time on screen: where a player surely shows it. */
  async middle(frame) {
    if (frame.index === this.last) return frame.frame_time + EARLY_S;
    return (frame.frame_time + (await this.get(frame.index + 1)).frame_time) / 2;
  }

  /** The frame on screen then, where it and the next one are known already. */
  among(seconds) {
    for (const frame of this.known.values()) {
      const next = this.known.get(frame.index + 1);
      if (next && frame.frame_time <= seconds + EARLY_S && seconds + EARLY_S < next.frame_time) return frame;
    }
    return undefined;
  }

  async load(from) {
    if (!this.pages.has(from)) this.pages.set(from, this.fetched(from));
    try {
      return await this.pages.get(from);
    } catch (error) {
      this.pages.delete(from);
      throw error;
    }
  }

  async fetched(from) {
    const query = new URLSearchParams({ from, limit: PAGE });
    const { results } = await this.server.json(`${this.url}?${query}`);
    for (const frame of results) this.known.set(frame.index, frame);
    return results[0];
  }
}
