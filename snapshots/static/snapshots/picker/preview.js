// The server's own picture of a frame, in a template's look. Asked for when the hand rests; of
// several wishes the last one wins.

import { fill } from "./server.js";

const REST_MS = 120;
const AGAIN_MS = 400;

export class Preview extends EventTarget {
  constructor({ server, url, image, status, texts }) {
    super();
    Object.assign(this, { server, url, image, status, texts });
    this.shown = null; // the number of the frame in `image`
  }

  show(index, look) {
    clearTimeout(this.timer);
    this.wish?.abort();
    this.wish = new AbortController();
    this.image.closest("figure")?.setAttribute("aria-busy", "true");
    this.timer = setTimeout(() => this.fetch(index, look, this.wish.signal), REST_MS);
  }

  async fetch(index, look, signal) {
    this.status.textContent = this.texts.making;
    const query = new URLSearchParams({ at: `f${index}`, ...look });
    try {
      const answer = await this.server.ask(`${this.url}?${query}`, { signal });
      const picture = await answer.blob();
      if (!signal.aborted) await this.put(picture, index, answer.headers, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 503) this.timer = setTimeout(() => this.fetch(index, look, signal), AGAIN_MS);
      else this.status.textContent = error.message;
    }
  }

  async put(picture, index, headers, signal) {
    const address = URL.createObjectURL(picture);
    const loader = new Image();
    loader.src = address;
    await loader.decode();
    if (signal.aborted) {
      URL.revokeObjectURL(address);
      return;
    }
    const before = this.image.src;
    this.image.src = address;
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    this.image.hidden = false;
    this.shown = index;
    this.image.dataset.frame = index;
    this.image.closest("figure")?.setAttribute("aria-busy", "false");
    this.status.textContent = this.receipt(headers);
    this.dispatchEvent(new CustomEvent("shown", { detail: { index, picture: loader } }));
  }

  receipt(headers) {
    const value = (name) => headers.get(`X-Frame-${name}`);
    const seconds = fill(this.texts.seconds, { seconds: value("Frame-Time") });
    const size = `${value("Width")} × ${value("Height")}`;
    return `${seconds} · ${size} · ${value("Format").toUpperCase()}`;
  }
}
