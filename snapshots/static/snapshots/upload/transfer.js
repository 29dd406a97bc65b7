// The upload of one file: tus-js-client with our settings.

import { problemDetail } from "../api.js";
import { tusClient } from "./tus.js";

/** @typedef {import("./tus.js").TusError} TusError */

const CHUNK_BYTES = 16 * 1024 * 1024; // a rejection is read after each; proxies hold one in memory
const HEAD_BYTES = 512; // by which the server tells a video from other files
const RETRY_DELAYS_MS = [0, 500, 1000, 2000, 4000, 8000, 15000, 30000];
const RETRIED = [0, 409, 423, 429, 500, 502, 503, 504];
const EXPIRY_MS = 24 * 3600 * 1000; // of an unfinished upload on the server

export class Transfer {
  #isStopped = false;

  /**
   * @param {File} file
   * @param {object} options
   * @param {string} options.endpoint
   * @param {string} options.token against cross-site requests
   * @param {(sent: number) => unknown} options.onProgress
   * @param {(fileId: string) => unknown} options.onDone
   * @param {(error: { status: number, reason: string }) => unknown} options.onError
   */
  constructor(file, { endpoint, token, onProgress, onDone, onError }) {
    this.file = file;
    this.upload = new (tus().Upload)(file, {
      endpoint,
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      metadata: { filename: file.name, filetype: file.type },
      removeFingerprintOnSuccess: true,
      onProgress,
      onShouldRetry: isRetried,
      onSuccess: ({ lastResponse }) => onDone(lastResponse.getHeader("MediaHub-File-Id")),
      onError: (error) => onError({ status: statusOf(error), reason: reasonOf(error) }),
    });
  }

  /** Starts, or resumes where this file stopped: in this window, or before the page was reloaded. */
  async start() {
    this.#isStopped = false;
    if (!this.upload.url) {
      this.upload.options.metadata.head = await headOf(this.file);
      const [earlier] = await this.upload.findPreviousUploads();
      if (earlier) this.upload.resumeFromPreviousUpload(earlier);
    }
    if (!this.#isStopped) this.upload.start();
  }

  pause() {
    this.#isStopped = true;
    return this.upload.abort();
  }

  /** The server forgets it, too; where that fails now, it does so after a day. */
  async cancel() {
    this.#isStopped = true;
    try {
      await this.upload.abort(true);
    } catch (error) {
      console.info("the upload is left to expire", error);
    }
  }
}

/** Uploads that this browser began and has not ended. */
export function unfinished() {
  return tus().defaultOptions.urlStorage.findAllUploads();
}

export async function forgetExpired() {
  const oldest = Date.now() - EXPIRY_MS;
  for (const upload of await unfinished()) {
    if (Date.parse(upload.creationTime) >= oldest) continue;
    await tus().defaultOptions.urlStorage.removeUpload(upload.urlStorageKey);
  }
}

/**
 * Whether the same request may succeed later.
 *
 * @param {TusError} error
 */
export function isRetried(error) {
  return RETRIED.includes(statusOf(error));
}

/**
 * 0 where no response came.
 *
 * @param {TusError} error
 */
export function statusOf(error) {
  return error.originalResponse?.getStatus() ?? 0;
}

/**
 * The server's own words; empty where there are none.
 *
 * @param {TusError} error
 */
export function reasonOf(error) {
  try {
    return problemDetail(JSON.parse(error.originalResponse?.getBody() ?? "null"));
  } catch {
    return "";
  }
}

function tus() {
  const client = tusClient();
  if (!client) throw new Error("tus-js-client is not loaded.");
  return client;
}

/** @param {File} file */
async function headOf(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}
