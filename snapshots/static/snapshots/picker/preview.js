// The server's own picture of a frame, as a template renders it. Asked for when stepping pauses; of
// several requests the last one is shown.

import { ApiError } from "../api.js";
import { interpolate } from "../interpolate.js";

const PAUSE_MS = 120;
const RETRY_MS = 400;

export class Preview {
  /** The index of the frame in `image`. @type {number | null} */
  shown = null;
  #timer = 0;
  #current = new AbortController();

  /**
   * @param {object} options
   * @param {import("../api.js").ApiClient} options.client
   * @param {string} options.url
   * @param {HTMLImageElement} options.image
   * @param {HTMLElement} options.status
   * @param {import("./setup.js").PickerTexts} options.texts
   * @param {(index: number, picture: HTMLImageElement) => unknown} [options.onShown]
   */
  constructor({ client, url, image, status, texts, onShown }) {
    this.client = client;
    this.url = url;
    this.image = image;
    this.status = status;
    this.texts = texts;
    this.onShown = onShown;
  }

  /**
   * @param {number} index
   * @param {Record<string, string>} rendering a template, or a width and a format
   */
  show(index, rendering) {
    window.clearTimeout(this.#timer);
    this.#current.abort();
    this.#current = new AbortController();
    const { signal } = this.#current;
    this.image.closest("figure")?.setAttribute("aria-busy", "true");
    this.#timer = window.setTimeout(() => this.load(index, rendering, signal), PAUSE_MS);
  }

  /**
   * @param {number} index
   * @param {Record<string, string>} rendering
   * @param {AbortSignal} signal
   */
  async load(index, rendering, signal) {
    this.status.textContent = this.texts.making;
    const query = new URLSearchParams({ at: `f${index}`, ...rendering });
    try {
      const { blob, headers } = await this.client.picture(`${this.url}?${query}`, { signal });
      if (!signal.aborted) await this.replace(blob, index, headers, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status === 503) {
        this.#timer = window.setTimeout(() => this.load(index, rendering, signal), RETRY_MS);
      } else {
        this.status.textContent = error instanceof Error ? error.message : String(error);
      }
    }
  }

  /**
   * @param {Blob} picture
   * @param {number} index
   * @param {Headers} headers
   * @param {AbortSignal} signal
   */
  async replace(picture, index, headers, signal) {
    const url = URL.createObjectURL(picture);
    const loader = new Image();
    loader.src = url;
    await loader.decode();
    if (signal.aborted) {
      URL.revokeObjectURL(url);
      return;
    }
    const before = this.image.src;
    this.image.src = url;
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    this.image.hidden = false;
    this.shown = index;
    this.image.dataset.frame = String(index);
    this.image.closest("figure")?.setAttribute("aria-busy", "false");
    this.status.textContent = this.receipt(headers);
    this.onShown?.(index, loader);
  }

  /** @param {Headers} headers */
  receipt(headers) {
    /** @param {string} name */
    const value = (name) => headers.get(`X-Frame-${name}`) ?? "";
    const seconds = interpolate(this.texts.seconds, { seconds: value("Frame-Time") });
    const size = `${value("Width")} × ${value("Height")}`;
    return `${seconds} · ${size} · ${value("Format").toUpperCase()}`;
  }
}
