// Suggested frames, which may make a good cover: found by the server, shown one after the other.

import { button, element } from "../elements.js";
import { interpolate } from "../interpolate.js";

const WIDTH = 320;

export class Suggestions {
  /**
   * @param {object} options
   * @param {import("../api.js").ApiClient} options.client
   * @param {import("./setup.js").PickerSetup} options.setup
   * @param {import("./frames.js").Frames} options.frames
   * @param {HTMLButtonElement} options.trigger
   * @param {HTMLElement} options.list
   * @param {HTMLElement} options.status
   * @param {(index: number) => unknown} options.onGo
   * @param {(index: number) => unknown} [options.onMakeCover] only where the user may
   */
  constructor({ client, setup, frames, trigger, list, status, onGo, onMakeCover }) {
    this.client = client;
    this.urls = setup.urls;
    this.texts = setup.texts;
    this.frames = frames;
    this.trigger = trigger;
    this.list = list;
    this.status = status;
    this.onGo = onGo;
    this.onMakeCover = onMakeCover;
    trigger.addEventListener("click", () => this.suggest());
  }

  async suggest() {
    this.trigger.disabled = true;
    this.status.textContent = this.texts.searching;
    this.list.replaceChildren();
    try {
      const { frames } = await this.client.json(this.urls.suggest);
      this.status.textContent = frames.length ? "" : this.texts.noSuggestions;
      this.list.hidden = frames.length === 0;
      for (const index of frames) await this.add(index); // in turn: the server makes few at once
    } catch (error) {
      this.status.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      this.trigger.disabled = false;
    }
  }

  /** @param {number} index */
  async add(index) {
    const { texts, onGo, onMakeCover } = this;
    const frame = await this.frames.get(index);
    const time = interpolate(texts.seconds, { seconds: frame.frame_time.toFixed(3) });
    const item = element("li");
    item.dataset.frame = String(index);
    const picture = element("img");
    picture.alt = "";
    const go = button("mh-suggestion", {
      label: interpolate(texts.goToMark, { time }),
      onClick: () => onGo(index),
    });
    go.append(picture);
    item.append(go);
    if (onMakeCover) {
      item.append(button("button mh-button", { text: texts.makeCover, onClick: () => onMakeCover(index) }));
    }
    this.list.append(item);
    picture.src = `${this.urls.frame}?${new URLSearchParams({ at: `f${index}`, width: String(WIDTH) })}`;
    await picture.decode().catch(() => {}); // a picture that fails is left empty
  }
}
