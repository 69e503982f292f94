/** Making elements: text only ever becomes text, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Object} [given]
 * @param {string} [given.class]
 * @param {string} [given.id]
 * @param {string} [given.text]
 * @param {Object<string, string|number|boolean|null>} [given.attrs]  null and false are left out
 * @param {Object<string, (event: Event) => void>} [given.on]  listeners
 * @param {Array<Node|string|null|undefined|false>} [children]
 * @returns {HTMLElement}
 */
export function el(tag, { class: names, id, text, attrs, on } = {}, children = []) {
  return made(document.createElement(tag), { names, id, text, attrs, on, children });
}

/** The same within an SVG. */
export function svg(tag, { class: names, id, text, attrs, on } = {}, children = []) {
  return made(document.createElementNS(SVG, tag), { names, id, text, attrs, on, children });
}

function made(node, { names, id, text, attrs, on, children }) {
  if (names) node.setAttribute("class", names);
  if (id) node.id = id;
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(attrs ?? {})) {
    if (value !== null && value !== false && value !== undefined) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const [name, listener] of Object.entries(on ?? {})) node.addEventListener(name, listener);
  node.append(...children.filter((child) => child || child === 0));
  return node;
}

/** Take everything out of a node. @param {Element} node  @returns {Element} it */
export function clear(node) {
  node.replaceChildren();
  return node;
}

/** Put new children into a node. @param {Element} node  @param {Array<Node|string|null>} children */
export function fill(node, children) {
  node.replaceChildren(...children.filter(Boolean));
  return node;
}

/**
 * A box that scrolls sideways where its content is too wide, reachable by keyboard.
 * @param {string} label  what it holds
 * @param {Node} content
 */
export function scroller(label, content) {
  const attrs = { tabindex: 0, role: "region", "aria-label": label };
  return el("div", { class: "scroll-x", attrs }, [content]);
}

/** @param {string} id  @returns {HTMLElement} the element, which index.html has */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Show the page's one dialog, its title and the button that closes it at its top.
 * @param {{title: string, close: string}} texts
 * @param {Array<Node>} content
 */
export function openDialog({ title, close }, content) {
  const dialog = byId("dialog");
  const shut = { class: "icon-small", text: "✕", attrs: { type: "button", "aria-label": close } };
  const button = el("button", { ...shut, on: { click: () => dialog.close() } });
  const head = el("div", { class: "dialog-head" }, [
    el("h2", { id: "dialog-title", text: title }),
    button,
  ]);
  fill(dialog, [head, ...content]);
  dialog.showModal();
  dialog.scrollTop = 0;
}

/** Run once, when a node comes near the screen. */
export function whenNear(node, run) {
  if (!("IntersectionObserver" in window)) {
    run();
    return;
  }
  const watcher = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        watcher.disconnect();
        run();
      }
    },
    { rootMargin: "400px 0px" },
  );
  watcher.observe(node);
}
