// The frame picker: steps by the real times of the frames, and shows what the server will make.

import "./copy.js";
import { ApiClient } from "./api.js";
import { pageData, part } from "./elements.js";
import { interpolate } from "./interpolate.js";
import { Controls } from "./picker/controls.js";
import { Frames } from "./picker/frames.js";
import { listen, parseCommand, releaseAfterPointer } from "./picker/keys.js";
import { MarkList } from "./picker/mark_list.js";
import { Marks } from "./picker/marks.js";
import { Navigation } from "./picker/navigation.js";
import { Player } from "./picker/player.js";
import { Preview } from "./picker/preview.js";
import { Suggestions } from "./picker/suggestions.js";
import { Tasks } from "./picker/tasks.js";
import { Timeline } from "./picker/timeline.js";
import { isPlayable } from "./playable.js";

/** @typedef {import("./picker/frames.js").Frame} Frame */

const PICTURE_WIDTH = "960"; // of the server's pictures that stand for the video

class Picker {
  /**
   * @param {HTMLElement} page
   * @param {import("./picker/setup.js").PickerSetup} setup
   */
  constructor(page, setup) {
    this.page = page;
    this.setup = setup;
    this.texts = setup.texts;
    this.client = new ApiClient(setup.texts);
    this.controls = new Controls(page, setup.texts);
    this.frames = new Frames(this.client, setup.urls.frames, setup.last);
    this.navigation = this.makeNavigation();
    this.marks = new Marks(setup.maxPoints);
    this.markList = this.makeMarkList();
    this.timeline = this.makeTimeline();
    this.preview = this.makePreview("preview", (index, image) => this.markList.picture(index, image));
    this.pictures = this.makePreview("picture");
    this.tasks = this.makeTasks();
    this.player = this.makePlayer();
    this.makeSuggestions();
    this.wire();
    if (!this.player.isVideo) this.usePictures();
  }

  // --- The parts ---

  makeNavigation() {
    return new Navigation({
      frames: this.frames,
      duration: this.setup.duration,
      onFrame: (frame) => this.showFrame(frame),
      onError: (error) => this.controls.showError(error),
    });
  }

  makeMarkList() {
    const { marks, texts } = this;
    const list = part(this.page, "marks", HTMLElement);
    return new MarkList({ marks, list, texts, onGo: (index) => this.navigation.go(index) });
  }

  makeTimeline() {
    const track = part(this.page, "timeline", HTMLElement);
    const { duration } = this.setup;
    return new Timeline({ track, duration, onSeek: (seconds) => this.navigation.goToTime(seconds) });
  }

  /**
   * @param {string} name
   * @param {(index: number, image: HTMLImageElement) => unknown} [onShown]
   */
  makePreview(name, onShown) {
    return new Preview({
      client: this.client,
      url: this.setup.urls.frame,
      image: part(this.page, name, HTMLImageElement),
      status: part(this.page, `${name}-status`, HTMLElement),
      texts: this.texts,
      onShown,
    });
  }

  makeTasks() {
    const { client, setup } = this;
    return new Tasks({
      client,
      setup,
      list: part(this.page, "tasks", HTMLElement),
      onCover: (url) => this.controls.showCover(url),
      onMessage: (text) => this.controls.showMessage(text),
    });
  }

  makePlayer() {
    const { frames, setup } = this;
    const { container, codec, urls } = setup;
    const video = part(this.page, "video", HTMLVideoElement);
    const options = { video, source: urls.source, frames, isPlayable: isPlayable(video, container, codec) };
    return new Player(options, {
      onPlay: () => this.controls.showPlaying(true),
      onPause: (seconds) => this.navigation.goToTime(seconds).then(() => this.controls.showPlaying(false)),
      onTime: (seconds) => this.showTime(seconds),
      onUnplayable: () => this.usePictures(),
    });
  }

  makeSuggestions() {
    const { client, setup, frames, navigation } = this;
    /** @param {number} index */
    const makeCover = (index) => navigation.go(index).then(() => this.makeCover());
    return new Suggestions({
      client,
      setup,
      frames,
      trigger: part(this.page, "suggest", HTMLButtonElement),
      list: part(this.page, "suggestions", HTMLElement),
      status: part(this.page, "suggest-status", HTMLElement),
      onGo: (index) => navigation.go(index),
      onMakeCover: this.controls.cover ? makeCover : undefined,
    });
  }

