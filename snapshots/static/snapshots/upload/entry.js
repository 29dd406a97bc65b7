// One file of the upload page, and what has become of it.

/**
 * @typedef {"waiting" | "uploading" | "paused" | "interrupted" | "done" | "rejected" | "cancelled"} State
 */

/** @type {readonly State[]} */
const OPEN = ["waiting", "uploading", "paused", "interrupted"];

export class Entry {
  /** @type {State} */
  state = "waiting";
  /** @type {import("./transfer.js").Transfer | undefined} */
  transfer;

  /**
   * @param {File} file
   * @param {(entry: Entry) => import("./row.js").Row} makeRow
   */
  constructor(file, makeRow) {
    this.file = file;
    this.row = makeRow(this);
  }

  /** The same for the same file, however often it is added. */
  get key() {
    const { name, size, lastModified } = this.file;
    return `${name}|${size}|${lastModified}`;
  }

  /** Whether its upload has not ended yet. */
  get isOpen() {
    return OPEN.includes(this.state);
  }

  get isUploading() {
    return this.state === "uploading";
  }
}

/**
 * Those of the waiting ones that may start now, the oldest first.
 *
 * @template {Pick<Entry, "state" | "isUploading">} T
 * @param {T[]} entries
 * @param {number} max how many may upload at once
 */
export function startable(entries, max) {
  const uploading = entries.filter((entry) => entry.isUploading).length;
  const waiting = entries.filter((entry) => entry.state === "waiting");
  return waiting.slice(0, Math.max(0, max - uploading));
}
