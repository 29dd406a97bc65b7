// The marked frames as a row of small pictures.

import { button, element } from "../elements.js";
import { interpolate } from "../interpolate.js";

/** @typedef {import("./frames.js").Frame} Frame */

const WIDTH = 160;

export class MarkList {
  /** @type {Map<number, HTMLCanvasElement>} */
  #canvases = new Map();

  /**
   * @param {object} options
   * @param {import("./marks.js").Marks} options.marks
   * @param {HTMLElement} options.list
   * @param {import("./setup.js").PickerTexts} options.texts
   * @param {(index: number) => unknown} options.onGo
   */
  constructor({ marks, list, texts, onGo }) {
    this.marks = marks;
    this.list = list;
    this.texts = texts;
    this.onGo = onGo;
    marks.addEventListener("change", () => this.draw());
  }

  /**
   * A small copy of the frame's picture stands for its mark.
   *
   * @param {number} index
   * @param {HTMLImageElement} picture
   */
  picture(index, picture) {
    const canvas = this.#canvases.get(index);
    if (!canvas) return;
    canvas.width = WIDTH;
    canvas.height = Math.max(1, Math.round((WIDTH * picture.naturalHeight) / picture.naturalWidth));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }

  draw() {
    const { frames } = this.marks;
    for (const index of this.#canvases.keys()) if (!this.marks.has(index)) this.#canvases.delete(index);
    this.list.replaceChildren(...frames.map((frame) => this.item(frame)));
    this.list.hidden = frames.length === 0;
  }

  /** @param {Frame} frame */
  item(frame) {
    const { texts } = this;
    const time = interpolate(texts.seconds, { seconds: frame.frame_time });
    const item = element("li");
    item.dataset.frame = String(frame.index);
    const go = button("mh-mark-go", {
      label: interpolate(texts.goToMark, { time }),
      onClick: () => this.onGo(frame.index),
    });
    go.append(this.canvas(frame.index), element("span", "", `f${frame.index} · ${time}`));
    const remove = button("mh-mark-remove", {
      text: "×",
      label: interpolate(texts.removeMark, { time }),
      onClick: () => this.marks.toggle(frame),
    });
    item.append(go, remove);
    return item;
  }

  /** @param {number} index */
  canvas(index) {
    const canvas = this.#canvases.get(index) ?? element("canvas");
    this.#canvases.set(index, canvas);
    return canvas;
  }
}
