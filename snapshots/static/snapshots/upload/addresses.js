// Videos named by their address: the server fetches them, and this page shows how far it is.

import { Row } from "./row.js";
import { Speed } from "./speed.js";
import { watch } from "./watch.js";

export class Addresses {
  constructor(form, page) {
    this.form = form;
    this.page = page;
    this.field = form.querySelector("textarea");
    page.part("drop").after(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.take();
    });
  }

  /** What is refused stays in the field, to be mended there. */
  async take() {
    const lines = this.field.value.split("\n").map((line) => line.trim());
    const addresses = [...new Set(lines.filter(Boolean))];
    if (!addresses.length) {
      this.field.focus();
      return;
    }
    this.field.value = "";
    const refused = [];
    for (const url of addresses) if (!(await this.ask(url))) refused.push(url);
    if (refused.length && !this.field.value) this.field.value = refused.join("\n");
  }

  async ask(url) {
    const { setup, formats, server } = this.page;
    const row = new Row({ name: url, size: 0 }, this.page.page.querySelector("template"), {
      ...{ texts: setup.texts, formats },
    });
    row.ask();
    this.page.part("rows").append(row.element);
    try {
      const key = crypto.randomUUID?.(); // whatever becomes of the answer, it is asked once
      const media = await server.json(setup.urls.api, { method: "POST", body: { url }, key });
      this.follow(row, media);
      return true;
    } catch (refusal) {
      row.refuse(refusal.message);
      return false;
    }
  }

  follow(row, media) {
    const { urls, mayView } = this.page.setup;
    row.name(media.name, mayView ? urls.media.replace("FILE_ID", media.file_id) : "");
    if (!mayView) return;
    const speed = new Speed();
    watch(this.page.server, `${urls.api}${media.file_id}/`, async (now) => {
      if (now.status === "pulling") {
        row.mark("pulling", this.page.setup.texts.pulling);
        const pull = await this.pullOf(media.file_id);
        if (pull) row.pulling(pull, speed);
      } else {
        row.arrived();
        row.show(now);
      }
    });
  }

  async pullOf(fileId) {
    const { urls } = this.page.setup;
    const { results } = await this.page.server.json(`${urls.tasks}?media=${fileId}`);
    return results.find((task) => task.pull)?.pull;
  }
}
