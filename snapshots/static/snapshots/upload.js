// The upload page: many files at once, in pieces, gone on with after any break; or addresses.

import { Server } from "./picker/server.js";
import { Formats } from "./upload/formats.js";
import { Addresses } from "./upload/addresses.js";
import { Row } from "./upload/row.js";
import { Transfer, forgetOld, unfinished } from "./upload/transfer.js";
import { reasonAgainst } from "./upload/kinds.js";
import { watch } from "./upload/watch.js";

const AT_ONCE = 3;

class UploadPage {
  constructor(page, setup) {
    this.page = page;
    this.setup = setup;
    this.server = new Server(setup.texts);
    this.formats = new Formats(document.documentElement.lang);
    this.entries = [];
    this.part("files").addEventListener("change", (event) => {
      this.add([...event.target.files]);
      event.target.value = ""; // so that the same file can be chosen again
    });
    this.takeDrops();
    addEventListener("beforeunload", (event) => {
      if (this.entries.some((entry) => entry.isGoing)) event.preventDefault();
    });
    this.tellUnfinished();
  }

  part(name) {
    return this.page.querySelector(`[data-part="${name}"]`);
  }

  /** Files may be dropped anywhere: a miss must not lead away from the page. */
  takeDrops() {
    const zone = this.part("drop");
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
      this.add([...event.dataTransfer.files]);
    });
  }

  async tellUnfinished() {
    await forgetOld();
    const names = (await unfinished()).map((upload) => upload.metadata.filename);
    this.part("unfinished").hidden = !names.length;
    this.part("unfinished-names").textContent = names.join(", ");
  }

  add(files) {
    const known = new Set(this.entries.filter((entry) => entry.isOpen).map((entry) => entry.key));
    for (const file of files) {
      const entry = this.entryOf(file);
      if (known.has(entry.key)) continue; // it is on its way already
      known.add(entry.key);
      this.entries.push(entry);
      this.part("rows").append(entry.row.element);
      const reason = reasonAgainst(file, this.setup, this.formats);
      if (reason) this.refuse(entry, reason);
      else entry.row.wait();
    }
    this.next();
  }

  entryOf(file) {
    const { setup, formats } = this;
    const entry = { key: `${file.name}|${file.size}|${file.lastModified}`, state: "waiting" };
    entry.file = file;
    entry.row = new Row(file, this.page.querySelector("template"), {
      ...{ texts: setup.texts, formats },
      onPause: () => this.pause(entry),
      onResume: () => this.resume(entry),
      onCancel: () => this.cancel(entry),
    });
    Object.defineProperties(entry, {
      isOpen: { get: () => ["waiting", "going", "paused", "broken"].includes(entry.state) },
      isGoing: { get: () => entry.state === "going" },
    });
    return entry;
  }

  /** Start as many of those that wait as may go at once. */
  next() {
    const going = this.entries.filter((entry) => entry.isGoing).length;
    const waiting = this.entries.filter((entry) => entry.state === "waiting");
    for (const entry of waiting.slice(0, Math.max(0, AT_ONCE - going))) this.start(entry);
    this.tellSum();
  }

  start(entry) {
    entry.state = "going";
    entry.transfer ??= new Transfer(entry.file, {
      endpoint: this.setup.urls.uploads,
      token: this.server.token,
      onProgress: (sent) => entry.isGoing && entry.row.progress(sent),
      onDone: (fileId) => this.done(entry, fileId),
      onRefused: (answer) => this.refused(entry, answer),
    });
    entry.row.start();
    entry.transfer.start();
  }

  pause(entry) {
    entry.state = "paused";
    entry.transfer?.pause();
    entry.row.pause();
    this.next();
  }

  resume(entry) {
    entry.state = "waiting";
    entry.row.wait();
    this.next();
  }

  async cancel(entry) {
    entry.state = "cancelled";
    entry.row.remove();
    this.part("files").focus();
    this.entries = this.entries.filter((other) => other !== entry);
    this.next();
    await entry.transfer?.cancel();
  }

  done(entry, fileId) {
    entry.state = "done";
    const { urls, mayView } = this.setup;
    const page = mayView ? urls.media.replace("FILE_ID", fileId) : "";
    entry.row.done(page);
    if (page) watch(this.server, `${urls.api}${fileId}/`, (media) => entry.row.show(media));
    this.next();
  }

  /** A refusal ends it; where only the way was broken, it can be gone on with. */
  refused(entry, { status, reason }) {
    if (!entry.isGoing) return;
    if (status >= 400 && status < 500) this.refuse(entry, reason);
    else {
      entry.state = "broken";
      entry.row.broken(reason || this.setup.texts.offline);
    }
    this.next();
  }

  refuse(entry, reason) {
    entry.state = "refused";
    entry.row.refuse(reason);
  }

  tellSum() {
    const done = this.entries.filter((entry) => entry.state === "done").length;
    const words = this.setup.texts.sum;
    const said = this.formats.fill(words, { done, count: this.entries.length });
    this.part("sum").textContent = this.entries.length ? said : "";
  }
}

const page = document.getElementById("mh-upload");
if (page && window.tus?.isSupported) {
  const setup = JSON.parse(document.getElementById("mh-upload-setup").textContent);
  const uploads = new UploadPage(page, setup);
  new Addresses(document.querySelector("[data-addresses]"), uploads);
  page.hidden = false;
  document.getElementById("mh-upload-plain").hidden = true;
}
