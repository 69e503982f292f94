/**
 * The map: fields of the forecast and grades of advice, hour by hour, over the service's own ground.
 * Loaded when it is opened.
 */

import { chooser, first } from "./chooser.js";
import { clock, instantOf, present } from "./clock.js";
import { styled } from "./engine.js";
import { frames } from "./frames.js";
import { bar, grades, named } from "./legend.js";
import { asked, card, sentence, told } from "./reading.js";
import { stage } from "./stage.js";
import { address } from "./tiles.js";

/** Hours whose tiles are fetched ahead: at first, and once the time was moved. */
const [AHEAD, AHEAD_MOVED] = [1, 6];
const OPACITY = 0.75;
const SLOW_AFTER_S = 1;
const LAYERS_MS = 15 * 60e3;

let root;
let map = null;

/** @param {HTMLElement} node  @param {import("../app.js").Context} context */
export async function mount(node, context) {
  root = node;
  await styled("css/map.css", { own: true });
  await begin(context);
}

/** @param {import("../app.js").Context} context */
export function update(context) {
  if (!map || root.closest("[hidden]")) {
    map?.clock.stop();
    return;
  }
  map.context = context;
  if (Date.now() - map.asked > LAYERS_MS && !map.renewing) renew();
  const { lang, place, big } = context.state;
  const point = place && place.latitude !== null ? place : null;
  const looks = `${lang} ${big}`;
  if (map.looks !== looks) {
    map.looks = looks;
    write();
  }
  const where = JSON.stringify(point);
  if (map.where !== where) placed(point, where);
  else map.stage.names.setPlace(point, placeName(context));
}

async function begin(context) {
  const { el, fill } = context.dom;
  fill(root, [el("p", { class: "quiet", text: context.words.t("map.loading"), attrs: { role: "status" } })]);
  try {
    const { data: layers } = await context.api.layers();
    if (!layers.times.length) throw new context.api.Problem({ kind: "refused", title: "Nothing published", detail: layers.regions[0]?.reason ?? "" });
    fill(root, []);
    await build(context, layers);
  } catch (problem) {
    console.info("map", problem);
    const again = el("button", { class: "button small", text: context.words.t("map.again"), attrs: { type: "button" }, on: { click: () => begin(context).then(() => update(context)) } });
    fill(root, [el("p", { class: "map-problem", text: sentence(context, problem), attrs: { role: "alert" } }), again]);
  }
}

async function build(context, layers) {
  const { el } = context.dom;
  const kept = context.state.memory.map ?? {};
  const own = { context, layers, asked: Date.now(), mark: null, answer: null, problem: null, looks: "", where: "" };
  own.choice = first(context, layers, kept);
  own.opacity = kept.opacity ?? OPACITY;
  own.chooser = chooser(context, layers, own.choice, { change: chosen, region: ({ bounds }) => own.stage.engine.fit(bounds) });
  own.clock = clock(context, { change: stepped });
  own.card = card(context, { use, clear });
  own.legend = el("div", { id: "map-legend" });
  own.said = el("p", { class: "visually-hidden", id: "map-said" });
  own.opacityName = el("label", { attrs: { for: "map-opacity" } });
  own.slider = el("input", { id: "map-opacity", attrs: { type: "range", min: 0, max: 100, step: 5, value: Math.round(100 * own.opacity) }, on: { input: faded, change: keep } });
  own.sources = el("p", { class: "quiet map-sources" });
  root.append(own.chooser.node);
  own.stage = await stage(context, layers, { tap: tapped, moved: () => own.frames?.moved(), home: homed });
  const side = el("div", { class: "map-side" }, [own.legend, own.card.node, el("p", { class: "map-field" }, [own.opacityName, own.slider]), own.sources]);
  root.append(own.clock.node, side, own.said);
  own.frames = frames(own.stage.engine, { dataZoom: own.stage.dataZoom, sparing: context.sparing, ...progress(own) });
  own.stage.engine.setOpacity(own.opacity);
  map = own;
  setSteps();
}

