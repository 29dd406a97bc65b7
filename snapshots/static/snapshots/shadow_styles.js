// Lets components that write their styles inline live under a policy that forbids inline styles:
// what they put into their shadow trees is split, and the styles are adopted as sheets.

function put(root, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const styles = [...template.content.querySelectorAll("style")];
  const sheets = styles.map((style) => {
    const sheet = new CSSStyleSheet({ media: style.media });
    sheet.replaceSync(style.textContent);
    style.remove();
    return sheet;
  });
  root.adoptedStyleSheets = sheets;
  root.replaceChildren(document.importNode(template.content, true));
  remember(root, sheets);
}

/** Components look for their style elements, to change a rule: they get the sheets instead. */
function remember(root, sheets) {
  root.querySelectorAll = (selector) => {
    if (selector.startsWith("style")) return sheets.map((sheet) => ({ sheet }));
    return ShadowRoot.prototype.querySelectorAll.call(root, selector);
  };
}

const plain = Object.getOwnPropertyDescriptor(ShadowRoot.prototype, "innerHTML");
Object.defineProperty(ShadowRoot.prototype, "innerHTML", {
  ...plain,
  set(html) {
    put(this, html);
  },
});
ShadowRoot.prototype.setHTMLUnsafe = function setHTMLUnsafe(html) {
  put(this, html);
};
