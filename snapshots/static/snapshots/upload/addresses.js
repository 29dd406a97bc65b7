// Videos by address: the server pulls them, and this page shows how far it is.

import { ApiError } from "../api.js";
import { Row } from "./row.js";
import { Speed } from "./speed.js";
import { watch } from "./watch.js";

/** @typedef {import("./watch.js").MediaItem} MediaItem */

export class Addresses {
  /**
   * @param {HTMLFormElement} form
   * @param {object} page
   * @param {import("../api.js").ApiClient} page.client
   * @param {import("./setup.js").UploadSetup} page.setup
   * @param {import("./formats.js").Formats} page.formats
   * @param {HTMLTemplateElement} page.template
   * @param {HTMLElement} page.rows
   */
  constructor(form, { client, setup, formats, template, rows }) {
    this.field = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    this.client = client;
    this.setup = setup;
    this.formats = formats;
    this.template = template;
    this.rows = rows;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /** Rejected addresses stay in the field, to be corrected there. */
  async submit() {
    const addresses = addressesIn(this.field.value);
    if (!addresses.length) {
      this.field.focus();
      return;
    }
    this.field.value = "";
    const rejected = [];
    for (const url of addresses) if (!(await this.pull(url))) rejected.push(url);
    if (rejected.length && !this.field.value) this.field.value = rejected.join("\n");
  }

  /** @param {string} url */
  async pull(url) {
    const { setup, formats, client } = this;
    const row = new Row({ name: url, size: 0 }, this.template, { texts: setup.texts, formats });
    row.request();
    this.rows.append(row.element);
    try {
      const idempotencyKey = crypto.randomUUID?.(); // only secure pages have it
      const media = await client.json(setup.urls.api, { method: "POST", body: { url }, idempotencyKey });
      this.follow(row, media);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      row.reject(error.message);
      return false;
    }
  }

  /**
   * @param {Row} row
   * @param {MediaItem} media
   */
  follow(row, media) {
    const { urls, mayView, texts } = this.setup;
    row.setName(media.name, mayView ? urls.media.replace("FILE_ID", media.file_id) : "");
    if (!mayView) return;
    const speed = new Speed();
    watch(this.client, `${urls.api}${media.file_id}/`, async (now) => {
      if (now.status === "pulling") {
        row.setBadge("pulling", texts.pulling);
        const pull = await this.pullOf(media.file_id);
        if (pull) row.pulling(pull, speed);
      } else {
        row.arrived();
        row.show(now);
      }
    });
  }

  /**
   * @param {string} fileId
   * @returns {Promise<import("./row.js").Pull | undefined>}
   */
  async pullOf(fileId) {
    /** @type {{ results: { pull?: import("./row.js").Pull }[] }} */
    const { results } = await this.client.json(`${this.setup.urls.tasks}?media=${fileId}`);
    return results.find((task) => task.pull)?.pull;
  }
}

/**
 * One address a line, each once.
 *
 * @param {string} text
 */
export function addressesIn(text) {
  const lines = text.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter(Boolean))];
}
