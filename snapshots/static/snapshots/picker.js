// The frame picker: steps by the real times of the frames, and shows what the server will make.

import "./copy.js";
import { Frames } from "./picker/frames.js";
import { giveBack, listen } from "./picker/keys.js";
import { Marks } from "./picker/marks.js";
import { Orders } from "./picker/orders.js";
import { Preview } from "./picker/preview.js";
import { Server, fill } from "./picker/server.js";
import { Stage } from "./picker/stage.js";
import { Suggestions } from "./picker/suggestions.js";
import { Timeline } from "./picker/timeline.js";
import { isPlayable } from "./playable.js";

const PICTURE_WIDTH = 960; // of the server's pictures that stand for the video

class Picker {
  constructor(page, setup) {
    this.page = page;
    this.setup = setup;
    this.texts = setup.texts;
    this.target = 0; // the number of the frame that was asked for last
    this.frame = null; // the frame that is shown
    this.turn = 0;
    this.makeParts();
    this.wire();
    listen(this.actions());
  }

  find(name) {
    return this.page.querySelector(`[data-part="${name}"]`);
  }

  makeParts() {
    const { setup, texts } = this;
    const { urls } = setup;
    const server = new Server(texts);
    const video = this.find("video");
    this.server = server;
    this.frames = new Frames(server, urls.frames, setup.last);
    this.preview = this.makePreview("preview");
    this.pictures = this.makePreview("picture");
    this.timeline = new Timeline({ track: this.find("timeline"), duration: setup.duration });
    this.marks = new Marks({ list: this.find("marks"), texts, most: setup.most });
    const { media, mayCover } = setup;
    this.orders = new Orders({ server, urls, list: this.find("orders"), media, mayCover, texts });
    this.suggestions = new Suggestions({
      ...{ server, urls, texts, frames: this.frames },
      mayCover: Boolean(this.find("cover-button")),
      pressed: this.find("suggest"),
      list: this.find("suggestions"),
      status: this.find("suggest-status"),
    });
    const playable = isPlayable(video, setup.container, setup.codec);
    this.stage = new Stage({ video, source: urls.source, frames: this.frames, playable });
  }

  makePreview(name) {
    return new Preview({
      server: this.server,
      url: this.setup.urls.frame,
      image: this.find(name),
      status: this.find(`${name}-status`),
      texts: this.texts,
    });
  }

  actions() {
    return {
      step: (count) => this.go(this.target + count),
      seconds: (count) => this.goToTime((this.frame?.frame_time ?? 0) + count),
      first: () => this.go(0),
      last: () => this.go(this.setup.last),
      play: () => this.stage.toggle(),
      mark: () => this.mark(),
      snapshot: () => this.take(),
      cover: () => this.makeCover(),
    };
  }

  wire() {
    const actions = this.actions();
    for (const pressed of this.page.querySelectorAll("[data-action]")) {
      const [name, count] = pressed.dataset.action.split(":");
      pressed.addEventListener("click", () => actions[name](Number(count)));
    }
    this.find("take")?.addEventListener("click", () => this.takeMarked());
    this.find("template").addEventListener("change", () => this.look());
    giveBack(this.find("template"));
    this.find("time-form").addEventListener("submit", (event) => this.goToPoint(event));
    this.timeline.addEventListener("seek", ({ detail }) => this.goToTime(detail));
    this.marks.addEventListener("go", ({ detail }) => this.go(detail));
    this.marks.addEventListener("change", () => this.marked());
    this.preview.addEventListener("shown", ({ detail }) => this.marks.picture(detail.index, detail.picture));
    this.suggestions.addEventListener("go", ({ detail }) => this.go(detail));
    this.suggestions.addEventListener("cover", ({ detail }) => this.go(detail).then(() => this.makeCover()));
    this.orders.addEventListener("cover", ({ detail }) => this.covered(detail));
    this.orders.addEventListener("said", ({ detail }) => this.say(detail));
    this.wireStage();
  }

  wireStage() {
    const { stage } = this;
    stage.addEventListener("pictures", () => this.usePictures());
    stage.addEventListener("play", () => this.playing(true));
    stage.addEventListener("paused", ({ detail }) => this.goToTime(detail).then(() => this.playing(false)));
    stage.addEventListener("time", ({ detail }) => this.passing(detail));
    if (!stage.isVideo) this.usePictures();
  }

  // --- Where we are ---

  async go(index) {
    this.target = this.frames.clamp(index);
    await this.arrive(() => this.frames.get(this.target));
  }

