// A few frames that may make a good cover: found by the server, shown one after the other.

import { button } from "./marks.js";
import { fill } from "./server.js";

const WIDTH = 320;

export class Suggestions extends EventTarget {
  constructor({ server, urls, frames, pressed, list, status, mayCover, texts }) {
    super();
    Object.assign(this, { server, urls, frames, pressed, list, status, mayCover, texts });
    pressed.addEventListener("click", () => this.suggest());
  }

  async suggest() {
    this.pressed.disabled = true;
    this.status.textContent = this.texts.candidates;
    this.list.replaceChildren();
    try {
      const { frames } = await this.server.json(this.urls.suggest);
      this.status.textContent = frames.length ? "" : this.texts.noCandidates;
      this.list.hidden = frames.length === 0;
      for (const index of frames) await this.add(index); // in turn: the server makes few at once
    } catch (error) {
      this.status.textContent = error.message;
    } finally {
      this.pressed.disabled = false;
    }
  }

  async add(index) {
    const frame = await this.frames.get(index);
    const time = fill(this.texts.seconds, { seconds: frame.frame_time.toFixed(3) });
    const item = document.createElement("li");
    item.dataset.frame = index;
    const go = button("mh-suggestion", fill(this.texts.goToMark, { time }));
    const picture = document.createElement("img");
    picture.alt = "";
    go.append(picture);
    go.addEventListener("click", () => this.dispatchEvent(new CustomEvent("go", { detail: index })));
    item.append(go);
    if (this.mayCover) item.append(this.cover(index));
    this.list.append(item);
    picture.src = `${this.urls.frame}?${new URLSearchParams({ at: `f${index}`, width: WIDTH })}`;
    await picture.decode().catch(() => {});
  }

  cover(index) {
    const made = button("button mh-button");
    made.textContent = this.texts.makeCover;
    made.addEventListener("click", () => this.dispatchEvent(new CustomEvent("cover", { detail: index })));
    return made;
  }
}
