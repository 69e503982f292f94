/**
 * The value under a mouse or pen. The numbers of a tile are asked once, when the pointer first comes
 * over it; each movement looks them up. A finger taps instead, and keys read the middle.
 */

import { swatch } from "./legend.js";
import { SIZE, fill, pixelAt } from "./tiles.js";

/** As many tiles of numbers as are kept, and how long a pointer rests on a tile before it is asked. */
const [MOST, REST_MS] = [16, 80];
const NOTHING = -32768;

/**
 * @param {import("../app.js").Context} context
 * @param {import("./stage.js").Stage} stage
 */
export function hover(context, { node, engine, dataZoom }) {
  const label = context.dom.el("div", { class: "map-hover", attrs: { "aria-hidden": "true", hidden: true } });
  node.append(label);
  const numbers = new Map();
  let shown = null;
  let at = null;
  let rest = 0;

  function followed(event) {
    const over = event.pointerType !== "touch" && event.buttons === 0 && !event.target.closest("button");
    const box = node.getBoundingClientRect();
    at = over ? { x: event.clientX - box.left - node.clientLeft, y: event.clientY - box.top - node.clientTop } : null;
    look();
  }

  for (const name of ["pointermove", "pointerup"]) node.addEventListener(name, followed);
  for (const name of ["pointerleave", "pointerdown", "wheel"]) node.addEventListener(name, away, { passive: true });

  function away() {
    at = null;
    look();
  }

  /** Show what is known of the place under the pointer; ask for the numbers of its tile where they are not there. */
  function look() {
    clearTimeout(rest);
    label.hidden = true;
    if (!at || !shown) return;
    const point = engine.unproject(at);
    const zoom = Math.max(0, Math.min(dataZoom, engine.view().zoom));
    if (zoom < shown.minZoom) return;
    const { tile, row, column } = pixelAt(point, zoom);
    const address = fill(shown.template, tile);
    const known = numbers.get(address);
    if (!known) rest = setTimeout(() => ask(address), REST_MS);
    else if (known.counts) tell(known.counts[row * SIZE + column]);
  }

  function tell(count) {
    if (count === NOTHING) return;
    context.dom.fill(label, shown.tell(count));
    label.hidden = false;
    const { clientWidth: wide } = node;
    const left = at.x + 16 + label.offsetWidth > wide ? at.x - 12 - label.offsetWidth : at.x + 16;
    const top = Math.max(4, at.y - 8 - label.offsetHeight);
    label.style.setProperty("transform", `translate(${Math.round(left)}px, ${Math.round(top)}px)`);
  }

  async function ask(address) {
    const entry = { counts: null };
    numbers.set(address, entry);
    if (numbers.size > MOST) numbers.delete(numbers.keys().next().value);
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(answer.statusText);
      // little-endian, as every browser's machine is
      entry.counts = new Int16Array(await answer.arrayBuffer());
      look();
    } catch {
      // the picture says it in colours; the next movement asks again
      numbers.delete(address);
    }
  }

  return {
    /**
     * @param {{template: string, minZoom: number, tell: (count: number) => Array<Node|string>}|null} what
     *   addresses of the numbers of what is shown now, and their words; null: nothing is shown
     */
    show(what) {
      shown = what;
      look();
    },
    look,
  };
}

/**
 * What a number of the map means.
 * @param {import("../app.js").Context} context
 * @param {{choice: Object, variable: Object, rule: Object}} shown  of `shownAt`
 * @returns {(count: number) => Array<Node|string>}
 */
export function worded({ dom, format, words }, { choice, variable, rule }) {
  if (choice.kind === "advice") {
    const grade = (code) => rule.legend.find((one) => one.code === code);
    return (code) => (grade(code) ? [swatch(dom, grade(code)), words.both(grade(code).name)] : []);
  }
  const decimals = variable.units === "mm" ? 1 : variable.decimals;
  return (count) => [format.amount(count / variable.counts_per_unit, variable.units, decimals)];
}