  async goToTime(seconds) {
    const end = this.setup.duration ?? seconds;
    await this.arrive(() => this.frames.atTime(Math.min(Math.max(0, seconds), end)));
  }

  async goToPoint(event) {
    event.preventDefault();
    const point = this.find("time").value.trim();
    if (!point) return;
    await this.arrive(() => this.frames.at(point));
    if (!this.find("said").textContent) this.timeline.track.focus(); // the keys step again
  }

  /** Show the frame that `find` finds, unless somebody has asked for another one meanwhile. */
  arrive(find) {
    this.turn += 1;
    this.arriving = this.arrived(find, this.turn);
    return this.arriving;
  }

  async arrived(find, turn) {
    try {
      const frame = await find();
      if (turn !== this.turn) return;
      this.target = frame.index;
      this.frame = frame;
      this.say("");
      this.tell();
      await this.stage.show(frame);
      this.look();
    } catch (error) {
      if (turn === this.turn) this.say(error.message);
    }
  }

  tell() {
    const { frame, texts } = this;
    const seconds = fill(texts.seconds, { seconds: frame.frame_time.toFixed(3) });
    const place = fill(texts.frame, { index: frame.index, last: this.setup.last });
    this.find("where").textContent = `${place} · ${seconds}`;
    this.page.dataset.frame = frame.index;
    this.timeline.at(frame.frame_time, `${place}, ${seconds}`);
    this.showMark();
  }

  passing(seconds) {
    const text = fill(this.texts.seconds, { seconds: seconds.toFixed(3) });
    this.find("where").textContent = text;
    this.timeline.at(seconds, text);
  }

  playing(isPlaying) {
    this.find("play").textContent = isPlaying ? this.texts.pause : this.texts.play;
  }

  look() {
    if (!this.frame) return;
    this.preview.show(this.frame.index, { template: this.find("template").value });
    if (!this.stage.isVideo) this.pictures.show(this.frame.index, { width: PICTURE_WIDTH, format: "webp" });
  }

  usePictures() {
    this.find("stage-picture").hidden = false;
    this.find("pictures-note").textContent = this.texts.pictures;
    this.find("pictures-note").hidden = false;
    this.find("play").disabled = true;
    this.look();
  }

  // --- Marks and orders ---

  async mark() {
    await this.arriving;
    if (!this.frame) return;
    if (!this.marks.toggle(this.frame)) this.say(fill(this.texts.tooMany, { most: this.setup.most }));
    const { preview, frame } = this;
    if (preview.shown === frame.index) this.marks.picture(frame.index, preview.image);
  }

  marked() {
    const count = this.marks.indexes.length;
    const text = [this.texts.takeThis, this.texts.takeOne][count] ?? this.texts.takeMany;
    if (this.find("take")) this.find("take").textContent = fill(text, { count });
    this.timeline.mark(this.marks.indexes.map((index) => this.marks.frames.get(index).frame));
    this.showMark();
  }

  showMark() {
    const isMarked = this.frame !== null && this.marks.has(this.frame.index);
    const pressed = this.find("mark");
    pressed.textContent = isMarked ? this.texts.unmark : this.texts.mark;
    pressed.setAttribute("aria-pressed", String(isMarked));
  }

  get template() {
    return Number(this.find("template").value);
  }

  async takeMarked() {
    const indexes = this.marks.indexes;
    if (indexes.length === 0) await this.take();
    else if (await this.take(indexes)) this.marks.clear();
  }

  /** Of the frame that is shown, where none are named. */
  async take(indexes) {
    await this.arriving;
    if (!this.find("take") || !this.frame) return false;
    return this.order(() => this.orders.take(indexes ?? [this.frame.index], this.template));
  }

  async makeCover() {
    await this.arriving;
    if (!this.find("cover-button") || !this.frame) return;
    await this.order(() => this.orders.cover(this.frame.index, this.template));
  }

  async order(send) {
    try {
      await send();
      this.say("");
      return true;
    } catch (error) {
      this.say(error.message);
      return false;
    }
  }

  covered(url) {
    const image = this.find("cover");
    image.src = url;
    image.hidden = false;
    this.find("cover-none").hidden = true;
  }

  say(text) {
    this.find("said").textContent = text;
  }
}

const page = document.getElementById("mh-picker");
const setup = JSON.parse(document.getElementById("mh-picker-setup").textContent);
const picker = new Picker(page, setup);
picker.go(0);
