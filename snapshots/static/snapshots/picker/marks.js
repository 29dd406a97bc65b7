// The frames that were marked, as a row of small pictures and as points of the timeline.

import { fill } from "./server.js";

export class Marks extends EventTarget {
  constructor({ list, texts, most }) {
    super();
    Object.assign(this, { list, texts, most });
    this.frames = new Map(); // number -> {frame, canvas}
  }

  get indexes() {
    return [...this.frames.keys()].sort((one, other) => one - other);
  }

  has(index) {
    return this.frames.has(index);
  }

  /** Mark, or take the mark away. False where there are as many as one request may have. */
  toggle(frame) {
    if (this.has(frame.index)) this.frames.delete(frame.index);
    else if (this.frames.size >= this.most) return false;
    else this.frames.set(frame.index, { frame, canvas: document.createElement("canvas") });
    this.draw();
    return true;
  }

  clear() {
    this.frames.clear();
    this.draw();
  }

  /** A picture of that frame has come: a small copy of it stands for the mark. */
  picture(index, picture) {
    const canvas = this.frames.get(index)?.canvas;
    if (!canvas) return;
    canvas.width = 160;
    canvas.height = Math.max(1, Math.round((160 * picture.naturalHeight) / picture.naturalWidth));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  }

  draw() {
    this.list.replaceChildren(...this.indexes.map((index) => this.item(this.frames.get(index))));
    this.list.hidden = this.frames.size === 0;
    this.dispatchEvent(new Event("change"));
  }

  item({ frame, canvas }) {
    const time = fill(this.texts.seconds, { seconds: frame.frame_time });
    const item = document.createElement("li");
    item.dataset.frame = frame.index;
    const go = button("mh-mark-go", fill(this.texts.goToMark, { time }));
    go.append(canvas, words(`f${frame.index} · ${time}`));
    go.addEventListener("click", () => this.dispatchEvent(new CustomEvent("go", { detail: frame.index })));
    const remove = button("mh-mark-remove", fill(this.texts.removeMark, { time }));
    remove.textContent = "×";
    remove.addEventListener("click", () => this.toggle(frame));
    item.append(go, remove);
    return item;
  }
}

export function button(className, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  if (label) made.setAttribute("aria-label", label);
  return made;
}

export function words(text, className = "") {
  const made = document.createElement("span");
  made.textContent = text;
  made.className = className;
  return made;
}
