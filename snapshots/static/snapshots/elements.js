// Elements of a page: found by name and checked for their type, or made.

/**
 * The element marked `data-part="name"`. Throws where there is none, or one of another type.
 *
 * @template {HTMLElement} T
 * @param {ParentNode} root
 * @param {string} name
 * @param {new () => T} type
 * @returns {T}
 */
export function part(root, name, type) {
  const found = optionalPart(root, name, type);
  if (!found) throw new Error(`This page has no ${type.name} ${name}.`);
  return found;
}

/**
 * As `part`, but `null` for what is not on every user's page.
 *
 * @template {HTMLElement} T
 * @param {ParentNode} root
 * @param {string} name
 * @param {new () => T} type
 * @returns {T | null}
 */
export function optionalPart(root, name, type) {
  const found = root.querySelector(`[data-part="${name}"]`);
  return found instanceof type ? found : null;
}

/**
 * What the page brings for a script, by the id of its JSON element.
 *
 * @param {string} id
 * @returns {any}
 */
export function pageData(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {string} [text]
 */
export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/**
 * A button with a text, or with a label for whoever cannot see what is put into it.
 *
 * @param {string} className
 * @param {{ text?: string, label?: string, onClick?: () => unknown }} options
 */
export function button(className, { text = "", label, onClick }) {
  const made = element("button", className, text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  if (onClick) made.addEventListener("click", onClick);
  return made;
}