function progress(own) {
  const t = (...given) => own.context.words.t(...given);
  return {
    busy(going) {
      own.stage.busy(going);
      if (!going && !own.problem) own.stage.say("");
    },
    far: () => own.stage.say(t("map.too_far")),
    waiting: (seconds) => seconds >= SLOW_AFTER_S && own.stage.say(t("map.working", { seconds })),
    problem(problem) {
      own.problem = problem;
      own.stage.say(problem ? sentence(own.context, problem) : "", Boolean(problem));
    },
  };
}

/** All texts anew, as in another language. */
function write() {
  const { context } = map;
  const { t } = context.words;
  map.chooser.update(context);
  map.clock.update(context);
  map.stage.update(context);
  map.opacityName.textContent = t("map.opacity");
  const served = map.layers.regions.filter(({ source_label: label }) => label);
  const sources = new Set(served.map((one) => [one.source_label, one.attribution, one.licence].filter(Boolean).join(", ")));
  map.sources.textContent = t("map.sources", { sources: [...sources].join("; ") });
  if (map.problem) map.stage.say(sentence(context, map.problem), true);
  tell();
}

function chosen(choice) {
  const before = map.choice;
  map.choice = choice;
  keep();
  if (before.kind !== choice.kind || before.crop !== choice.crop) setSteps();
  else draw();
  read();
}

function keep() {
  const { context, choice, opacity } = map;
  const { store } = context;
  store.set({ memory: { ...store.get().memory, map: { ...choice, opacity } } });
}

/** The steps of the slider: hours for values, days for advice, beginning with the time that is shown. */
function setSteps() {
  const { context, layers, choice } = map;
  const zone = layers.regions.find(({ timezone }) => timezone)?.timezone ?? "Asia/Shanghai";
  const now = present(layers, map.asked);
  const today = context.format.localTime(new Date(now), zone).slice(0, 10);
  const at = map.time ? Date.parse(map.time) : now;
  if (choice.kind === "advice") {
    const { days: own } = layers.advice.find(({ crop }) => crop === choice.crop);
    const days = [...new Set(Object.values(own).flat())].sort();
    const shown = days.indexOf(context.format.localTime(new Date(at), zone).slice(0, 10));
    map.clock.set(days, { at: Math.max(0, shown), now: 0, timezone: zone, today });
    map.steps = days;
  } else {
    const near = (instant) => {
      const found = layers.times.findIndex((time) => Date.parse(instantOf(time)) >= instant - 30 * 60e3);
      return found < 0 ? layers.times.length - 1 : found;
    };
    map.clock.set(layers.times, { at: near(at), now: near(now), timezone: zone, today });
    map.steps = layers.times;
  }
  draw();
}

function template(step) {
  const { layers, choice } = map;
  const { variable, quantile, crop, rule, stage: stageOf } = choice;
  if (choice.kind === "advice") return address(layers.templates.advice, { crop, rule, day: step }, { stage: stageOf });
  return address(layers.templates.variable, { variable, time: step }, { cycle: layers.cycles, quantile });
}

function stepped() {
  map.moved = true;
  return draw();
}

function draw() {
  const { steps, choice, clock: { index } } = map;
  const at = index();
  const slow = choice.kind === "advice";
  if (!slow) map.time = instantOf(steps[at]);
  const following = slow ? [] : steps.slice(at + 1, at + 1 + (map.moved ? AHEAD_MOVED : AHEAD)).map(template);
  tell();
  const minZoom = slow ? (map.layers.advice_min_zoom ?? 0) : 0;
  return map.frames.show(template(steps[at]), { following, slow, minZoom });
}

function about() {
  const { layers, choice, steps, clock: { index } } = map;
  const variable = layers.variables.find(({ name }) => name === choice.variable);
  const rule = layers.advice.find(({ crop }) => crop === choice.crop)?.rules.find(({ id }) => id === choice.rule);
  const step = steps[index()];
  return { choice, variable, rule, cycles: layers.cycles, time: choice.kind === "advice" ? step : instantOf(step) };
}

