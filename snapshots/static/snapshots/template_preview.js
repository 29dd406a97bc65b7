// A template's preview: what it makes of a video, as the server renders it, while the form is being
// filled in. Asked for when typing pauses; nothing is saved.

import { ApiClient, ApiError } from "./api.js";
import { part } from "./elements.js";

const PAUSE_MS = 250;
const RETRY_MS = 500;
const FIELDS = ["format", "width", "height", "resolution_adaptive", "fill_type", "quality"];

class TemplatePreview {
  /** @param {HTMLElement} root */
  constructor(root) {
    const { offline = "", httpError = "" } = root.dataset;
    this.root = root;
    this.form = document.querySelector("#snapshottemplate_form");
    this.client = new ApiClient({ offline, httpError });
    this.media = part(root, "media", HTMLSelectElement);
    this.at = part(root, "at", HTMLInputElement);
    this.image = part(root, "picture", HTMLImageElement);
    this.status = part(root, "status", HTMLElement);
    this.current = new AbortController();
    this.timer = 0;
    for (const field of [this.media, this.at]) field.addEventListener("input", () => this.schedule());
    for (const type of ["input", "change"]) this.form?.addEventListener(type, () => this.schedule());
    this.schedule();
  }

  /** The template itself where it cannot be changed, else the values in the form. */
  values() {
    const { template } = this.root.dataset;
    if (template) return { template };
    /** @type {Record<string, string>} */
    const values = {};
    for (const name of FIELDS) {
      const value = this.valueOf(name);
      if (value !== "") values[name] = value;
    }
    return values;
  }

  /** @param {string} name */
  valueOf(name) {
    const field = this.form instanceof HTMLFormElement ? this.form.elements.namedItem(name) : null;
    if (field instanceof HTMLInputElement) {
      return field.type === "checkbox" ? String(field.checked) : field.value.trim();
    }
    return field instanceof HTMLSelectElement ? field.value : "";
  }

  /** Of several requests the last one is carried out. */
  schedule() {
    window.clearTimeout(this.timer);
    this.current.abort();
    this.current = new AbortController();
    const { signal } = this.current;
    this.timer = window.setTimeout(() => this.load(signal), PAUSE_MS);
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const query = new URLSearchParams({ at: this.at.value.trim(), ...this.values() });
    this.root.setAttribute("aria-busy", "true");
    this.status.textContent = this.root.dataset.making ?? "";
    try {
      const { blob, headers } = await this.client.picture(`${this.media.value}?${query}`, { signal });
      if (!signal.aborted) this.show(blob, headers);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.status.textContent = error.message;
      if (error.status === 503) this.timer = window.setTimeout(() => this.load(signal), RETRY_MS);
    }
    this.root.setAttribute("aria-busy", "false");
  }

  /**
   * @param {Blob} picture
   * @param {Headers} headers
   */
  show(picture, headers) {
    const before = this.image.src;
    this.image.src = URL.createObjectURL(picture);
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    this.image.hidden = false;
    const size = `${headers.get("X-Frame-Width")} × ${headers.get("X-Frame-Height")}`;
    const format = (headers.get("X-Frame-Format") ?? "").toUpperCase();
    this.status.textContent = `${size} · ${format} · ${(picture.size / 1000).toFixed(1)} kB`;
  }
}

const root = document.getElementById("mh-template-preview");
if (root) new TemplatePreview(root);
