import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { percentAt, secondsAt, Timeline } from "../../../snapshots/static/snapshots/picker/timeline.js";

const BOX = { left: 100, width: 400 };

describe("percentAt", () => {
  it("is the share of the duration, and never past the end", () => {
    assert.equal(percentAt(0, 8), "0%");
    assert.equal(percentAt(2, 8), "25%");
    assert.equal(percentAt(8, 8), "100%");
    assert.equal(percentAt(8.04, 8), "100%"); // a last frame behind the duration that the file claims
  });
});

describe("secondsAt", () => {
  it("is the time at a point of the line", () => {
    assert.equal(secondsAt(100, BOX, 8), 0);
    assert.equal(secondsAt(300, BOX, 8), 4);
    assert.equal(secondsAt(500, BOX, 8), 8);
  });

  it("is the nearer end beside the line", () => {
    assert.equal(secondsAt(-50, BOX, 8), 0);
    assert.equal(secondsAt(900, BOX, 8), 8);
  });

  it("goes back and forth with percentAt", () => {
    for (const seconds of [0, 0.04, 3.333, 7.96]) {
      const x = BOX.left + (BOX.width * Number.parseFloat(percentAt(seconds, 8))) / 100;
      assert.ok(Math.abs(secondsAt(x, BOX, 8) - seconds) < 1e-9);
    }
  });
});

describe("Timeline", () => {
  /** The track's element, as far as the timeline uses it. */
  class Track extends EventTarget {
    attributes = {};
    captured = [];
    cursor = { style: {} };

    querySelector() {
      return this.cursor;
    }

    setAttribute(name, value) {
      this.attributes[name] = value;
    }

    setPointerCapture(id) {
      this.captured.push(id);
    }

    getBoundingClientRect() {
      return BOX;
    }

    point(type, clientX, buttons) {
      this.dispatchEvent(Object.assign(new Event(type), { clientX, buttons, pointerId: 5 }));
    }
  }

  function setUp(duration) {
    const sought = [];
    const track = new Track();
    const timeline = new Timeline({ track, duration, onSeek: (seconds) => sought.push(seconds) });
    return { track, timeline, sought };
  }

  it("shows where we are, to readers of a screen too", () => {
    const { track, timeline } = setUp(8);
    timeline.show(2, "Frame 50 of 199, 2.000 s");
    assert.equal(track.cursor.style.left, "25%");
    assert.deepEqual(track.attributes, {
      "aria-valuenow": "2.000",
      "aria-valuetext": "Frame 50 of 199, 2.000 s",
    });
  });

  it("seeks where it is pressed and dragged, not where a pointer only passes", () => {
    const { track, sought } = setUp(8);
    track.point("pointermove", 200, 0);
    assert.deepEqual(sought, []);
    track.point("pointerdown", 300, 1);
    track.point("pointermove", 500, 1);
    assert.deepEqual(sought, [4, 8]);
    assert.deepEqual(track.captured, [5]);
  });

  it("has a length even where the duration is unknown", () => {
    const { track, timeline, sought } = setUp(null);
    timeline.show(0.5, "");
    assert.equal(track.cursor.style.left, "50%");
    track.point("pointerdown", 300, 1);
    assert.deepEqual(sought, [0.5]);
  });
});
