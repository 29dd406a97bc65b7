import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Frames } from "../../../snapshots/static/snapshots/picker/frames.js";

const COUNT = 1200;
const TIMES = Array.from({ length: COUNT }, (_, n) => n * 0.04 + (n % 7) * 0.003); // at a variable rate

/** Serves pages of frames as the REST API does. */
class Server {
  asked = [];
  isAway = false;

  async json(url) {
    const query = new URL(url, "http://site").searchParams;
    this.asked.push(query.get("from"));
    if (this.isAway) throw new Error("away");
    const first = this.indexOf(query.get("from"));
    const last = Math.min(COUNT, first + Number(query.get("limit")));
    return { results: TIMES.slice(first, last).map((time, n) => frame(first + n, time)) };
  }

  indexOf(from) {
    if (from.startsWith("f")) return Number(from.slice(1));
    const seconds = Number.parseFloat(from);
    return TIMES.findLastIndex((time) => time <= seconds + 1e-9);
  }
}

function frame(index, time) {
  return { index, frame_time: time, pts: index, time_base: "1/25", key_frame: index % 50 === 0 };
}

function setUp() {
  const server = new Server();
  return { server, frames: new Frames(server, "/api/v1/media/1/frames/", COUNT - 1) };
}

describe("Frames", () => {
  it("fetches a page around the frame asked for, and each page once", async () => {
    const { server, frames } = setUp();
    assert.equal((await frames.get(700)).index, 700);
    assert.equal((await frames.get(560)).index, 560);
    assert.equal((await frames.get(1049)).index, 1049);
    assert.deepEqual(server.asked, ["f550"]);
    assert.equal((await frames.get(0)).index, 0);
    assert.deepEqual(server.asked, ["f550", "f0"]);
  });

  it("sends one request for two that come at once", async () => {
    const { server, frames } = setUp();
    const [one, other] = await Promise.all([frames.get(3), frames.get(5)]);
    assert.deepEqual([one.index, other.index], [3, 5]);
    assert.deepEqual(server.asked, ["f0"]);
  });

  it("asks again for a page that failed", async () => {
    const { server, frames } = setUp();
    server.isAway = true;
    await assert.rejects(frames.get(3), { message: "away" });
    server.isAway = false;
    assert.equal((await frames.get(3)).index, 3);
    assert.deepEqual(server.asked, ["f0", "f0"]);
  });

  it("says so where there is no such frame", async () => {
    const { frames } = setUp();
    await assert.rejects(frames.get(5000), RangeError);
  });

  it("keeps indexes within the video", () => {
    const { frames } = setUp();
    assert.deepEqual(
      [-5, 0, 7, 1199, 1200].map((n) => frames.clamp(n)),
      [0, 0, 7, 1199, 1199],
    );
  });

  it("finds the frame on screen at a time among those it knows", async () => {
    const { server, frames } = setUp();
    await frames.get(0);
    for (const index of [0, 1, 6, 7, 8, 333]) {
      const between = (TIMES[index] + TIMES[index + 1]) / 2;
      assert.equal((await frames.atTime(TIMES[index])).index, index);
      assert.equal((await frames.atTime(between)).index, index);
      assert.equal((await frames.atTime(TIMES[index + 1] - 0.001)).index, index);
    }
    assert.deepEqual(server.asked, ["f0"]);
  });

  it("takes a time a rounding error before a frame's for that frame", async () => {
    const { frames } = setUp();
    await frames.get(0);
    assert.equal((await frames.atTime(TIMES[8] - 0.0004)).index, 8);
    assert.equal((await frames.atTime(TIMES[8] - 0.0006)).index, 7);
  });

  it("asks the server for the frame at a time that it does not know", async () => {
    const { server, frames } = setUp();
    assert.equal((await frames.atTime(TIMES[600] + 0.01)).index, 600);
    assert.deepEqual(server.asked, ["f1049", `${(TIMES[600] + 0.01).toFixed(6)}s`]);
  });

  it("shows the last frame from its time on", async () => {
    const { frames } = setUp();
    assert.equal((await frames.atTime(TIMES[COUNT - 1])).index, COUNT - 1);
    assert.equal((await frames.atTime(1e6)).index, COUNT - 1);
  });

  it("knows the middle of each frame's time on screen", async () => {
    const { frames } = setUp();
    const middle = await frames.middle(await frames.get(7));
    assert.ok(Math.abs(middle - (TIMES[7] + TIMES[8]) / 2) < 1e-12);
    const last = await frames.get(COUNT - 1);
    const end = await frames.middle(last);
    assert.ok(end > last.frame_time && end < last.frame_time + 0.001);
  });

  it("brings the next page for the middle of a page's last frame", async () => {
    const { server, frames } = setUp();
    const edge = await frames.get(499);
    assert.ok((await frames.middle(edge)) > TIMES[499]);
    assert.deepEqual(server.asked, ["f349"]);
  });

  it("passes time points in any form to the server", async () => {
    const { server, frames } = setUp();
    assert.equal((await frames.at("f42")).index, 42);
    assert.deepEqual(server.asked, ["f42"]);
  });
});