/** Legend, reading, and the words for who does not see the map. */
function tell() {
  const { context, mark, answer } = map;
  const { words } = context;
  const shown = about();
  const advice = shown.choice.kind === "advice";
  const value = answer?.kind === shown.choice.kind && answer.data ? told(context, answer.data, shown) : null;
  const what = advice ? words.both(shown.rule.name) : words.both(named(shown.variable));
  const when = map.clock.text();
  context.dom.fill(map.legend, [advice ? grades(context, shown.rule) : bar(context, shown.variable, value?.value ?? null)]);
  map.card.draw(context, { mark, told: value, problem: answer?.problem ?? null, what, when });
  const where = mark ? mark.name || context.format.coordinates(mark.latitude, mark.longitude) : "";
  map.said.textContent = value ? words.t("map.said_value", { what, when, where, value: value.text }) : words.t("map.said", { what, when });
}

/** Ask for the values at the mark. */
async function read() {
  const { context, mark } = map;
  const shown = about();
  map.answer = null;
  tell();
  if (!mark) return;
  const asking = (map.answer = { kind: shown.choice.kind, data: null, problem: null });
  try {
    asking.data = await asked(context, mark, shown);
  } catch (problem) {
    asking.problem = problem;
  }
  if (map.answer !== asking) return;
  tell();
  if (mark.tapped) context.actions.say(map.said.textContent);
}

function tapped({ latitude, longitude }) {
  const round = (degrees) => Number(degrees.toFixed(4));
  map.mark = { latitude: round(latitude), longitude: round(longitude), elevation: null, name: "", tapped: true };
  map.stage.names.setTap(map.mark);
  read();
}

function clear() {
  map.stage.names.setTap(null);
  map.mark = placeMark(map.context);
  read();
  map.stage.engine.keys.focus();
}

function placeMark({ state: { place } , ...context}) {
  if (!place || place.latitude === null) return null;
  const { latitude, longitude, elevation } = place;
  return { latitude, longitude, elevation, name: placeName({ state: { place }, ...context }), tapped: false };
}

function placeName({ state: { place }, format, words }) {
  if (!place || place.latitude === null) return "";
  return place.name || words.t("map.my_place", { place: format.coordinates(place.latitude, place.longitude, 2) });
}

/** The page shows another place. */
function placed(point, where) {
  const moves = point && !inside(point);
  map.where = where;
  map.stage.names.setPlace(point, placeName(map.context));
  map.stage.names.setTap(null);
  map.mark = placeMark(map.context);
  if (moves || (point && !map.seen)) map.stage.showPlace(point);
  map.seen = true;
  read();
}

function inside({ latitude, longitude }) {
  const { west, south, east, north } = map.stage.engine.view();
  return longitude > west && longitude < east && latitude > south && latitude < north;
}

function homed() {
  const { place } = map.context.state;
  if (place && place.latitude !== null) map.stage.showPlace(place);
  else map.stage.engine.fit((map.layers.regions.find(({ state }) => state !== "missing") ?? map.layers).bounds);
}

function use(mark, height) {
  const place = { name: "", latitude: mark.latitude, longitude: mark.longitude, elevation: Math.round(height) };
  map.context.actions.open(place);
  map.context.actions.say(map.context.words.t("map.used"));
  map.context.dom.byId("where").scrollIntoView({ block: "start" });
  map.context.dom.byId("content").focus({ preventScroll: true });
}

function faded() {
  map.opacity = Number(map.slider.value) / 100;
  map.stage.engine.setOpacity(map.opacity);
}

/** Newer runs may have come. */
async function renew() {
  map.renewing = true;
  try {
    const { data } = await map.context.api.layers();
    const changed = data.cycles !== map.layers.cycles;
    if (changed && data.times.length) {
      Object.assign(map, { layers: data, asked: Date.now() });
      setSteps();
      read();
    }
  } catch {
    // the map goes on with what it has
  }
  Object.assign(map, { asked: Date.now(), renewing: false });
}
