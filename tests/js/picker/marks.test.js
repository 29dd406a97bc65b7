import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { Marks } from "../../../snapshots/static/snapshots/picker/marks.js";

const frame = (index) => ({ index, frame_time: index / 25 });

describe("Marks", () => {
  let marks;
  let changes;

  beforeEach(() => {
    marks = new Marks(3);
    changes = 0;
    marks.addEventListener("change", () => {
      changes += 1;
    });
  });

  it("are in the order of the video, not of the marking", () => {
    for (const index of [61, 7, 100]) assert.equal(marks.toggle(frame(index)), true);
    assert.deepEqual(marks.indexes, [7, 61, 100]);
    assert.deepEqual(marks.frames, [frame(7), frame(61), frame(100)]);
    assert.equal(changes, 3);
  });

  it("are taken away by marking again", () => {
    marks.toggle(frame(7));
    assert.equal(marks.has(7), true);
    assert.equal(marks.toggle(frame(7)), true);
    assert.equal(marks.has(7), false);
    assert.deepEqual(marks.frames, []);
    assert.equal(changes, 2);
  });

  it("are no more than one request may name", () => {
    for (const index of [1, 2, 3]) marks.toggle(frame(index));
    assert.equal(marks.toggle(frame(4)), false);
    assert.deepEqual(marks.indexes, [1, 2, 3]);
    assert.equal(changes, 3);
    assert.equal(marks.toggle(frame(2)), true); // taking one away is still possible
    assert.equal(marks.toggle(frame(4)), true);
    assert.deepEqual(marks.indexes, [1, 3, 4]);
  });

  it("are gone after clearing", () => {
    marks.toggle(frame(1));
    marks.clear();
    assert.deepEqual(marks.indexes, []);
    assert.equal(marks.has(1), false);
    assert.equal(changes, 2);
  });
});
