// The picker's keys. Fields keep theirs, and so do buttons their Space.

/**
 * @typedef {object} Actions what keys and buttons do
 * @property {(count: number) => unknown} step by frames
 * @property {(count: number) => unknown} seconds
 * @property {() => unknown} first
 * @property {() => unknown} last
 * @property {() => unknown} play or pause
 * @property {() => unknown} mark
 * @property {() => unknown} snapshot
 * @property {() => unknown} cover
 *
 * @typedef {[name: keyof Actions, count: number]} Command
 */

const FIELDS = "input, select, textarea, [contenteditable]";
const USE_SPACE = "button, a, summary";

/** @type {Map<string, Command>} */
const COMMANDS = new Map([
  ["ArrowRight", ["step", 1]],
  ["ArrowLeft", ["step", -1]],
  ["Shift+ArrowRight", ["seconds", 1]],
  ["Shift+ArrowLeft", ["seconds", -1]],
  ["Home", ["first", 0]],
  ["End", ["last", 0]],
  [" ", ["play", 0]],
  ["m", ["mark", 0]],
  ["s", ["snapshot", 0]],
  ["c", ["cover", 0]],
]);

/**
 * What a key press asks for; nothing where it belongs to a field, a button or the browser.
 *
 * @param {Pick<KeyboardEvent,
 *   "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey" | "isComposing" | "target">} event
 * @returns {Command | undefined}
 */
export function commandOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return undefined;
  const target = /** @type {Element} */ (event.target);
  if (target.closest(FIELDS)) return undefined;
  if (event.key === " " && target.closest(USE_SPACE)) return undefined;
  const isArrow = event.key.startsWith("Arrow");
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return COMMANDS.get(isArrow && event.shiftKey ? `Shift+${key}` : key);
}

/**
 * As a button's `data-action` names it: `step:-1` or `play`.
 *
 * @param {string} text
 * @returns {Command}
 */
export function parseCommand(text) {
  const [name, count] = text.split(":");
  return [/** @type {keyof Actions} */ (name), Number(count ?? 0)];
}

/** @param {Actions} actions */
export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    const [name, count] = command;
    actions[name](count);
  });
}

/**
 * A field that was changed with the pointer gives the keys back; one changed by keys keeps them.
 *
 * @param {HTMLElement} field
 */
export function releaseAfterPointer(field) {
  let isPointer = false;
  field.addEventListener("pointerdown", () => {
    isPointer = true;
  });
  field.addEventListener("keydown", () => {
    isPointer = false;
  });
  field.addEventListener("change", () => isPointer && field.blur());
}
