// The upload page: many files at once, in chunks, resumed after any break; or addresses.

import { ApiClient } from "./api.js";
import { pageData, part } from "./elements.js";
import { interpolate } from "./interpolate.js";
import { Addresses } from "./upload/addresses.js";
import { Entry, startable } from "./upload/entry.js";
import { Formats } from "./upload/formats.js";
import { Row } from "./upload/row.js";
import { forgetExpired, Transfer, unfinished } from "./upload/transfer.js";
import { tusClient } from "./upload/tus.js";
import { validationError } from "./upload/validation.js";
import { watch } from "./upload/watch.js";

const MAX_AT_ONCE = 3;

class UploadPage {
  /** @type {Entry[]} */
  #entries = [];

  /**
   * @param {HTMLElement} page
   * @param {import("./upload/setup.js").UploadSetup} setup
   */
  constructor(page, setup) {
    this.page = page;
    this.setup = setup;
    this.client = new ApiClient(setup.texts);
    this.formats = new Formats(document.documentElement.lang);
    this.template = /** @type {HTMLTemplateElement} */ (page.querySelector("template"));
    this.files = part(page, "files", HTMLInputElement);
    this.rows = part(page, "rows", HTMLElement);
    this.files.addEventListener("change", () => {
      this.add([...(this.files.files ?? [])]);
      this.files.value = ""; // so that the same file can be picked again
    });
    this.takeDrops();
    addEventListener("beforeunload", (event) => {
      if (this.#entries.some((entry) => entry.isUploading)) event.preventDefault();
    });
    this.showUnfinished();
  }

  /** Files may be dropped anywhere: a miss must not lead away from the page. */
  takeDrops() {
    const zone = part(this.page, "drop", HTMLElement);
    /** @param {boolean} isOver */
    const mark = (isOver) => zone.classList.toggle("mh-drop-over", isOver);
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      mark(true);
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) mark(false);
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(false);
      this.add([...(event.dataTransfer?.files ?? [])]);
    });
  }

  async showUnfinished() {
    await forgetExpired();
    const names = (await unfinished()).map((upload) => upload.metadata.filename);
    part(this.page, "unfinished", HTMLElement).hidden = !names.length;
    part(this.page, "unfinished-names", HTMLElement).textContent = names.join(", ");
  }

  /** @param {File[]} files */
  add(files) {
    const known = new Set(this.#entries.filter((entry) => entry.isOpen).map((entry) => entry.key));
    for (const file of files) {
      const entry = new Entry(file, (made) => this.makeRow(made));
      if (known.has(entry.key)) continue; // it is being uploaded already
      known.add(entry.key);
      this.#entries.push(entry);
      this.rows.append(entry.row.element);
      const error = validationError(file, this.setup, this.formats);
      if (error) this.reject(entry, error);
      else entry.row.wait();
    }
    this.startNext();
  }

  /** @param {Entry} entry */
  makeRow(entry) {
    return new Row(entry.file, this.template, {
      texts: this.setup.texts,
      formats: this.formats,
      onPause: () => this.pause(entry),
      onResume: () => this.resume(entry),
      onCancel: () => this.cancel(entry),
    });
  }

  startNext() {
    for (const entry of startable(this.#entries, MAX_AT_ONCE)) this.start(entry);
    this.showSum();
  }

  /** @param {Entry} entry */
  start(entry) {
    entry.state = "uploading";
    entry.transfer ??= new Transfer(entry.file, {
      endpoint: this.setup.urls.uploads,
      token: this.client.token,
      onProgress: (sent) => entry.isUploading && entry.row.progress(sent),
      onDone: (fileId) => this.done(entry, fileId),
      onError: (error) => this.failed(entry, error),
    });
    entry.row.start();
    entry.transfer.start();
  }

  /** @param {Entry} entry */
  pause(entry) {
    entry.state = "paused";
    entry.transfer?.pause();
    entry.row.pause();
    this.startNext();
  }

  /** @param {Entry} entry */
  resume(entry) {
    entry.state = "waiting";
    entry.row.wait();
    this.startNext();
  }

  /** @param {Entry} entry */
  async cancel(entry) {
    entry.state = "cancelled";
    entry.row.remove();
    this.files.focus();
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.startNext();
    await entry.transfer?.cancel();
  }

  /**
   * @param {Entry} entry
   * @param {string} fileId
   */
  done(entry, fileId) {
    entry.state = "done";
    const { urls, mayView } = this.setup;
    const page = mayView ? urls.media.replace("FILE_ID", fileId) : "";
    entry.row.done(page);
    if (page) watch(this.client, `${urls.api}${fileId}/`, (media) => entry.row.show(media));
    this.startNext();
  }

  /**
   * A rejection ends it; where only the connection failed, it can be resumed.
   *
   * @param {Entry} entry
   * @param {{ status: number, reason: string }} error
   */
  failed(entry, { status, reason }) {
    if (!entry.isUploading) return;
    if (status >= 400 && status < 500) this.reject(entry, reason);
    else {
      entry.state = "interrupted";
      entry.row.interrupt(reason || this.setup.texts.offline);
    }
    this.startNext();
  }

  /**
   * @param {Entry} entry
   * @param {string} reason
   */
  reject(entry, reason) {
    entry.state = "rejected";
    entry.row.reject(reason);
  }

  showSum() {
    const count = this.#entries.length;
    const done = this.#entries.filter((entry) => entry.state === "done").length;
    const text = count ? interpolate(this.setup.texts.sum, { done, count }) : "";
    part(this.page, "sum", HTMLElement).textContent = text;
  }
}

const page = document.getElementById("mh-upload");
if (page && tusClient()?.isSupported) {
  const uploads = new UploadPage(page, pageData("mh-upload-setup"));
  const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-addresses]"));
  part(page, "drop", HTMLElement).after(form);
  new Addresses(form, uploads);
  page.hidden = false;
  document.getElementById("mh-upload-plain")?.setAttribute("hidden", "");
}
