import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Speed } from "../../../snapshots/static/snapshots/upload/speed.js";

function speedOf(...samples) {
  const speed = new Speed();
  for (const [bytes, now] of samples) speed.add(bytes, now);
  return speed.perSecond;
}

describe("Speed", () => {
  it("is 0 before there are two moments to compare", () => {
    assert.equal(speedOf(), 0);
    assert.equal(speedOf([500, 1000]), 0);
    assert.equal(speedOf([500, 1000], [900, 1000]), 0);
  });

  it("is bytes a second", () => {
    assert.equal(speedOf([0, 0], [500, 250]), 2000);
    assert.equal(speedOf([0, 0], [500, 250], [1000, 2000]), 500);
  });

  it("does not count what came before: an upload that is resumed starts in the middle", () => {
    assert.equal(speedOf([1_000_000, 0], [1_000_500, 1000]), 500);
  });

  it("forgets what is older than five seconds", () => {
    const fast = [
      [0, 0],
      [10_000, 1000],
    ];
    const slow = [
      [10_100, 4000],
      [10_200, 7000],
      [10_300, 10_000],
    ];
    assert.equal(speedOf(...fast, ...slow), 100 / 3);
  });

  it("still compares two moments after a long pause", () => {
    assert.equal(speedOf([0, 0], [1000, 60_000]), 1000 / 60);
  });

  it("is never below 0, where an upload starts anew", () => {
    assert.equal(speedOf([5000, 0], [0, 1000]), 0);
  });
});