  /** @returns {import("./picker/keys.js").Actions} */
  actions() {
    const { navigation } = this;
    return {
      step: (count) => navigation.step(count),
      seconds: (count) => navigation.stepSeconds(count),
      first: () => navigation.go(0),
      last: () => navigation.last(),
      play: () => this.player.toggle(),
      mark: () => this.mark(),
      snapshot: () => this.takeSnapshots(),
      cover: () => this.makeCover(),
    };
  }

  wire() {
    const actions = this.actions();
    const { buttons, template, take, timeForm } = this.controls;
    for (const button of buttons) {
      const [name, count] = parseCommand(button.dataset.action ?? "");
      button.addEventListener("click", () => actions[name](count));
    }
    listen(actions);
    take?.addEventListener("click", () => this.takeMarked());
    template.addEventListener("change", () => this.render());
    releaseAfterPointer(template);
    timeForm.addEventListener("submit", (event) => this.goToPoint(event));
    this.marks.addEventListener("change", () => this.showMarks());
  }

  // --- Where we are ---

  /** @param {SubmitEvent} event */
  async goToPoint(event) {
    event.preventDefault();
    const point = this.controls.time.value.trim();
    if (!point) return;
    await this.navigation.goToPoint(point);
    if (!this.controls.message.textContent) this.timeline.focus(); // the keys step again
  }

  /** @param {Frame} frame */
  async showFrame(frame) {
    const { texts } = this;
    const seconds = interpolate(texts.seconds, { seconds: frame.frame_time.toFixed(3) });
    const position = interpolate(texts.frame, { index: frame.index, last: this.setup.last });
    this.controls.showMessage("");
    this.controls.where.textContent = `${position} · ${seconds}`;
    this.page.dataset.frame = String(frame.index);
    this.timeline.show(frame.frame_time, `${position}, ${seconds}`);
    this.showMarked();
    await this.player.show(frame);
    this.render();
  }

  /** @param {number} seconds */
  showTime(seconds) {
    const text = interpolate(this.texts.seconds, { seconds: seconds.toFixed(3) });
    this.controls.where.textContent = text;
    this.timeline.show(seconds, text);
  }

  /** Asks for the server's pictures of the frame that is shown. */
  render() {
    const index = this.navigation.frame?.index;
    if (index === undefined) return;
    this.preview.show(index, { template: this.controls.template.value });
    if (!this.player.isVideo) this.pictures.show(index, { width: PICTURE_WIDTH, format: "webp" });
  }

  usePictures() {
    this.controls.showPictures();
    this.render();
  }

  // --- Marks and tasks ---

  async mark() {
    const frame = await this.navigation.arrived();
    if (!frame) return;
    if (!this.marks.toggle(frame)) {
      this.controls.showMessage(interpolate(this.texts.tooManyMarks, { max: this.setup.maxPoints }));
    }
    if (this.preview.shown === frame.index) this.markList.picture(frame.index, this.preview.image);
  }

  showMarks() {
    const { frames } = this.marks;
    this.controls.showCount(frames.length);
    this.timeline.mark(frames);
    this.showMarked();
  }

  showMarked() {
    const { frame } = this.navigation;
    this.controls.showMarked(frame !== null && this.marks.has(frame.index));
  }

  async takeMarked() {
    const { indexes } = this.marks;
    if (indexes.length === 0) await this.takeSnapshots();
    else if (await this.takeSnapshots(indexes)) this.marks.clear();
  }

  /**
   * Of the frame that is shown, where none are named.
   *
   * @param {number[]} [indexes]
   */
  async takeSnapshots(indexes) {
    const frame = await this.navigation.arrived();
    if (!this.controls.take || !frame) return false;
    return this.submit(() => this.tasks.takeSnapshots(indexes ?? [frame.index], this.template));
  }

  async makeCover() {
    const frame = await this.navigation.arrived();
    if (!this.controls.cover || !frame) return;
    await this.submit(() => this.tasks.takeCover(frame.index, this.template));
  }

  get template() {
    return Number(this.controls.template.value);
  }

  /** @param {() => Promise<void>} send */
  async submit(send) {
    try {
      await send();
      this.controls.showMessage("");
      return true;
    } catch (error) {
      this.controls.showError(error);
      return false;
    }
  }
}

const page = document.getElementById("mh-picker");
if (page) new Picker(page, pageData("mh-picker-setup")).navigation.go(0);
