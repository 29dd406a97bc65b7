// Sizes, speeds and times in the reader's language.

import { fill } from "../picker/server.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

export class Formats {
  constructor(language) {
    this.language = language || "en";
  }

  fill(text, values) {
    return fill(text, values);
  }

  /** Steps of 1024, as in the rest of the console. */
  size(bytes) {
    const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
    const digits = step > 1 ? 1 : 0;
    return this.unit(bytes / 1024 ** step, UNITS[step], digits, "short");
  }

  time(seconds) {
    if (seconds < 60) return this.unit(Math.ceil(seconds), "second", 0, "short");
    if (seconds < 3600) return this.unit(Math.ceil(seconds / 60), "minute", 0, "short");
    return this.unit(seconds / 3600, "hour", 1, "short");
  }

  percent(part) {
    const rounded = Math.floor(part * 100) / 100; // 100 % only when all is there
    return new Intl.NumberFormat(this.language, { style: "percent" }).format(rounded);
  }

  unit(value, unit, digits, unitDisplay) {
    const look = { style: "unit", unit, unitDisplay, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.language, look).format(value);
  }
}
