// One task on the page: its state, its progress, and its results as they come.

import { button, element } from "../elements.js";
import { interpolate } from "../interpolate.js";
import { rankAfter, resultsOf } from "./results.js";

/**
 * @typedef {import("./results.js").Result} Result
 * @typedef {import("./results.js").Snapshot} Snapshot
 */

export class TaskCard {
  /** @type {Map<number, HTMLElement>} */
  #shown = new Map();

  /**
   * @param {string} title
   * @param {object} options
   * @param {import("./setup.js").PickerTexts} options.texts
   * @param {(url: string) => unknown} options.onCover
   * @param {(snapshot: number, button: HTMLButtonElement) => unknown} [options.onMakeCover]
   *   only where the user may
   */
  constructor(title, { texts, onCover, onMakeCover }) {
    this.texts = texts;
    this.onCover = onCover;
    this.onMakeCover = onMakeCover;
    this.item = element("li", "mh-task");
    this.state = element("span", "mh-badge");
    this.progress = element("progress");
    this.progress.max = 100;
    this.progress.setAttribute("aria-label", texts.progress);
    this.pictures = element("ul", "mh-pictures");
    const head = element("p", "mh-card-title");
    head.append(element("span", "", title), this.state, this.progress);
    this.item.append(head, this.pictures);
  }

  /** @param {import("./results.js").Task} task */
  show(task) {
    /** @type {Record<string, string>} */
    const texts = this.texts;
    this.state.textContent = texts[task.status] ?? task.status;
    this.state.className = `mh-badge mh-${task.status}`;
    this.item.dataset.status = task.status;
    this.progress.value = task.progress;
    this.progress.hidden = Boolean(task.finished_at);
    for (const result of resultsOf(task)) this.add(result);
  }

  /** @param {string} message */
  showError(message) {
    this.state.textContent = message;
  }

  /**
   * Each result once, in the order asked for, in whichever they come.
   *
   * @param {Result} result
   */
  add(result) {
    if (this.#shown.has(result.rank)) return;
    const item = this.itemOf(result);
    const after = rankAfter(this.#shown.keys(), result.rank);
    const next = after === undefined ? undefined : this.#shown.get(after);
    this.pictures.insertBefore(item, next ?? null);
    this.#shown.set(result.rank, item);
  }

  /** @param {Result} result */
  itemOf(result) {
    if (result.type === "snapshot") return this.snapshotItem(result.snapshot);
    if (result.type === "cover") return this.coverItem(result.url, result.at);
    const item = element("li", "mh-card");
    item.append(element("span", "mh-card-none", result.message));
    return item;
  }

  /**
   * @param {string} url
   * @param {string} at
   */
  coverItem(url, at) {
    const item = pictureItem(url, at);
    item.append(element("span", "mh-quiet", this.texts.coverSet));
    this.onCover(url);
    return item;
  }

  /** @param {Snapshot} snapshot */
  snapshotItem(snapshot) {
    const item = pictureItem(snapshot.url, interpolate(this.texts.snapshotOf, { time: snapshot.at }));
    item.dataset.snapshot = String(snapshot.id);
    const title = element("span", "mh-card-title", snapshot.at);
    item.append(title, this.receipt(snapshot), this.buttons(snapshot));
    return item;
  }

  /** @param {Snapshot} snapshot */
  receipt(snapshot) {
    const { texts } = this;
    const list = element("dl", "mh-receipt");
    const rows = [
      [texts.frameTime, interpolate(texts.seconds, { seconds: snapshot.frame_time })],
      [texts.pts, `${snapshot.pts} × ${snapshot.time_base}`],
      [texts.keyFrame, snapshot.key_frame ? texts.yes : texts.no],
      [texts.size, `${snapshot.width} × ${snapshot.height}`],
    ];
    for (const [name, value] of rows) {
      const row = element("div");
      row.append(element("dt", "", name), element("dd", "", value));
      list.append(row);
    }
    return list;
  }

  /** @param {Snapshot} snapshot */
  buttons(snapshot) {
    const { texts, onMakeCover } = this;
    const row = element("p", "mh-card-buttons");
    const copy = button("button mh-button", { text: texts.copyUrl });
    Object.assign(copy.dataset, { copy: snapshot.url, copied: texts.copied });
    row.append(copy);
    if (onMakeCover) {
      const cover = button("button mh-button mh-make-cover", {
        text: texts.makeCover,
        onClick: () => onMakeCover(snapshot.id, cover),
      });
      row.append(cover);
    }
    return row;
  }
}

/**
 * @param {string} url
 * @param {string} label
 */
function pictureItem(url, label) {
  const item = element("li", "mh-card");
  const link = element("a");
  link.href = url;
  const picture = element("img");
  picture.src = url;
  picture.alt = label;
  link.append(picture);
  item.append(link);
  return item;
}
