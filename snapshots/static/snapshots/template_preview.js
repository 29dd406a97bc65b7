// What a template makes of a media, while its form is filled: the server's own picture, asked for
// when the hand rests. Nothing is saved.

import { Server } from "./picker/server.js";

const REST_MS = 250;
const AGAIN_MS = 500;
const FIELDS = ["format", "width", "height", "resolution_adaptive", "fill_type", "quality"];

class TemplatePreview {
  constructor(part) {
    this.part = part;
    this.form = document.querySelector("#snapshottemplate_form");
    this.server = new Server({ offline: part.dataset.offline, refused: part.dataset.refused });
    this.image = this.find("picture");
    this.status = this.find("status");
    for (const field of [this.find("media"), this.find("at")]) {
      field.addEventListener("input", () => this.wish());
    }
    for (const kind of ["input", "change"]) this.form?.addEventListener(kind, () => this.wish());
    this.wish();
  }

  find(name) {
    return this.part.querySelector(`[data-part="${name}"]`);
  }

  /** The template itself where it cannot be changed, else what the form says now. */
  look() {
    const { template } = this.part.dataset;
    if (template) return { template };
    const look = {};
    for (const name of FIELDS) {
      const field = this.form.elements[name];
      const value = field.type === "checkbox" ? String(field.checked) : field.value.trim();
      if (value !== "") look[name] = value;
    }
    return look;
  }

  wish() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.asked = new AbortController();
    this.timer = setTimeout(() => this.fetch(this.asked.signal), REST_MS);
  }

  async fetch(signal) {
    const query = new URLSearchParams({ at: this.find("at").value.trim(), ...this.look() });
    this.part.setAttribute("aria-busy", "true");
    this.status.textContent = this.part.dataset.making;
    try {
      const answer = await this.server.ask(`${this.find("media").value}?${query}`, { signal });
      const picture = await answer.blob();
      if (!signal.aborted) this.show(picture, answer.headers);
    } catch (error) {
      if (signal.aborted) return;
      this.status.textContent = error.message;
      if (error.status === 503) this.timer = setTimeout(() => this.fetch(signal), AGAIN_MS);
    }
    this.part.setAttribute("aria-busy", "false");
  }

  show(picture, headers) {
    const before = this.image.src;
    this.image.src = URL.createObjectURL(picture);
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    this.image.hidden = false;
    const size = `${headers.get("X-Frame-Width")} × ${headers.get("X-Frame-Height")}`;
    const kilobytes = (picture.size / 1000).toFixed(1);
    this.status.textContent = `${size} · ${headers.get("X-Frame-Format").toUpperCase()} · ${kilobytes} kB`;
  }
}

const part = document.querySelector("#mh-template-preview");
if (part) new TemplatePreview(part);
