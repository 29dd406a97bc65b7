import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { Navigation } from "../../../snapshots/static/snapshots/picker/navigation.js";

const LAST = 99;
const frame = (index) => ({ index, frame_time: index * 0.1 });

describe("Navigation", () => {
  let waiting; // what was asked for and has not come: resolved by hand, in any order
  let shown;
  let errors;
  let navigation;

  beforeEach(() => {
    waiting = [];
    shown = [];
    errors = [];
    const ask = (index) =>
      new Promise((resolve, reject) => {
        waiting.push({ index, resolve: () => resolve(frame(index)), reject });
      });
    const frames = {
      last: LAST,
      clamp: (index) => Math.min(Math.max(index, 0), LAST),
      get: ask,
      at: (point) => ask(Number(point.slice(1))),
      atTime: (seconds) => ask(Math.floor(seconds * 10 + 1e-9)),
    };
    navigation = new Navigation({
      frames,
      duration: 10,
      onFrame: async ({ index }) => {
        shown.push(index);
      },
      onError: (error) => errors.push(error.message),
    });
  });

  async function arrive() {
    waiting.shift().resolve();
    await navigation.arrived();
  }

  it("shows the frame asked for", async () => {
    navigation.go(7);
    await arrive();
    assert.deepEqual(shown, [7]);
    assert.equal(navigation.frame.index, 7);
  });

  it("adds up steps that are quicker than the frames come", async () => {
    for (let n = 0; n < 3; n += 1) navigation.step(1);
    assert.deepEqual(
      waiting.map(({ index }) => index),
      [1, 2, 3],
    );
    for (const { resolve } of waiting.splice(0)) resolve();
    assert.equal((await navigation.arrived()).index, 3);
    assert.deepEqual(shown, [3]);
  });

  it("shows the last one asked for, in whichever order they come", async () => {
    navigation.go(10);
    navigation.go(20);
    const [first, second] = waiting;
    second.resolve();
    await navigation.arrived();
    first.resolve();
    await Promise.resolve();
    await navigation.arrived();
    assert.deepEqual(shown, [20]);
    assert.equal(navigation.frame.index, 20);
  });

  it("reports the error of the last one only", async () => {
    const first = navigation.go(10);
    navigation.go(20);
    waiting[0].reject(new Error("late"));
    await first;
    assert.deepEqual(errors, []);
    waiting[1].reject(new Error("gone"));
    await navigation.arrived();
    assert.deepEqual(errors, ["gone"]);
    assert.equal(navigation.frame, null);
  });

  it("reports what fails while a frame is being shown", async () => {
    navigation.onFrame = async () => {
      throw new Error("no picture");
    };
    navigation.go(1);
    await arrive();
    assert.deepEqual(errors, ["no picture"]);
  });

  it("steps on from the frame that a jump by time arrived at", async () => {
    navigation.goToTime(5);
    await arrive();
    navigation.step(-1);
    assert.equal(waiting[0].index, 49);
  });

  it("stays within the video", () => {
    navigation.step(-1);
    navigation.last();
    navigation.step(1);
    navigation.goToTime(-3);
    navigation.goToTime(50);
    assert.deepEqual(
      waiting.map(({ index }) => index),
      [0, LAST, LAST, 0, 100],
    );
  });

  it("steps seconds from the time of the frame shown", async () => {
    navigation.stepSeconds(1);
    await arrive();
    navigation.stepSeconds(1);
    await arrive();
    navigation.stepSeconds(-1);
    await arrive();
    assert.deepEqual(shown, [10, 20, 10]);
  });

  it("goes to a time point", async () => {
    navigation.goToPoint("f42");
    await arrive();
    assert.deepEqual(shown, [42]);
  });

  it("does not know the end of a video without a duration", () => {
    navigation.duration = null;
    navigation.goToTime(50);
    assert.equal(waiting[0].index, 500);
  });
});
