// One file's line on the page: what it is called, how far it is, what can be done about it.

import { Speed } from "./speed.js";

const TOOLS = ["pause", "resume", "cancel"];

export class Row {
  constructor(file, template, { texts, formats, onPause, onResume, onCancel }) {
    this.file = file;
    this.texts = texts;
    this.formats = formats;
    this.sent = 0;
    this.element = template.content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file.name;
    this.part("bar").setAttribute("aria-label", file.name);
    const tools = { pause: onPause, resume: onResume, cancel: onCancel };
    for (const [name, pressed] of Object.entries(tools)) {
      const button = this.part(name);
      button.setAttribute("aria-label", `${button.textContent.trim()}: ${file.name}`);
      if (pressed) button.addEventListener("click", pressed);
    }
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  wait() {
    this.become("waiting", this.texts.waiting, ["pause", "cancel"]);
  }

  start() {
    this.speed = new Speed();
    this.become("going", this.texts.starting, ["pause", "cancel"]);
  }

  progress(sent) {
    this.sent = sent;
    this.speed.note(sent);
    const { formats, file, speed } = this;
    this.part("bar").value = sent / file.size;
    const values = {
      done: formats.percent(sent / file.size),
      size: formats.size(file.size),
      speed: formats.size(speed.perSecond),
      left: formats.time((file.size - sent) / speed.perSecond),
    };
    this.say(formats.fill(speed.perSecond ? this.texts.going : this.texts.started, values));
  }

  pause() {
    const done = this.formats.percent(this.sent / this.file.size);
    this.become("paused", this.formats.fill(this.texts.paused, { done }), ["resume", "cancel"]);
  }

  /** The way was broken too often: it can be gone on with by hand. */
  broken(reason) {
    this.become("broken", reason, ["resume", "cancel"]);
  }

  refuse(reason) {
    this.part("bar").hidden = true;
    this.become("refused", reason, []);
    this.mark("failed", this.texts.refused);
  }

  /** All is sent; `page` is where the media is shown, empty for who may not look. */
  done(page) {
    this.part("bar").value = 1;
    this.part("bar").hidden = true;
    this.become("done", this.texts.done, []);
    if (!page) return;
    this.mark("probing", this.texts.probing);
    this.name(this.file.name, page);
  }

  /** What it is called; a link where there is a page to see it on. */
  name(words, page) {
    const link = document.createElement(page ? "a" : "span");
    if (page) link.href = page;
    link.textContent = words;
    this.part("name").replaceChildren(link);
  }

  ask() {
    this.part("bar").removeAttribute("value");
    this.become("going", this.texts.asking, []);
  }

  /** A video that the server fetches: how far it is, as far as anybody knows. */
  pulling(pull, speed) {
    const { formats, texts } = this;
    const [here, whole] = [pull.received_bytes, pull.total_bytes];
    speed.note(here);
    this.mark("pulling", texts.pulling);
    if (whole) this.part("bar").value = here / whole;
    else this.part("bar").removeAttribute("value");
    if (pull.error) {
      this.become("broken", formats.fill(texts.brokeOff, { reason: pull.error.message }), []);
      return;
    }
    const values = {
      done: whole ? formats.percent(here / whole) : "",
      size: formats.size(whole ?? here),
      speed: formats.size(speed.perSecond),
      left: whole ? formats.time((whole - here) / speed.perSecond) : "",
    };
    const some = whole && speed.perSecond ? texts.pulled : texts.pulledSome;
    this.become("going", formats.fill(whole ? some : texts.pulledUnknown, values), []);
  }

  arrived() {
    this.part("bar").hidden = true;
    this.become("done", "", []);
    this.mark("probing", this.texts.probing);
  }

  /** The media as the server tells it now. */
  show(media) {
    if (media.status === "failed") {
      this.mark("failed", this.texts.failed);
      this.become("failed", media.error?.message ?? "", []);
    } else if (media.status === "ready") {
      this.mark("ready", this.texts.ready);
      this.become("ready", this.facts(media), []);
    }
    if (media.cover) this.showCover(media.cover.url);
  }

  facts(media) {
    const size = media.width ? `${media.width} × ${media.height}` : "";
    const time = media.duration_s ? this.formats.time(media.duration_s) : "";
    return [time, size, this.formats.size(media.size_bytes)].filter(Boolean).join(" · ");
  }

  showCover(url) {
    const picture = document.createElement("img");
    picture.src = url;
    picture.alt = this.texts.cover;
    this.part("cover").replaceChildren(picture);
  }

  mark(look, words) {
    const badge = this.part("badge");
    badge.className = `mh-badge mh-${look}`;
    badge.textContent = words;
    badge.hidden = false;
  }

  become(state, words, tools) {
    this.element.dataset.state = state;
    const held = this.element.contains(document.activeElement);
    for (const name of TOOLS) this.part(name).hidden = !tools.includes(name);
    if (held && tools.length) this.part(tools[0]).focus(); // keys go on where they were
    this.say(words);
  }

  say(words) {
    this.part("said").textContent = words;
  }

  remove() {
    this.element.remove();
  }
}
