// What the server tells the picker: `_setup` and `texts` in the console's Python.

/**
 * @typedef {object} PickerUrls
 * @property {string} source
 * @property {string} frames
 * @property {string} frame
 * @property {string} cover
 * @property {string} tasks
 * @property {string} suggest
 *
 * @typedef {Record<
 *   | "frame" | "seconds" | "play" | "pause" | "mark" | "unmark" | "removeMark" | "goToMark"
 *   | "making" | "unplayable" | "offline" | "httpError" | "tooManyMarks"
 *   | "takeThis" | "takeOne" | "takeMany"
 *   | "waiting" | "processing" | "finished" | "failed" | "aborted" | "progress"
 *   | "makeCover" | "coverSet" | "coverTask" | "snapshotsTask" | "noSuggestions" | "searching"
 *   | "frameTime" | "pts" | "keyFrame" | "yes" | "no" | "size" | "copyUrl" | "copied" | "snapshotOf",
 *   string
 * >} PickerTexts
 *
 * @typedef {object} PickerSetup
 * @property {string} media the file ID
 * @property {number} last the index of the last frame
 * @property {number | null} duration in seconds
 * @property {string} container
 * @property {string} codec
 * @property {number} maxPoints of one request
 * @property {boolean} mayCover
 * @property {PickerUrls} urls
 * @property {PickerTexts} texts
 */

export {};
