/**
 * The map: fields of the forecast and grades of advice, hour by hour, over the service's own ground.
 * Loaded when it is opened.
 */

import { chooser, first } from "./chooser.js";
import { clock, instantOf } from "./clock.js";
import { styled } from "./engine.js";
import { frames } from "./frames.js";
import { ground } from "./ground.js";
import { hover, worded } from "./hover.js";
import { bar, grades, named } from "./legend.js";
import { asked, card, placeMark, sentence, tappedMark, told } from "./reading.js";
import { stage } from "./stage.js";
import { leastZoom, shownAt, stepsOf, tilesOf } from "./steps.js";

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
  own.own = kept.own === true;
  root.append(own.chooser.node);
  own.stage = await stage(context, layers, { tap: tapped, moved: () => shifted(own), home: homed });
  own.ground = ground(context, layers.base_layer, own.stage, { own: own.own, change: (on) => grounded(own, on) });
  const side = el("div", { class: "map-side" }, [own.legend, own.card.node, el("p", { class: "map-field" }, [own.opacityName, own.slider]), own.ground.node, own.sources]);
  root.append(own.clock.node, side, own.said);
  own.hover = context.sparing ? null : hover(context, own.stage);
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
      if (problem) own.hover?.show(null);
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
  map.ground.update(context);
  map.opacityName.textContent = t("map.opacity");
  map.sources.textContent = map.ground.sources(map.layers);
  if (map.problem) map.stage.say(sentence(context, map.problem), true);
  tell();
  numbers();
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
  const { context, choice, opacity, own } = map;
  const { store } = context;
  store.set({ memory: { ...store.get().memory, map: { ...choice, opacity, own } } });
}

function grounded(own, on) {
  own.own = on;
  if (map !== own) return;
  keep();
  map.sources.textContent = map.ground.sources(map.layers);
}

function setSteps() {
  const { steps, ...about } = stepsOf(map.context, map.layers, map.choice, map);
  map.clock.set(steps, about);
  map.steps = steps;
  draw();
}

function stepped() {
  map.moved = true;
  return draw();
}

async function draw() {
  const { layers, steps, choice, clock: { index } } = map;
  const at = index();
  const slow = choice.kind === "advice";
  if (!slow) map.time = instantOf(steps[at]);
  const following = slow ? [] : steps.slice(at + 1, at + 1 + (map.moved ? AHEAD_MOVED : AHEAD)).map((step) => tilesOf(layers, choice, step));
  tell();
  const done = await map.frames.show(tilesOf(layers, choice, steps[at]), { following, slow, minZoom: leastZoom(layers, choice) });
  if (done) numbers();
  return done;
}

/** The pointer reads what is shown now. */
function numbers() {
  const { context, layers, choice, steps, clock: { index } } = map;
  const template = tilesOf(layers, choice, steps[index()], { numbers: true });
  map.hover?.show({ template, minZoom: leastZoom(layers, choice), tell: worded(context, about()) });
}

function shifted(own) {
  own.frames?.moved();
  own.hover?.look();
}

function about() {
  return shownAt(map.layers, map.choice, map.steps[map.clock.index()]);
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

function tapped(point) {
  map.mark = tappedMark(point, map.stage.engine.view().zoom);
  map.stage.names.setTap(map.mark);
  read();
}

function clear() {
  map.stage.names.setTap(null);
  map.mark = markOf(map.context);
  read();
  map.stage.engine.keys.focus();
}

function markOf(context) {
  const { place } = context.state;
  return place && place.latitude !== null ? placeMark(place, placeName(context)) : null;
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
  map.mark = markOf(map.context);
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
  const { latitude, longitude, precision } = mark;
  const place = { name: "", latitude, longitude, precision, elevation: Math.round(height) };
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
