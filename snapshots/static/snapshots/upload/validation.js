// Files that need not even be sent: too large, empty, or by their type plainly something else.

import { interpolate } from "../interpolate.js";

const OTHER_TYPES = /^(image|audio|text|font)\/|^application\/(pdf|zip|json|xml|msword|vnd\.)/;

/**
 * Why the server would not take a file; empty where it may.
 *
 * @param {Pick<File, "size" | "type">} file
 * @param {object} limits
 * @param {number} limits.maxBytes
 * @param {Pick<import("./setup.js").UploadTexts, "empty" | "tooLarge" | "notVideo">} limits.texts
 * @param {import("./formats.js").Formats} formats
 */
export function validationError(file, { maxBytes, texts }, formats) {
  if (file.size === 0) return texts.empty;
  if (file.size > maxBytes) return interpolate(texts.tooLarge, { max: formats.size(maxBytes) });
  if (OTHER_TYPES.test(file.type)) return interpolate(texts.notVideo, { type: file.type });
  return "";
}
