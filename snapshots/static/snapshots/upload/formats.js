// Sizes, speeds and times in the reader's language.

const UNITS = /** @type {const} */ (["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"]);

export class Formats {
  /** @param {string} language */
  constructor(language) {
    this.language = language || "en";
  }

  /**
   * In steps of 1024, as in the rest of the console.
   *
   * @param {number} bytes
   */
  size(bytes) {
    const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
    return this.unit(bytes / 1024 ** step, UNITS[step] ?? "byte", step > 1 ? 1 : 0);
  }

  /** @param {number} seconds */
  time(seconds) {
    if (seconds < 60) return this.unit(Math.ceil(seconds), "second", 0);
    if (seconds < 3600) return this.unit(Math.ceil(seconds / 60), "minute", 0);
    return this.unit(seconds / 3600, "hour", 1);
  }

  /**
   * Rounded down: 100 % only when all is there.
   *
   * @param {number} fraction from 0 to 1
   */
  percent(fraction) {
    const rounded = Math.floor(fraction * 100) / 100;
    return new Intl.NumberFormat(this.language, { style: "percent" }).format(rounded);
  }

  /**
   * @param {number} value
   * @param {string} unit
   * @param {number} digits after the point, at most
   */
  unit(value, unit, digits) {
    return new Intl.NumberFormat(this.language, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    }).format(value);
  }
}
