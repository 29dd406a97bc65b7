import assert from "node:assert/strict";
import { it } from "node:test";
import { isPlayable } from "../../snapshots/static/snapshots/playable.js";

/** A browser that plays these types only, and what it was asked for. */
function browser(...played) {
  const asked = [];
  const canPlayType = (type) => {
    asked.push(type);
    return played.includes(type) ? "probably" : "";
  };
  return { asked, canPlayType };
}

it("asks the browser for container and codec", () => {
  const video = browser('video/mp4; codecs="avc1.640028"');
  assert.equal(isPlayable(video, "mp4", "h264"), true);
  assert.equal(isPlayable(video, "mov", "h264"), true);
  assert.equal(isPlayable(video, "mp4", "hevc"), false);
  assert.equal(video.asked.at(-1), 'video/mp4; codecs="hvc1.1.6.L93.B0"');
});

it("asks for Matroska as for WebM, and tries H.264 in it anyway", () => {
  const video = browser('video/webm; codecs="vp09.00.10.08"');
  assert.equal(isPlayable(video, "mkv", "vp9"), true);
  assert.equal(isPlayable(video, "mkv", "av1"), false);
  assert.equal(isPlayable(video, "mkv", "h264"), true);
});

it("does not ask for what no browser plays", () => {
  const video = browser();
  assert.equal(isPlayable(video, "avi", "mpeg4"), false);
  assert.equal(isPlayable(video, "mp4", "prores"), false);
  assert.deepEqual(video.asked, []);
});
