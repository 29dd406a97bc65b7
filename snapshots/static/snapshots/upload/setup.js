// What the server tells the upload page: `setup` in the console's Python.

/**
 * @typedef {object} UploadUrls
 * @property {string} uploads
 * @property {string} api of media items
 * @property {string} tasks
 * @property {string} media the page of the media item `FILE_ID`
 *
 * @typedef {Record<
 *   | "sum" | "waiting" | "starting" | "started" | "uploading" | "paused" | "done" | "requesting"
 *   | "pulling" | "pulled" | "pulledSome" | "pulledUnknown" | "interrupted" | "probing" | "ready"
 *   | "failed" | "cover" | "rejected" | "empty" | "tooLarge" | "notVideo" | "offline" | "httpError",
 *   string
 * >} UploadTexts
 *
 * @typedef {object} UploadSetup
 * @property {UploadUrls} urls
 * @property {number} maxBytes of one file
 * @property {boolean} mayView
 * @property {UploadTexts} texts
 */

export {};
