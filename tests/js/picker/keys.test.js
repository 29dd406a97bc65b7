import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  commandOf,
  listen,
  parseCommand,
  releaseAfterPointer,
} from "../../../snapshots/static/snapshots/picker/keys.js";

/** An element inside the elements of these names. */
const inside = (...names) => ({
  closest: (selector) => selector.split(", ").some((name) => names.includes(name)),
});

const press = (key, more = {}) => ({ key, target: inside(), ...more });

describe("commandOf", () => {
  for (const [name, event, command] of [
    ["→", press("ArrowRight"), ["step", 1]],
    ["←", press("ArrowLeft"), ["step", -1]],
    ["Shift + →", press("ArrowRight", { shiftKey: true }), ["seconds", 1]],
    ["Shift + ←", press("ArrowLeft", { shiftKey: true }), ["seconds", -1]],
    ["Home", press("Home"), ["first", 0]],
    ["End", press("End"), ["last", 0]],
    ["Space", press(" "), ["play", 0]],
    ["m", press("m"), ["mark", 0]],
    ["s", press("s"), ["snapshot", 0]],
    ["c", press("c"), ["cover", 0]],
    ["M with Shift", press("M", { shiftKey: true }), ["mark", 0]],
    ["Shift + Home", press("Home", { shiftKey: true }), ["first", 0]],
  ]) {
    it(`knows ${name}`, () => {
      assert.deepEqual(commandOf(event), command);
    });
  }

  for (const [name, event] of [
    ["other letters", press("x")],
    ["other keys", press("PageDown")],
    ["names of objects' members", press("constructor")],
    ["the browser's Ctrl + C", press("c", { ctrlKey: true })],
    ["the browser's Alt + ←", press("ArrowLeft", { altKey: true })],
    ["Cmd + S", press("s", { metaKey: true })],
    ["letters of an input method", press("s", { isComposing: true })],
    ["letters in a field", press("s", { target: inside("input") })],
    ["arrows in a list of choices", press("ArrowRight", { target: inside("select") })],
    ["Space on a button", press(" ", { target: inside("button") })],
    ["Space on a summary", press(" ", { target: inside("summary") })],
  ]) {
    it(`leaves ${name}`, () => {
      assert.equal(commandOf(event), undefined);
    });
  }

  it("takes letters on a button", () => {
    assert.deepEqual(commandOf(press("s", { target: inside("button") })), ["snapshot", 0]);
  });
});

describe("parseCommand", () => {
  it("reads what a button does from its attribute", () => {
    assert.deepEqual(parseCommand("step:-1"), ["step", -1]);
    assert.deepEqual(parseCommand("seconds:1"), ["seconds", 1]);
    assert.deepEqual(parseCommand("play"), ["play", 0]);
  });
});

describe("listen", () => {
  it("carries out what a key asks for, in place of what the browser would do", () => {
    const done = [];
    let pressKey;
    globalThis.document = {
      addEventListener: (_type, listener) => {
        pressKey = listener;
      },
    };
    listen({ step: (count) => done.push(count) });
    delete globalThis.document;
    const prevented = [];
    for (const key of ["ArrowRight", "ArrowLeft", "x"]) {
      pressKey({ ...press(key), preventDefault: () => prevented.push(key) });
    }
    assert.deepEqual(done, [1, -1]);
    assert.deepEqual(prevented, ["ArrowRight", "ArrowLeft"]);
  });
});

describe("releaseAfterPointer", () => {
  it("gives the keys back after a change by pointer, and keeps them after one by keys", () => {
    let blurred = 0;
    const field = Object.assign(new EventTarget(), {
      blur: () => {
        blurred += 1;
      },
    });
    releaseAfterPointer(field);
    const happens = (...types) => {
      for (const type of types) field.dispatchEvent(new Event(type));
    };
    happens("pointerdown", "change");
    assert.equal(blurred, 1);
    happens("keydown", "change");
    assert.equal(blurred, 1);
    happens("pointerdown", "keydown", "change");
    assert.equal(blurred, 1);
  });
});
