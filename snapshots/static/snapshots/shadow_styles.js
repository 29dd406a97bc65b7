// Adopted style sheets for components that write inline styles, which the content security policy
// forbids: the HTML that they put into their shadow trees is split into markup and sheets.

/**
 * @param {ShadowRoot} root
 * @param {string} html
 */
function fillShadow(root, html) {
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
  offerSheets(root, sheets);
}

/**
 * Components look for their style elements, to change a rule: they get the sheets instead.
 *
 * @param {ShadowRoot} root
 * @param {CSSStyleSheet[]} sheets
 */
function offerSheets(root, sheets) {
  /** @type {(selector: string) => any} */
  const find = (selector) => {
    if (selector.startsWith("style")) return sheets.map((sheet) => ({ sheet }));
    return ShadowRoot.prototype.querySelectorAll.call(root, selector);
  };
  root.querySelectorAll = find;
}

const inherited = Object.getOwnPropertyDescriptor(ShadowRoot.prototype, "innerHTML");
Object.defineProperty(ShadowRoot.prototype, "innerHTML", {
  ...inherited,
  /**
   * @this {ShadowRoot}
   * @param {string} html
   */
  set(html) {
    fillShadow(this, html);
  },
});
ShadowRoot.prototype.setHTMLUnsafe = function setHTMLUnsafe(html) {
  fillShadow(this, String(html));
};
