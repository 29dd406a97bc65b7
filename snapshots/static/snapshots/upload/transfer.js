// One file on its way: tus-js-client with our choices.

const PIECE = 16 * 1024 * 1024; // a refusal is read after each; proxies pass it on in memory
const HEAD = 512; // bytes by which the server tells a video from what is none
const WAITS_MS = [0, 500, 1000, 2000, 4000, 8000, 15000, 30000];
const AGAIN = [0, 409, 423, 429, 500, 502, 503, 504];
const KEPT_MS = 24 * 3600 * 1000; // as long as the server keeps an upload

export class Transfer {
  constructor(file, { endpoint, token, onProgress, onDone, onRefused }) {
    this.file = file;
    this.isStopped = false;
    this.upload = new window.tus.Upload(file, {
      ...{ endpoint, chunkSize: PIECE, retryDelays: WAITS_MS, onProgress },
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      metadata: { filename: file.name, filetype: file.type },
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => AGAIN.includes(statusOf(error)),
      onSuccess: ({ lastResponse }) => onDone(lastResponse.getHeader("MediaHub-File-Id")),
      onError: (error) => onRefused({ status: statusOf(error), reason: reasonOf(error) }),
    });
  }

  /** Begin, or go on where this file stopped: in this window, or before it was loaded anew. */
  async start() {
    this.isStopped = false;
    if (!this.upload.url) {
      this.upload.options.metadata.head = await headOf(this.file);
      const [earlier] = await this.upload.findPreviousUploads();
      if (earlier) this.upload.resumeFromPreviousUpload(earlier);
    }
    if (!this.isStopped) this.upload.start();
  }

  pause() {
    this.isStopped = true;
    return this.upload.abort();
  }

  /** The server forgets it, too; where it cannot be told now, it does so after a day. */
  async cancel() {
    this.isStopped = true;
    try {
      await this.upload.abort(true);
    } catch (error) {
      console.info("the upload is left to expire", error);
    }
  }
}

/** Uploads that this browser began and has not ended. */
export function unfinished() {
  return storage().findAllUploads();
}

export async function forgetOld() {
  const oldest = Date.now() - KEPT_MS;
  for (const upload of await unfinished()) {
    if (Date.parse(upload.creationTime) < oldest) await storage().removeUpload(upload.urlStorageKey);
  }
}

function storage() {
  return window.tus.defaultOptions.urlStorage;
}

async function headOf(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}

function statusOf(error) {
  return error.originalResponse?.getStatus() ?? 0;
}

/** The server's own words; empty where there are none. */
function reasonOf(error) {
  try {
    const problem = JSON.parse(error.originalResponse.getBody());
    return problem.errors?.[0]?.detail ?? problem.detail ?? "";
  } catch {
    return "";
  }
}
