// One file's row on the page: its name, its progress, its state, and what can be done about it.

import { element, part } from "../elements.js";
import { interpolate } from "../interpolate.js";
import { Speed } from "./speed.js";

/**
 * @typedef {"pause" | "resume" | "cancel"} Tool
 *
 * @typedef {object} Pull as the REST API describes it
 * @property {number} received_bytes
 * @property {number | null} total_bytes
 * @property {{ message: string } | null} [error]
 *
 * @typedef {object} RowOptions
 * @property {import("./setup.js").UploadTexts} texts
 * @property {import("./formats.js").Formats} formats
 * @property {() => unknown} [onPause]
 * @property {() => unknown} [onResume]
 * @property {() => unknown} [onCancel]
 */

const TOOLS = /** @type {const} */ (["pause", "resume", "cancel"]);

export class Row {
  /**
   * @param {{ name: string, size: number }} file
   * @param {HTMLTemplateElement} template
   * @param {RowOptions} options
   */
  constructor(file, template, { texts, formats, onPause, onResume, onCancel }) {
    this.file = file;
    this.texts = texts;
    this.formats = formats;
    this.sent = 0;
    this.speed = new Speed();
    this.element = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    this.bar = part(this.element, "bar", HTMLProgressElement);
    this.bar.setAttribute("aria-label", file.name);
    this.part("name").textContent = file.name;
    this.wireTools({ pause: onPause, resume: onResume, cancel: onCancel });
  }

  /** @param {Record<Tool, (() => unknown) | undefined>} actions */
  wireTools(actions) {
    for (const name of TOOLS) {
      const tool = this.part(name);
      const action = actions[name];
      tool.setAttribute("aria-label", `${tool.textContent.trim()}: ${this.file.name}`);
      if (action) tool.addEventListener("click", action);
    }
  }

  /** @param {string} name */
  part(name) {
    return part(this.element, name, HTMLElement);
  }

  wait() {
    this.setState("waiting", this.texts.waiting, ["pause", "cancel"]);
  }

  start() {
    this.speed = new Speed();
    this.setState("uploading", this.texts.starting, ["pause", "cancel"]);
  }

  /** @param {number} sent bytes */
  progress(sent) {
    this.sent = sent;
    this.speed.add(sent);
    const { file, formats, speed, texts } = this;
    this.bar.value = sent / file.size;
    const text = speed.perSecond ? texts.uploading : texts.started;
    this.setMessage(
      interpolate(text, {
        done: formats.percent(sent / file.size),
        size: formats.size(file.size),
        speed: formats.size(speed.perSecond),
        left: formats.time((file.size - sent) / speed.perSecond),
      }),
    );
  }

  pause() {
    const done = this.formats.percent(this.sent / this.file.size);
    this.setState("paused", interpolate(this.texts.paused, { done }), ["resume", "cancel"]);
  }

  /**
   * The connection failed too often: it can be resumed by hand.
   *
   * @param {string} reason
   */
  interrupt(reason) {
    this.setState("interrupted", reason, ["resume", "cancel"]);
  }

  /** @param {string} reason */
  reject(reason) {
    this.bar.hidden = true;
    this.setState("rejected", reason);
    this.setBadge("failed", this.texts.rejected);
  }

  /**
   * All is sent; `page` is where the media item is shown, empty for who may not look.
   *
   * @param {string} page
   */
  done(page) {
    this.bar.value = 1;
    this.bar.hidden = true;
    this.setState("done", this.texts.done);
    if (!page) return;
    this.setBadge("probing", this.texts.probing);
    this.setName(this.file.name, page);
  }

  /**
   * A link where there is a page to see it on.
   *
   * @param {string} text
   * @param {string} page
   */
  setName(text, page) {
    const name = element(page ? "a" : "span", "", text);
    if (name instanceof HTMLAnchorElement) name.href = page;
    this.part("name").replaceChildren(name);
  }

  /** The server is asked to pull it. */
  request() {
    this.bar.removeAttribute("value");
    this.setState("uploading", this.texts.requesting);
  }

  /**
   * The server pulls it: how far it is, as far as anybody knows.
   *
   * @param {Pull} pull
   * @param {Speed} speed
   */
  pulling(pull, speed) {
    const { received_bytes: received, total_bytes: total, error } = pull;
    const { texts } = this;
    speed.add(received);
    this.setBadge("pulling", texts.pulling);
    if (total) this.bar.value = received / total;
    else this.bar.removeAttribute("value");
    if (error) {
      this.setState("interrupted", interpolate(texts.interrupted, { reason: error.message }));
      return;
    }
    this.setState("uploading", total ? this.pulled(received, total, speed) : this.pulledUnknown(received));
  }

  /**
   * @param {number} received bytes
   * @param {number} total
   * @param {Speed} speed
   */
  pulled(received, total, { perSecond }) {
    const { formats, texts } = this;
    return interpolate(perSecond ? texts.pulled : texts.pulledSome, {
      done: formats.percent(received / total),
      size: formats.size(total),
      speed: formats.size(perSecond),
      left: formats.time((total - received) / perSecond),
    });
  }

  /** @param {number} received bytes */
  pulledUnknown(received) {
    return interpolate(this.texts.pulledUnknown, { size: this.formats.size(received) });
  }

  arrived() {
    this.bar.hidden = true;
    this.setState("done", "");
    this.setBadge("probing", this.texts.probing);
  }

  /**
   * The media item as the server describes it now.
   *
   * @param {import("./watch.js").MediaItem} media
   */
  show(media) {
    if (media.status === "failed") {
      this.setBadge("failed", this.texts.failed);
      this.setState("failed", media.error?.message ?? "");
    } else if (media.status === "ready") {
      this.setBadge("ready", this.texts.ready);
      this.setState("ready", this.details(media));
    }
    if (media.cover) this.showCover(media.cover.url);
  }

  /** @param {import("./watch.js").MediaItem} media */
  details({ width, height, duration_s, size_bytes }) {
    const size = width ? `${width} × ${height}` : "";
    const time = duration_s ? this.formats.time(duration_s) : "";
    return [time, size, this.formats.size(size_bytes)].filter(Boolean).join(" · ");
  }

  /** @param {string} url */
  showCover(url) {
    const picture = element("img");
    picture.src = url;
    picture.alt = this.texts.cover;
    this.part("cover").replaceChildren(picture);
  }

  /**
   * @param {string} state
   * @param {string} text
   */
  setBadge(state, text) {
    const badge = this.part("badge");
    badge.className = `mh-badge mh-${state}`;
    badge.textContent = text;
    badge.hidden = false;
  }

  /**
   * @param {string} state
   * @param {string} text
   * @param {Tool[]} tools what can be done about it now
   */
  setState(state, text, tools = []) {
    this.element.dataset.state = state;
    const hadFocus = this.element.contains(document.activeElement);
    for (const name of TOOLS) this.part(name).hidden = !tools.includes(name);
    if (hadFocus && tools[0]) this.part(tools[0]).focus(); // keys go on where they were
    this.setMessage(text);
  }

  /** @param {string} text */
  setMessage(text) {
    this.part("message").textContent = text;
  }

  remove() {
    this.element.remove();
  }
}
