// Buttons with `data-copy` put an address on the clipboard, and say so for a moment.

const SAID_MS = 1500;

document.addEventListener("click", async (event) => {
  const pressed = event.target.closest("[data-copy]");
  if (!pressed || pressed.dataset.words) return;
  await put(new URL(pressed.dataset.copy, document.baseURI).href);
  pressed.dataset.words = pressed.textContent;
  pressed.textContent = pressed.dataset.copied;
  setTimeout(() => {
    pressed.textContent = pressed.dataset.words;
    delete pressed.dataset.words;
  }, SAID_MS);
});

/** Browsers offer their clipboard to secure pages only; elsewhere a selected field will do. */
async function put(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "mh-offscreen";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
