/** Hour by hour: panels over one axis of time, the values of a chosen hour, and all of it as a table. */

import { byId, el, fill } from "./dom.js";
import { tableBox } from "./hour_table.js";
import { chosenHour } from "./chosen_hour.js";
import { chart, labelOf, panelsOf } from "./panels.js";
import { indexAt } from "./series.js";
import { shadingOf } from "./shading.js";
import { t } from "./words.js";

const SYNC = "hours";
const SPANS = [48, 120, 240];
const WIDE = 640;
let context = null;
let plots = [];
let drawn = "";
let span = null;
let chosen = 0;
let redrawing = 0;
let watcher = null;

/** @param {HTMLElement} root  @param {import("./app.js").Context} given */
export async function mount(root, given) {
  context = given;
  context.actions.hour = choose;
  await Promise.all([
    script("../vendor/uplot/uPlot.iife.min.js"),
    sheet("../vendor/uplot/uPlot.min.css"),
  ]);
  watcher = new ResizeObserver(() => resize());
  watcher.observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => update(context));
}

/** @param {import("./app.js").Context} given */
export function update(given) {
  context = given;
  const { series, state, loading } = context;
  const root = byId("meteogram-body");
  if (!globalThis.uPlot) return;
  if (!series) {
    clear();
    fill(root, [
      el("p", { class: "quiet", text: loading.series ? t("page.loading") : t("glance.none") }),
    ]);
    return;
  }
  const key = JSON.stringify([
    series.passport.cycle,
    series.passport.asked,
    series.hourly.time[0],
    state.lang,
    state.theme,
    state.big,
    matchMedia("(prefers-color-scheme: dark)").matches,
  ]);
  if (key === drawn) return;
  drawn = key;
  span ??= root.clientWidth < WIDE ? SPANS[0] : SPANS[1];
  chosen = indexAt(series, context.now);
  draw(root, series);
}

function clear() {
  for (const plot of plots) plot.destroy();
  plots = [];
  drawn = "";
}

function draw(root, series) {
  for (const plot of plots) plot.destroy();
  const panels = panelsOf(series);
  const nodes = panels.map((panel) =>
    el("div", { class: "panel" }, [
      head(panel, series),
      el("div", {
        class: "plot",
        attrs: {
          role: "img",
          "aria-label": t("meteogram.panel", {
            what: panel.lines.map((line) => labelOf(line, series)).join(t("welcome.join")),
          }),
        },
      }),
    ]),
  );
  fill(root, [
    spans(),
    hourBox(),
    el("div", { class: "panels" }, nodes),
    slider(series),
    el("p", { class: "quiet", text: t("meteogram.how") }),
    tableBox(series, shownHours(series)[0]),
  ]);
  const about = looks(series, root);
  plots = panels.map((panel, index) => {
    const { options, data } = chart(panel, about);
    return new globalThis.uPlot(options, data, nodes[index].lastChild);
  });
  tellHour();
}

function looks(series, root) {
  const style = getComputedStyle(document.documentElement);
  const size = Math.round(11.5 * (parseFloat(style.fontSize) / 16));
  return {
    series,
    sync: SYNC,
    shading: shadingOf(series),
    colour: (name) => style.getPropertyValue(name).trim(),
    font: `${size}px ${getComputedStyle(document.body).fontFamily}`,
    width: root.clientWidth,
    room: () => root.clientWidth - 78,
    range: () => shownHours(series),
    chosen: () => chosen,
    present: () => (context.now - Date.parse(series.hourly.time[0])) / 3600e3,
    onHour: (index) => {
      if (index !== null && index !== undefined && index !== chosen) choose(index);
    },
  };
}

/** First and last hour on the axis: from now on, as long as was chosen. */
function shownHours(series) {
  const last = series.hourly.time.length - 1;
  const from = Math.max(Math.min(indexAt(series, context.now) - 1, last - span), 0);
  return [from, Math.min(from + span, last)];
}

function head(panel, series) {
  const lines = [...panel.lines, panel.right].filter(Boolean);
  const keys = lines.flatMap((line) => {
    const keyOf = (kind, text) => {
      const mark = el("span", { class: `key-mark ${kind}`, attrs: { "aria-hidden": "true" } });
      mark.style.setProperty("--key", `var(${line.colour})`);
      return el("span", { class: "key" }, [mark, text]);
    };
    const kind = line.bars ? "bars" : line.dashed || line.name === "chance" ? "dashed" : "";
    const band = line.band && series.hourly[`${line.name}_p10`];
    return [keyOf(kind, labelOf(line, series)), band ? keyOf("band", "P10–P90") : null];
  });
  return el("p", { class: "panel-head" }, keys);
}

function spans() {
  const choice = (hours) =>
    el("button", {
      class: "segment",
      text: t(`meteogram.span.${hours}`),
      attrs: { type: "button", "aria-pressed": String(span === hours) },
      on: { click: (event) => widen(hours, event.currentTarget) },
    });
  return el(
    "div",
    { class: "segments", attrs: { role: "group", "aria-label": t("meteogram.span") } },
    SPANS.map(choice),
  );
}

function widen(hours, button) {
  span = hours;
  for (const other of button.parentNode.children)
    other.setAttribute("aria-pressed", String(other === button));
  const [min, max] = shownHours(context.series);
  for (const plot of plots) plot.setScale("x", { min, max });
}

function resize() {
  const width = byId("meteogram-body").clientWidth;
  for (const plot of plots)
    if (plot.width !== width && width > 0) plot.setSize({ width, height: plot.height });
}

function hourBox() {
  return el("div", { id: "hour", class: "chosen-hour" });
}

function slider(series) {
  const input = el("input", {
    id: "hour-slider",
    attrs: { type: "range", min: 0, max: series.hourly.time.length - 1, step: 1, value: chosen },
    on: { input: (event) => choose(Number(event.target.value)) },
  });
  return el("div", { class: "hour-slider" }, [
    el("label", { text: t("meteogram.hour"), attrs: { for: "hour-slider" } }),
    input,
  ]);
}

/** Choose an hour: its values are told, and a line marks it. @param {number} index */
function choose(index) {
  chosen = index;
  const input = byId("hour-slider");
  if (input && Number(input.value) !== index) input.value = String(index);
  cancelAnimationFrame(redrawing);
  redrawing = requestAnimationFrame(() => {
    for (const plot of plots) plot.redraw(false, false);
  });
  tellHour();
}

function tellHour() {
  const { nodes, words } = chosenHour(context.series, chosen, () =>
    context.actions.passport(chosen),
  );
  fill(byId("hour"), nodes);
  byId("hour-slider").setAttribute("aria-valuetext", words);
}

function script(path) {
  return fetched("script", { src: new URL(path, import.meta.url).href });
}

function sheet(path) {
  return fetched("link", { rel: "stylesheet", href: new URL(path, import.meta.url).href });
}

function fetched(tag, attrs) {
  return new Promise((resolve, reject) => {
    document.head.append(
      el(tag, {
        attrs,
        on: { load: resolve, error: () => reject(new Error(`${tag} was not fetched`)) },
      }),
    );
  });
}
