// Buttons with `data-copy` put a URL on the clipboard, and say so for a moment.

const CONFIRMED_MS = 1500;

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!(button instanceof HTMLElement) || button.dataset.text) return;
  const { copy = "", copied = "" } = button.dataset;
  await copyText(new URL(copy, document.baseURI).href);
  const text = button.textContent;
  button.dataset.text = text;
  button.textContent = copied;
  setTimeout(() => {
    button.textContent = text;
    delete button.dataset.text;
  }, CONFIRMED_MS);
});

/**
 * Browsers offer their clipboard to secure pages only; elsewhere a selected field will do.
 *
 * @param {string} text
 */
async function copyText(text) {
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
