// What need not even be sent: too large, empty, or by its name plainly something else.

const OTHERS = /^(image|audio|text|font)\/|^application\/(pdf|zip|json|xml|msword|vnd\.)/;

/** Why the server would not take this file; nothing where it may. */
export function reasonAgainst(file, { texts, most }, formats) {
  if (file.size === 0) return texts.empty;
  if (file.size > most) return formats.fill(texts.tooLarge, { most: formats.size(most) });
  if (OTHERS.test(file.type)) return formats.fill(texts.noVideo, { kind: file.type });
  return "";
}
