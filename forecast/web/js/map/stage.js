/** The window of the map: what draws it, names and marks above it, its buttons and its keys. */

import { engine as opened } from "./engine.js";
import { names } from "./names.js";
import { address } from "./tiles.js";

/** At this zoom a cell is two pixels wide: finer tiles of the ground would tell no more. */
const GROUND_ZOOM = 8;
const DATA_ZOOM = 11;
const [LEAST_ZOOM, MOST_ZOOM] = [4, 13];
const START_ZOOM = 9;
const MARGIN = 4;
const KEYS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "+", "-", "=", "Tab"];

/**
 * @typedef {Object} Stage
 * @property {HTMLElement} node
 * @property {import("./engine.js").Engine} engine
 * @property {Object} names  what stands above the map
 * @property {number} dataZoom  the finest tiles of data that are asked
 *
 * @param {import("../app.js").Context} context
 * @param {Object} layers  of /v1/layers
 * @param {{tap: (point: import("./engine.js").Point) => void, moved: () => void}} on
 */
export async function stage(context, layers, on) {
  const { el } = context.dom;
  const canvas = el("div", { class: "map-canvas" });
  const status = el("p", { class: "map-status", attrs: { role: "status", hidden: true } });
  const [closer, wider, home] = ["+", "−", "⌂"].map((text) => el("button", { class: "map-button", text, attrs: { type: "button" } }));
  const buttons = el("div", { class: "map-buttons" }, [closer, wider, home]);
  const simulated = el("p", { class: "map-simulated chip", attrs: { hidden: !layers.simulated } });
  const cross = el("div", { class: "map-cross", attrs: { "aria-hidden": "true" } });
  const node = el("div", { class: "map-stage" }, [canvas, cross, simulated, buttons, status]);
  context.dom.byId("map-body").append(node);

  const dataZoom = Math.min(DATA_ZOOM, layers.max_zoom);
  let above = null;
  const engine = await opened(canvas, options(layers, dataZoom, {
    tap: on.tap,
    move: () => above?.place(),
    moved: () => {
      above?.moved();
      on.moved();
    },
    zooming: (going) => above?.hide(going),
  }), { sparing: context.sparing });
  for (const name of ["hillshade", "water"]) {
    engine.addRaster(address(layers.templates[name], {}, { cycle: layers.cycles }), { maxZoom: GROUND_ZOOM });
  }
  above = names(context, engine, { areas: layers.regions, sparing: context.sparing });
  node.insertBefore(above.node, cross);
  node.dataset.engine = engine.kind;
  engine.keys.setAttribute("aria-describedby", "map-said map-moment");
  context.api.json("v1/zones").then(({ data }) => {
    engine.setData(data);
    above.setZones(data);
    above.moved();
  }, () => above.moved());

  closer.addEventListener("click", () => engine.zoomBy(1));
  wider.addEventListener("click", () => engine.zoomBy(-1));
  home.addEventListener("click", () => on.home());
  keys(node, engine, on);

  function update(now) {
    const { t } = now.words;
    engine.keys.setAttribute("aria-label", t("map.keys"));
    simulated.textContent = t("map.simulated");
    for (const [button, text] of [[closer, t("map.closer")], [wider, t("map.wider")], [home, t("map.home")]]) {
      button.setAttribute("aria-label", text);
      button.title = text;
    }
    above.update(now);
  }

  /** @param {string} text  empty: nothing is to be said  @param {boolean} [problem] */
  function say(text, problem = false) {
    if (status.textContent !== text) status.textContent = text;
    status.hidden = !text;
    status.classList.toggle("map-problem", problem);
  }

  return {
    node,
    engine,
    dataZoom,
    update,
    say,
    names: above,
    ground: ({ template }) => address(template, {}),
    busy: (going) => node.toggleAttribute("data-busy", going),
    showPlace: (place) => engine.flyTo(place, Math.max(START_ZOOM, engine.view().zoom)),
  };
}

function options({ bounds, regions, max_zoom: finest }, dataZoom, on) {
  const begins = regions.find(({ state }) => state !== "missing") ?? { bounds };
  const limits = {
    west: bounds.west - MARGIN,
    south: bounds.south - MARGIN,
    east: bounds.east + MARGIN,
    north: bounds.north + MARGIN,
  };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return { bounds: begins.bounds, limits, minZoom: LEAST_ZOOM, maxZoom: Math.min(MOST_ZOOM, finest), dataZoom, still, on };
}

/** Enter reads the middle of the map; the wheel zooms only a map that was touched, so that pages scroll. */
function keys(node, engine, on) {
  node.addEventListener("keydown", (event) => {
    if (event.target.closest("button")) return;
    if (KEYS.includes(event.key)) node.classList.add("by-keys");
    if (event.key !== "Enter") return;
    event.preventDefault();
    node.classList.add("by-keys");
    const { latitude, longitude } = engine.view();
    on.tap({ latitude, longitude });
  });
  node.addEventListener("pointerdown", () => {
    node.classList.remove("by-keys");
    engine.setWheel(true);
  });
  node.addEventListener("focusin", ({ target }) => target === engine.keys && engine.keys.matches(":focus-visible") && node.classList.add("by-keys"));
  node.addEventListener("focusout", () => node.classList.remove("by-keys"));
  node.addEventListener("pointerleave", () => engine.setWheel(false));
}
