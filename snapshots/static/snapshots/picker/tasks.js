// The tasks of this page: submitted, polled until they end, and shown with their results.

import { ApiError } from "../api.js";
import { interpolate } from "../interpolate.js";
import { untilTurn } from "../polling.js";
import { TaskCard } from "./task_card.js";

/** @typedef {import("./results.js").Task} Task */

const FIRST_DELAYS_MS = [200, 200, 300, 300]; // polled 200, 400, 700 ms and 1 s after submission

export class Tasks {
  /**
   * @param {object} options
   * @param {import("../api.js").ApiClient} options.client
   * @param {import("./setup.js").PickerSetup} options.setup
   * @param {HTMLElement} options.list
   * @param {(url: string) => unknown} options.onCover with the URL of the new cover
   * @param {(text: string) => unknown} options.onMessage
   */
  constructor({ client, setup, list, onCover, onMessage }) {
    this.client = client;
    this.setup = setup;
    this.texts = setup.texts;
    this.list = list;
    this.onCover = onCover;
    this.onMessage = onMessage;
  }

  /**
   * Takes snapshots of these frames with a template.
   *
   * @param {number[]} indexes
   * @param {number} template
   */
  async takeSnapshots(indexes, template) {
    const at = indexes.map((index) => `f${index}`);
    const title = interpolate(this.texts.snapshotsTask, { count: at.length, template });
    await this.submit({ snapshots: [{ template, at }] }, title);
  }

  /**
   * Makes this very frame the cover.
   *
   * @param {number} index
   * @param {number} template
   */
  async takeCover(index, template) {
    const title = interpolate(this.texts.coverTask, { index });
    await this.submit({ covers: [{ template, at: `f${index}` }] }, title);
  }

  /**
   * @param {object} operations
   * @param {string} title
   */
  async submit(operations, title) {
    const { media, mayCover, urls } = this.setup;
    const body = { media, ...operations };
    /** @type {Task} */
    const task = await this.client.json(urls.tasks, { method: "POST", body });
    const card = new TaskCard(title, {
      texts: this.texts,
      onCover: this.onCover,
      onMakeCover: mayCover ? (id, button) => this.makeCover(id, button) : undefined,
    });
    this.list.prepend(card.item);
    this.list.hidden = false;
    card.show(task);
    this.poll(card, task);
  }

  /**
   * @param {TaskCard} card
   * @param {Task} task
   */
  async poll(card, task) {
    for (let turn = 0; !task.finished_at; turn += 1) {
      await untilTurn(turn, FIRST_DELAYS_MS);
      try {
        task = await this.client.json(`${this.setup.urls.tasks}${task.task_id}/`);
        card.show(task);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        card.showError(error.message);
        if (error.isClientError) return;
      }
    }
  }

  /**
   * @param {number} snapshot
   * @param {HTMLButtonElement} button
   */
  async makeCover(snapshot, button) {
    button.disabled = true;
    try {
      const media = await this.client.json(this.setup.urls.cover, { method: "PUT", body: { snapshot } });
      this.onCover(media.cover.url);
      this.onMessage(this.texts.coverSet);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.onMessage(error.message);
    } finally {
      button.disabled = false;
    }
  }
}
