import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressesIn } from "../../../snapshots/static/snapshots/upload/addresses.js";
import { Entry, startable } from "../../../snapshots/static/snapshots/upload/entry.js";
import { Formats } from "../../../snapshots/static/snapshots/upload/formats.js";
import { isRetried, reasonOf, statusOf } from "../../../snapshots/static/snapshots/upload/transfer.js";
import { validationError } from "../../../snapshots/static/snapshots/upload/validation.js";

const file = (name, more = {}) => ({ name, size: 10, lastModified: 1, type: "video/mp4", ...more });
const entry = (state, name = "a.mp4") => Object.assign(new Entry(file(name), () => null), { state });

describe("Entry", () => {
  it("has the same key for the same file only", () => {
    const key = (...words) => new Entry(file(...words), () => null).key;
    assert.equal(key("a.mp4"), key("a.mp4", { type: "" }));
    assert.notEqual(key("a.mp4"), key("b.mp4"));
    assert.notEqual(key("a.mp4"), key("a.mp4", { size: 11 }));
    assert.notEqual(key("a.mp4"), key("a.mp4", { lastModified: 2 }));
  });

  it("is open until it is done, rejected or cancelled", () => {
    const open = ["waiting", "uploading", "paused", "interrupted"];
    for (const state of [...open, "done", "rejected", "cancelled"]) {
      assert.equal(entry(state).isOpen, open.includes(state), state);
      assert.equal(entry(state).isUploading, state === "uploading", state);
    }
  });

  it("makes its row for itself", () => {
    const made = new Entry(file("a.mp4"), (owner) => ({ owner }));
    assert.equal(made.row.owner, made);
  });
});

describe("startable", () => {
  it("is as many of the waiting ones as may upload at once, the oldest first", () => {
    const entries = [entry("done"), entry("waiting"), entry("uploading"), entry("waiting"), entry("waiting")];
    assert.deepEqual(startable(entries, 3), [entries[1], entries[3]]);
    assert.deepEqual(startable(entries, 1), []);
    assert.deepEqual(startable(entries, 9), [entries[1], entries[3], entries[4]]);
  });

  it("counts neither paused nor interrupted ones", () => {
    const entries = [entry("paused"), entry("interrupted"), entry("waiting")];
    assert.deepEqual(startable(entries, 1), [entries[2]]);
  });

  it("is nothing while more upload than may", () => {
    assert.deepEqual(startable([entry("uploading"), entry("uploading"), entry("waiting")], 1), []);
  });
});

describe("validationError", () => {
  const texts = { empty: "It is empty.", tooLarge: "At most {max}.", notVideo: "No video, but {type}." };
  const check = (more) => validationError(file("a", more), { maxBytes: 1024 ** 2, texts }, new Formats("en"));

  it("lets through what may be a video", () => {
    for (const type of ["video/mp4", "", "application/octet-stream", "application/mxf", "application/ogg"]) {
      assert.equal(check({ type }), "", type);
    }
    assert.equal(check({ size: 1024 ** 2 }), "");
  });

  it("says what is wrong with other files", () => {
    assert.equal(check({ size: 0 }), "It is empty.");
    assert.equal(check({ size: 1024 ** 2 + 1 }), "At most 1 MB.");
    for (const type of [
      "image/png",
      "audio/mpeg",
      "text/plain",
      "application/pdf",
      "application/vnd.ms-excel",
    ]) {
      assert.equal(check({ type }), `No video, but ${type}.`);
    }
  });
});

describe("errors of a transfer", () => {
  const failed = (status, body = "") => ({
    originalResponse: { getStatus: () => status, getBody: () => body },
  });

  it("have the status of the response, or 0", () => {
    assert.equal(statusOf(failed(413)), 413);
    assert.equal(statusOf({ originalResponse: null }), 0);
    assert.equal(statusOf(new Error("no network")), 0);
  });

  it("are tried again where that may help", () => {
    for (const status of [409, 423, 429, 500, 502, 503, 504]) assert.equal(isRetried(failed(status)), true);
    for (const status of [400, 401, 403, 404, 410, 413, 415, 422, 501]) {
      assert.equal(isRetried(failed(status)), false);
    }
    assert.equal(isRetried(new Error("no network")), true);
  });

  it("have the server's own words, or none", () => {
    assert.equal(
      reasonOf(failed(415, '{"errors": [{"detail": "This is a playlist."}]}')),
      "This is a playlist.",
    );
    assert.equal(reasonOf(failed(413, '{"detail": "Too large."}')), "Too large.");
    assert.equal(reasonOf(failed(502, "<h1>Bad gateway</h1>")), "");
    assert.equal(reasonOf(failed(500, "null")), "");
    assert.equal(reasonOf(new Error("no network")), "");
  });
});

describe("addressesIn", () => {
  it("is one address a line, each once, without blanks around", () => {
    assert.deepEqual(addressesIn(" https://a/1.mp4\r\n\nhttps://b/2.mp4 \nhttps://a/1.mp4\n"), [
      "https://a/1.mp4",
      "https://b/2.mp4",
    ]);
    assert.deepEqual(addressesIn(" \n "), []);
  });
});
