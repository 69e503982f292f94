/** What the colours mean: a bar of the stops with their values, or a list of grades with their patterns. */

const MOST_LABELS = 8;
const INK = 0.55;
const [WIDE, HIGH] = [32, 20];

/**
 * A bar of a variable's colours.
 * @param {import("../app.js").Context} context
 * @param {Object} variable  of /v1/layers
 * @param {number|null} value  that is marked on it
 */
export function bar(context, variable, value) {
  const { dom, format, words } = context;
  const stops = variable.legend;
  const steps = variable.kind === "steps";
  const count = steps ? stops.length : stops.length - 1;
  const share = (at) => at / count;
  const blocks = steps ? stepped(dom, stops, count) : blended(dom, stops);
  const every = Math.ceil(stops.length / MOST_LABELS);
  const ticks = stops.map(({ value: stop }, at) => {
    const marked = stop === variable.mark;
    if (!marked && at % every !== 0) return null;
    const text = format.number(stop, decimals(stop));
    return placed(dom.el("span", { class: marked ? "map-tick marked" : "map-tick", text }), share(at));
  });
  const unit = format.unit(variable.units);
  const pointer = value === null ? null : placed(dom.el("span", { class: "map-pointer" }), share(position(stops, value, steps)));
  return dom.el("figure", { class: "map-legend" }, [
    dom.el("figcaption", { text: unit ? `${words.both(named(variable))} (${unit})` : words.both(named(variable)) }),
    dom.el("div", { class: "map-bar", attrs: { "aria-hidden": "true" } }, [dom.el("div", { class: "map-points" }, [pointer]), blocks, dom.el("div", { class: "map-ticks" }, ticks)]),
    dom.el("p", { class: "visually-hidden", text: said(context, variable) }),
  ]);
}

/** Names of a variable as they are shown, with a capital where the script has one. */
export function named({ label_zh: zh, label_en: en }) {
  return { zh, en: en.charAt(0).toUpperCase() + en.slice(1) };
}

function said({ format, words }, { legend, units }) {
  const [first, last] = [legend[0].value, legend[legend.length - 1].value];
  const text = (value) => format.amount(value, units, decimals(value));
  return words.t("map.legend_said", { first: text(first), last: text(last) });
}

function decimals(value) {
  return Number.isInteger(value) ? 0 : Number.isInteger(value * 10) ? 1 : 2;
}

/** Where a value stands between the stops, counted in stops. */
function position(stops, value, steps) {
  const above = stops.findIndex((stop) => stop.value > value);
  if (above === 0) return 0;
  const last = stops.length - 1;
  if (above < 0) return steps ? last + 0.5 : last;
  const [low, high] = [stops[above - 1].value, stops[above].value];
  return above - 1 + (value - low) / (high - low);
}

function placed(node, share) {
  node.style.setProperty("inset-inline-start", `${(100 * share).toFixed(2)}%`);
  return node;
}

function stepped(dom, stops, count) {
  const rects = stops.map(({ colour }, at) =>
    dom.svg("rect", { attrs: { x: at, y: 0, width: 1.02, height: 1, fill: colour } }),
  );
  return drawing(dom, count, rects);
}

function blended(dom, stops) {
  const parts = stops.map(({ colour }, at) =>
    dom.svg("stop", { attrs: { offset: at / (stops.length - 1), "stop-color": colour } }),
  );
  const blend = dom.svg("linearGradient", { id: "map-blend" }, parts);
  return drawing(dom, 1, [
    dom.svg("defs", {}, [blend]),
    dom.svg("rect", { attrs: { width: 1, height: 1, fill: "url(#map-blend)" } }),
  ]);
}

function drawing(dom, width, children) {
  const attrs = { viewBox: `0 0 ${width} 1`, preserveAspectRatio: "none", focusable: "false" };
  return dom.svg("svg", { class: "map-colours", attrs }, children);
}

/**
 * The grades of advice.
 * @param {import("../app.js").Context} context
 * @param {Object} rule  of /v1/layers
 */
export function grades(context, rule) {
  const { dom, words } = context;
  const rows = rule.legend.map((grade) =>
    dom.el("li", {}, [swatch(dom, grade), dom.el("span", { text: words.both(grade.name) })]),
  );
  return dom.el("figure", { class: "map-legend" }, [
    dom.el("figcaption", { text: words.both(rule.name) }),
    dom.el("ul", { class: "map-grades" }, rows),
    rule.note && dom.el("p", { class: "quiet", text: words.both(rule.note) }),
  ]);
}

/** A small piece of the map in one grade. */
export function swatch(dom, { colour, pattern }) {
  const unknown = pattern === "sparse-dots";
  const ink = unknown ? "#787878" : darker(colour);
  return dom.svg("svg", { class: "map-swatch", attrs: { viewBox: `0 0 ${WIDE} ${HIGH}`, width: WIDE, height: HIGH, "aria-hidden": "true", focusable: "false" } }, [
    dom.svg("rect", { attrs: { width: WIDE, height: HIGH, fill: unknown ? "none" : colour } }),
    ...inked(dom, pattern, ink),
  ]);
}

function darker(colour) {
  const parts = [1, 3, 5].map((at) => Math.round(INK * parseInt(colour.slice(at, at + 2), 16)));
  return `rgb(${parts.join(",")})`;
}

function inked(dom, pattern, ink) {
  const lines = (step, falling) => {
    let path = "";
    for (let x = -HIGH; x < WIDE; x += step) {
      path += falling ? `M${x} 0l${HIGH} ${HIGH}` : `M${x} ${HIGH}l${HIGH} ${-HIGH}`;
    }
    return dom.svg("path", { attrs: { d: path, stroke: ink, "stroke-width": 1.6, fill: "none" } });
  };
  const dots = (step) => {
    let path = "";
    for (let x = 2; x < WIDE; x += step) for (let y = 2; y < HIGH; y += step) path += `M${x} ${y}h2v2h-2z`;
    return dom.svg("path", { attrs: { d: path, fill: ink } });
  };
  if (pattern === "dots") return [dots(8)];
  if (pattern === "sparse-dots") return [dots(14)];
  if (pattern === "lines") return [lines(16, false)];
  if (pattern === "dense-lines") return [lines(8, false)];
  if (pattern === "cross") return [lines(8, false), lines(8, true)];
  return [];
}
