import assert from "node:assert/strict";
import { afterEach, it } from "node:test";
import { delayMs, untilTurn } from "../../snapshots/static/snapshots/polling.js";

afterEach(() => {
  delete globalThis.document;
});

it("polls soon at first, then seldom, up to every 5 s", () => {
  const delays = Array.from({ length: 10 }, (_, turn) => delayMs(turn));
  assert.deepEqual(delays, [200, 400, 700, 1000, 1500, 2250, 3375, 5000, 5000, 5000]);
});

it("goes on in the same way after other first delays", () => {
  const delays = Array.from({ length: 9 }, (_, turn) => delayMs(turn, [200, 200, 300, 300]));
  assert.deepEqual(delays, [200, 200, 300, 300, 1000, 1500, 2250, 3375, 5000]);
});

it("still waits 5 s after days", () => {
  assert.equal(delayMs(100_000), 5000);
});

it("goes on at once where the page is seen", async () => {
  globalThis.document = new Page(false);
  await untilTurn(0, [1]);
  assert.equal(document.listening, 0);
});

it("waits for as long as the page is hidden", async () => {
  globalThis.document = new Page(true);
  let isOver = false;
  const turn = untilTurn(0, [1]).then(() => {
    isOver = true;
  });
  await document.listened;
  document.change(true); // from one hidden state to another
  await Promise.resolve();
  assert.equal(isOver, false);
  document.change(false);
  await turn;
  assert.equal(document.listening, 0);
});

class Page extends EventTarget {
  listening = 0;

  constructor(hidden) {
    super();
    this.hidden = hidden;
    this.listened = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  addEventListener(...words) {
    super.addEventListener(...words);
    this.listening += 1;
    this.resolve();
  }

  removeEventListener(...words) {
    super.removeEventListener(...words);
    this.listening -= 1;
  }

  change(hidden) {
    this.hidden = hidden;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}
