// The picker's keys. Fields keep theirs, and so do buttons their Space.

const FIELDS = "input, select, textarea, [contenteditable]";

export function listen(actions) {
  const keys = {
    ArrowRight: (event) => (event.shiftKey ? actions.seconds(1) : actions.step(1)),
    ArrowLeft: (event) => (event.shiftKey ? actions.seconds(-1) : actions.step(-1)),
    Home: actions.first,
    End: actions.last,
    " ": actions.play,
    m: actions.mark,
    s: actions.snapshot,
    c: actions.cover,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest(FIELDS)) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return;
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}

/** A field in which something was chosen by hand lets go of the keys; one used by keys keeps them. */
export function giveBack(field) {
  let isByHand = false;
  field.addEventListener("pointerdown", () => (isByHand = true));
  field.addEventListener("keydown", () => (isByHand = false));
  field.addEventListener("change", () => isByHand && field.blur());
}
