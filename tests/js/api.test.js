import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ApiClient, ApiError, problemDetail } from "../../snapshots/static/snapshots/api.js";

const TEXTS = { offline: "The server does not answer.", httpError: "Refused ({status})." };
const originalFetch = globalThis.fetch;

describe("ApiClient", () => {
  let sent;
  let respond;
  const client = new ApiClient(TEXTS, "the-token");

  beforeEach(() => {
    sent = [];
    respond = () => json({ ok: true });
    globalThis.fetch = async (url, options) => {
      sent.push({ url, ...options });
      return respond(options);
    };
  });

  afterEach(() => {
    globalThis.fetch = originalFetch;
  });

  it("reads JSON in the user's session", async () => {
    assert.deepEqual(await client.json("/api/v1/media/"), { ok: true });
    assert.equal(sent[0].url, "/api/v1/media/");
    assert.equal(sent[0].method, "GET");
    assert.equal(sent[0].credentials, "same-origin");
    assert.deepEqual(sent[0].headers, { Accept: "application/json" });
    assert.equal(sent[0].body, undefined);
  });

  it("sends a body as JSON with the token", async () => {
    await client.json("/api/v1/tasks/", { method: "POST", body: { media: "1" } });
    assert.equal(sent[0].body, '{"media":"1"}');
    assert.equal(sent[0].headers["Content-Type"], "application/json");
    assert.equal(sent[0].headers["X-CSRFToken"], "the-token");
    assert.equal("Idempotency-Key" in sent[0].headers, false);
  });

  it("sends the token without a body, too", async () => {
    respond = () => new Response(null, { status: 204 });
    assert.equal(await client.json("/api/v1/media/1/cover/", { method: "DELETE" }), null);
    assert.equal(sent[0].headers["X-CSRFToken"], "the-token");
    assert.equal("Content-Type" in sent[0].headers, false);
  });

  it("sends an idempotency key", async () => {
    await client.json("/x/", { method: "POST", body: {}, idempotencyKey: "once" });
    assert.equal(sent[0].headers["Idempotency-Key"], "once");
  });

  it("fails with the server's own words", async () => {
    respond = () => json({ errors: [{ detail: "There is no frame 100." }] }, 422);
    await assert.rejects(client.json("/x/"), {
      name: "ApiError",
      status: 422,
      message: "There is no frame 100.",
    });
  });

  for (const [kind, response] of [
    ["HTML", () => new Response("<h1>Bad gateway</h1>", { status: 502 })],
    ["JSON without a detail", () => json({ code: "x" }, 502)],
    ["JSON that is null", () => json(null, 502)],
    ["nothing", () => new Response("", { status: 502 })],
  ]) {
    it(`fails with its own words where the server's are ${kind}`, async () => {
      respond = response;
      await assert.rejects(client.json("/x/"), { status: 502, message: "Refused (502)." });
    });
  }

  it("fails with status 0 where no response comes", async () => {
    const cause = new TypeError("Failed to fetch");
    respond = () => {
      throw cause;
    };
    await assert.rejects(client.json("/x/"), { name: "ApiError", status: 0, message: TEXTS.offline, cause });
  });

  it("fails with status 0 where the response breaks off", async () => {
    respond = () => brokenOff();
    await assert.rejects(client.json("/x/"), { name: "ApiError", status: 0 });
    await assert.rejects(client.picture("/x/"), { name: "ApiError", status: 0 });
    await assert.rejects(client.html("/x/"), { name: "ApiError", status: 0 });
  });

  it("leaves an abort what it is", async () => {
    const controller = new AbortController();
    respond = ({ signal }) => {
      throw signal.reason;
    };
    controller.abort();
    await assert.rejects(client.picture("/x/", { signal: controller.signal }), { name: "AbortError" });
  });

  it("brings a picture with its headers", async () => {
    respond = () => new Response("bytes", { headers: { "X-Frame-Width": "640" } });
    const { blob, headers } = await client.picture("/frame/");
    assert.equal(await blob.text(), "bytes");
    assert.equal(headers.get("x-frame-width"), "640");
  });

  it("brings a page, but none that the URL leads to", async () => {
    respond = () => new Response("<p>here</p>");
    assert.equal(await client.html("/admin/"), "<p>here</p>");
    respond = () => Object.defineProperty(new Response("<p>login</p>"), "redirected", { value: true });
    assert.equal(await client.html("/admin/"), null);
  });

  it("needs no texts where nobody reads them", async () => {
    respond = () => new Response("", { status: 500 });
    await assert.rejects(new ApiClient(undefined, "").json("/x/"), { status: 500, message: "" });
  });
});

describe("ApiError", () => {
  for (const [status, isClientError] of [
    [0, false],
    [399, false],
    [400, true],
    [429, true],
    [499, true],
    [500, false],
  ]) {
    it(`of status ${status} is ${isClientError ? "" : "not "}the request's fault`, () => {
      assert.equal(new ApiError(status, "").isClientError, isClientError);
    });
  }
});

describe("problemDetail", () => {
  it("prefers the first error to the summary", () => {
    assert.equal(
      problemDetail({ errors: [{ detail: "first" }, { detail: "second" }], detail: "all" }),
      "first",
    );
    assert.equal(problemDetail({ errors: [], detail: "all" }), "all");
    assert.equal(problemDetail({}), "");
    assert.equal(problemDetail(null), "");
  });
});

function json(body, status = 200) {
  return new Response(JSON.stringify(body), { status });
}

function brokenOff() {
  const body = new ReadableStream({
    start: (controller) => controller.error(new TypeError("network error")),
  });
  return new Response(body);
}
