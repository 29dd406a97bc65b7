import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Formats } from "../../../snapshots/static/snapshots/upload/formats.js";

const KB = 1024;
const formats = new Formats("en");

describe("Formats", () => {
  for (const [bytes, text] of [
    [0, "0 byte"],
    [1, "1 byte"],
    [1023, "1,023 byte"],
    [KB, "1 kB"],
    [1.4 * KB, "1 kB"],
    [KB ** 2, "1 MB"],
    [15.5 * KB ** 2, "15.5 MB"],
    [KB ** 3 - 1, "1,024 MB"],
    [2.25 * KB ** 3, "2.3 GB"],
    [3 * KB ** 4, "3 TB"],
    [5000 * KB ** 4, "5,000 TB"],
  ]) {
    it(`writes ${bytes} bytes as ${text}`, () => {
      assert.equal(formats.size(bytes), text);
    });
  }

  for (const [seconds, text] of [
    [0.1, "1 sec"],
    [59, "59 sec"],
    [60, "1 min"],
    [61, "2 min"],
    [3599, "60 min"],
    [3600, "1 hr"],
    [5400, "1.5 hr"],
  ]) {
    it(`writes ${seconds} s as ${text}`, () => {
      assert.equal(formats.time(seconds), text);
    });
  }

  it("says 100 % only when all is there", () => {
    assert.equal(formats.percent(0), "0%");
    assert.equal(formats.percent(0.459), "45%");
    assert.equal(formats.percent(0.99999), "99%");
    assert.equal(formats.percent(1), "100%");
  });

  it("writes as the reader's language does", () => {
    assert.equal(new Formats("zh-hans").time(90), "2分钟");
    assert.match(new Formats("de").size(15.5 * KB ** 2), /^15,5\sMB$/);
  });

  it("falls back to English on a page without a language", () => {
    assert.equal(new Formats("").size(KB), "1 kB");
  });
});
