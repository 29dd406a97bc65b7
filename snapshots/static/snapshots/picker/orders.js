// What was ordered: sent, watched until it ends, and shown with receipts.

import { button, words } from "./marks.js";
import { fill } from "./server.js";

const WAITS_MS = [200, 200, 300, 300]; // looked at 200, 400, 700 ms and 1 s after it was sent
const LONGEST_MS = 5000;
const MOST_POINTS = 100; // of one operation

export class Orders extends EventTarget {
  constructor({ server, urls, list, media, mayCover, texts }) {
    super();
    Object.assign(this, { server, urls, list, media, mayCover, texts });
  }

  /** Snapshots of these frames, in that template. */
  async take(indexes, template) {
    const at = indexes.map((index) => `f${index}`);
    const title = fill(this.texts.snapshotsOrdered, { count: at.length, template });
    await this.send({ snapshots: [{ template, at }] }, title);
  }

  /** This very frame as the cover. */
  async cover(index, template) {
    const title = fill(this.texts.coverOrdered, { index });
    await this.send({ covers: [{ template, at: `f${index}` }] }, title);
  }

  async send(order, title) {
    const body = { media: this.media, ...order };
    const task = await this.server.json(this.urls.tasks, { method: "POST", body });
    const card = this.card(title);
    this.list.prepend(card.item);
    this.list.hidden = false;
    this.show(card, task);
    this.watch(card, task);
  }

  /** Poll often at first, then seldom; not at all while nobody sees the page. */
  async watch(card, task) {
    for (let turn = 0; !task.finished_at; turn += 1) {
      await sleep(WAITS_MS[turn] ?? Math.min(LONGEST_MS, 1000 * 1.5 ** (turn - WAITS_MS.length)));
      await visible();
      try {
        task = await this.server.json(`${this.urls.tasks}${task.task_id}/`);
        this.show(card, task);
      } catch (error) {
        card.state.textContent = error.message;
        if (error.status >= 400 && error.status < 500) return;
      }
    }
  }

  card(title) {
    const item = document.createElement("li");
    item.className = "mh-order";
    const head = document.createElement("p");
    head.className = "mh-card-title";
    const state = words("", "mh-badge");
    const progress = document.createElement("progress");
    progress.max = 100;
    progress.setAttribute("aria-label", this.texts.progress);
    head.append(words(title), state, progress);
    const pictures = document.createElement("ul");
    pictures.className = "mh-pictures";
    item.append(head, pictures);
    return { item, state, progress, pictures, done: new Map() };
  }

  show(card, task) {
    card.state.textContent = this.texts[task.status] ?? task.status;
    card.state.className = `mh-badge mh-${task.status}`;
    card.item.dataset.status = task.status;
    card.progress.value = task.progress;
    card.progress.hidden = Boolean(task.finished_at);
    task.operations.forEach((operation, place) => this.showOperation(card, operation, place));
    if (task.error) this.failure(card, Infinity, task.error.message);
  }

  showOperation(card, operation, place) {
    const rank = place * MOST_POINTS;
    if (operation.type === "cover") {
      if (operation.cover_url) this.once(card, rank, () => this.coverCard(operation));
      else if (operation.error) this.failure(card, rank, operation.error.message);
      return;
    }
    operation.points.forEach((point, number) => {
      const own = rank + number;
      if (point.snapshot) this.once(card, own, () => this.snapshotCard(point.snapshot));
      else if (point.error) this.failure(card, own, `${point.at}: ${point.error.message}`);
    });
  }

  /** Shown in the order asked for, in whichever they come. */
  once(card, rank, make) {
    if (card.done.has(rank)) return;
    const item = make();
    const behind = [...card.done.keys()].filter((other) => other > rank);
    card.pictures.insertBefore(item, card.done.get(Math.min(...behind)) ?? null);
    card.done.set(rank, item);
  }

  failure(card, rank, message) {
    this.once(card, rank, () => {
      const item = document.createElement("li");
      item.className = "mh-card";
      item.append(words(message, "mh-card-none"));
      return item;
    });
  }

  coverCard(operation) {
    const item = pictureCard(operation.cover_url, operation.at);
    item.append(words(this.texts.coverSet, "mh-quiet"));
    this.dispatchEvent(new CustomEvent("cover", { detail: operation.cover_url }));
    return item;
  }

  snapshotCard(shot) {
    const item = pictureCard(shot.url, fill(this.texts.snapshotOf, { time: shot.at }));
    item.dataset.snapshot = shot.id;
    item.append(words(shot.at, "mh-card-title"), this.receipt(shot), this.buttons(shot, item));
    return item;
  }

  receipt(shot) {
    const list = document.createElement("dl");
    list.className = "mh-receipt";
    const rows = [
      [this.texts.frameTime, fill(this.texts.seconds, { seconds: shot.frame_time })],
      [this.texts.pts, `${shot.pts} × ${shot.time_base}`],
      [this.texts.keyFrame, shot.key_frame ? this.texts.yes : this.texts.no],
      [this.texts.size, `${shot.width} × ${shot.height}`],
    ];
    for (const [name, value] of rows) {
      const row = document.createElement("div");
      row.append(document.createElement("dt"), document.createElement("dd"));
      row.firstChild.textContent = name;
      row.lastChild.textContent = value;
      list.append(row);
    }
    return list;
  }

  buttons(shot, item) {
    const row = document.createElement("p");
    row.className = "mh-card-buttons";
    const copy = button("button mh-button");
    copy.textContent = this.texts.copyUrl;
    Object.assign(copy.dataset, { copy: shot.url, copied: this.texts.copied });
    row.append(copy);
    if (this.mayCover) {
      const cover = button("button mh-button mh-make-cover");
      cover.textContent = this.texts.makeCover;
      cover.addEventListener("click", () => this.makeCover(shot, cover));
      row.append(cover);
    }
    return row;
  }

  async makeCover(shot, pressed) {
    pressed.disabled = true;
    try {
      const body = { snapshot: shot.id };
      const media = await this.server.json(this.urls.cover, { method: "PUT", body });
      this.dispatchEvent(new CustomEvent("cover", { detail: media.cover.url }));
      this.dispatchEvent(new CustomEvent("said", { detail: this.texts.coverSet }));
    } catch (error) {
      this.dispatchEvent(new CustomEvent("said", { detail: error.message }));
    } finally {
      pressed.disabled = false;
    }
  }
}

function pictureCard(url, label) {
  const item = document.createElement("li");
  item.className = "mh-card";
  const link = document.createElement("a");
  link.href = url;
  const picture = document.createElement("img");
  picture.src = url;
  picture.alt = label;
  link.append(picture);
  item.append(link);
  return item;
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", function seen() {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", seen);
      resolve();
    });
  });
}
