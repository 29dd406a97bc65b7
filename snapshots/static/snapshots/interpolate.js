// Texts with `{placeholders}`, as the pages bring them in the user's language.

/**
 * Replaces each `{name}` by its value; a name that has none stays as it is.
 *
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function interpolate(text, values) {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => {
    return Object.hasOwn(values, name) ? String(values[name]) : placeholder;
  });
}
