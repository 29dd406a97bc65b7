// The picker's buttons, fields and lines of text.

import { optionalPart, part } from "../elements.js";
import { interpolate } from "../interpolate.js";

export class Controls {
  /**
   * @param {HTMLElement} page
   * @param {import("./setup.js").PickerTexts} texts
   */
  constructor(page, texts) {
    this.page = page;
    this.texts = texts;
    /** @type {NodeListOf<HTMLElement>} */
    this.buttons = page.querySelectorAll("[data-action]");
    this.cover = optionalPart(page, "cover-button", HTMLButtonElement);
    this.mark = part(page, "mark", HTMLButtonElement);
    this.message = part(page, "message", HTMLElement);
    this.play = part(page, "play", HTMLButtonElement);
    this.take = optionalPart(page, "take", HTMLButtonElement);
    this.template = part(page, "template", HTMLSelectElement);
    this.time = part(page, "time", HTMLInputElement);
    this.timeForm = part(page, "time-form", HTMLFormElement);
    this.where = part(page, "where", HTMLElement);
  }

  /** @param {boolean} isPlaying */
  showPlaying(isPlaying) {
    this.play.textContent = isPlaying ? this.texts.pause : this.texts.play;
  }

  /** @param {boolean} isMarked */
  showMarked(isMarked) {
    this.mark.textContent = isMarked ? this.texts.unmark : this.texts.mark;
    this.mark.setAttribute("aria-pressed", String(isMarked));
  }

  /** @param {number} count of marked frames */
  showCount(count) {
    if (!this.take) return;
    const text = [this.texts.takeThis, this.texts.takeOne][count] ?? this.texts.takeMany;
    this.take.textContent = interpolate(text, { count });
  }

  /** The server's pictures stand for the video. */
  showPictures() {
    const note = part(this.page, "pictures-note", HTMLElement);
    part(this.page, "player-picture", HTMLElement).hidden = false;
    note.textContent = this.texts.unplayable;
    note.hidden = false;
    this.play.disabled = true;
  }

  /** @param {string} url */
  showCover(url) {
    const image = part(this.page, "cover", HTMLImageElement);
    image.src = url;
    image.hidden = false;
    part(this.page, "cover-none", HTMLElement).hidden = true;
  }

  /** @param {unknown} error */
  showError(error) {
    this.showMessage(error instanceof Error ? error.message : String(error));
  }

  /** @param {string} text */
  showMessage(text) {
    this.message.textContent = text;
  }
}
