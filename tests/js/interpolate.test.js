import assert from "node:assert/strict";
import { it } from "node:test";
import { interpolate } from "../../snapshots/static/snapshots/interpolate.js";

it("replaces each placeholder by its value, 0 and the empty text too", () => {
  assert.equal(interpolate("Frame {index} of {last}", { index: 0, last: 99 }), "Frame 0 of 99");
  assert.equal(interpolate("{a}{b}{a}", { a: "x", b: "" }), "xx");
});

it("leaves placeholders without a value, and braces that are none", () => {
  assert.equal(interpolate("{done} of {size}", { done: "1 %" }), "1 % of {size}");
  assert.equal(interpolate("{} { a }", { a: 1 }), "{} { a }");
  assert.equal(interpolate("{constructor}", {}), "{constructor}");
});

it("takes values as they are", () => {
  assert.equal(interpolate("{a} {b}", { a: "{b}", b: "$& $1" }), "{b} $& $1");
});
