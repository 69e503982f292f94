/**
 * How sure it is that the field lies in the cell that answers: a line only where that is doubtful, how
 * different it would be, and from which kind of map the coordinates are. Nothing is moved.
 */

import * as api from "./api.js";
import { el, fill } from "./dom.js";
import { DATUMS, isAbout, isTyped } from "./exactness.js";
import * as format from "./format.js";
import { problem, t } from "./words.js";

/** Chance of another cell from which on it is said unasked. */
const DOUBTFUL = 0.3;
/** Differences below these are called small: K in the mean and of the minimum, mm in all. */
const SMALL = { mean: 0.3, minimum: 0.5, rain: 1 };
const SIDES = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];

let parts = null;
let context = null;
let asked = { key: "", text: "" };

/** @param {HTMLElement} root  @param {import("./app.js").Context} given */
export function mount(root, given) {
  context = given;
  parts = {
    root,
    line: el("p", { class: "doubt-line" }),
    ask: el("button", { class: "button small", attrs: { type: "button" }, on: { click: compare } }),
    said: el("p", { id: "doubt-said", attrs: { role: "status" } }),
    summary: el("summary"),
    label: el("label", { attrs: { for: "datum" } }),
    datum: el("select", { id: "datum", on: { change: chosen } }),
    hint: el("p", { class: "quiet" }),
  };
  const inner = el("div", { class: "height" }, [parts.label, parts.datum, parts.hint]);
  parts.box = el("details", { class: "height-box" }, [parts.summary, inner]);
  const row = el("div", { class: "row no-print" }, [parts.ask, parts.box]);
  fill(root, [parts.line, parts.said, row]);
}

/** @param {import("./app.js").Context} given */
export function update(given) {
  context = given;
  const { place } = context.state;
  const location = told(context);
  const doubtful = location !== null && location.chance_other_cell >= DOUBTFUL;
  const typed = Boolean(place) && place.latitude !== null && isTyped(place) && !context.series?.bundle;
  parts.root.hidden = !doubtful && !typed;
  parts.line.hidden = parts.ask.hidden = !doubtful;
  parts.box.hidden = !typed;
  if (doubtful) fill(parts.line, [sentences(location, place).join("")]);
  parts.ask.textContent = t("doubt.ask");
  const key = keyOf(context);
  if (asked.key !== key) asked = { key, text: "" };
  say(asked.text);
  if (typed) drawDatum(place.datum ?? "");
}

/** What the answer says of these very coordinates; null of a place by name, or of another question. */
function told({ state: { place }, series }) {
  const location = series?.passport.location;
  return place && !series?.bundle && isAbout(place, location) ? location : null;
}

function keyOf({ state: { place, lang }, series }) {
  return JSON.stringify([place && api.asked(place), lang, series?.passport.cycle ?? null]);
}

function sentences(location, place) {
  const share = format.chance(location.chance_other_cell);
  const chance = t("doubt.line", {
    chance: location.readings?.length > 1 ? t("doubt.up_to", { chance: share }) : share,
  });
  const off = readings(location).map((text) => t("doubt.sentence", { text }));
  return [...off, chance, helps(place, location)];
}

/**
 * Where the field lies if the coordinates are of a street map: `高德…地图：田块在西北约560米`.
 * @param {Object} location  of a passport
 * @returns {string[]}
 */
export function readings({ readings: all = [] }) {
  return all
    .filter(({ field_m: metres }) => metres)
    .map(({ datum, field_m: metres, field_towards: towards }) => {
      const side = t(`doubt.side.${SIDES.indexOf(towards)}`);
      return t("doubt.reading", { map: t(`doubt.map.${datum}`), side, distance: format.distance(metres) });
    });
}

/** What would make it surer. */
function helps({ digits, precision }, { readings: shifted }) {
  if (shifted) return "";
  if (digits && Math.min(...digits) < 4) return t("doubt.digits", { count: Math.min(...digits) });
  return precision?.endsWith("m") ? t("doubt.position") : "";
}

async function compare() {
  const key = keyOf(context);
  asked = { key, text: t("doubt.asking") };
  say(asked.text);
  const { place } = context.state;
  let text;
  try {
    const { data } = await api.doubt(place);
    const { location } = data.passport;
    text = isAbout(place, location) ? difference(location) : t("doubt.unknown");
  } catch (failed) {
    text = problem(failed);
    if (!(failed instanceof api.Problem)) console.error(failed);
  }
  if (asked.key !== key) return;
  asked.text = text;
  say(text);
}

function say(text) {
  if (parts.said.textContent !== text) parts.said.textContent = text;
  parts.said.hidden = !text;
}

/** How different it is in the cells in which the field may lie, in words. */
function difference({ cells, outside_region: outside, difference: found }) {
  if (!cells) return t("doubt.too_many");
  const beyond = outside >= 0.05 ? t("doubt.outside", { share: format.chance(outside) }) : "";
  if (!found?.cells) return `${t("doubt.nothing")}${beyond}`;
  const { temperature_2m: temperature, precipitation: rain } = found;
  if (!temperature) return t("doubt.unknown");
  const { mean_k: mean, minimum_degc: least } = temperature;
  const farthest = Math.max(mean.highest, -mean.lowest);
  const apart = Math.max(least.highest - least.answer, least.answer - least.lowest);
  const small = farthest < SMALL.mean && apart < SMALL.minimum;
  const begins = small ? t("doubt.small", { count: found.cells }) : means(mean, found);
  const { answer, lowest, highest } = least;
  const degrees = (value) => format.amount(value, "degC", 1);
  const minimum = t(lowest === highest ? "doubt.minimum_same" : "doubt.minimum", {
    days: Math.round(found.hours / 24),
    ...{ answer: degrees(answer), lowest: degrees(lowest), highest: degrees(highest) },
  });
  const { elevation } = context.state.place;
  const level = elevation === null ? "" : t("doubt.level", { metres: format.amount(elevation, "m") });
  return [level, begins, minimum, rained(rain), beyond].join("");
}

function means({ lowest, highest }, { cells: count }) {
  const sides = [
    lowest <= -0.05 && t("doubt.colder", { kelvin: format.number(-lowest, 1) }),
    highest >= 0.05 && t("doubt.warmer", { kelvin: format.number(highest, 1) }),
  ].filter(Boolean);
  return t("doubt.mean", { count, sides: sides.join(t("doubt.to")) || t("doubt.alike") });
}

function rained(rain) {
  if (!rain) return "";
  const { answer, lowest, highest } = rain.sum_mm;
  if (highest - lowest < SMALL.rain) return "";
  const [own, least, most] = [answer, lowest, highest].map((sum) => format.amount(sum, "mm", 1));
  return t("doubt.rain", { answer: own, lowest: least, highest: most });
}

function drawDatum(now) {
  parts.summary.textContent = t(now ? "doubt.datum.chosen" : "doubt.datum.ask", {
    datum: t(`doubt.map.${now || "unsaid"}`),
  });
  parts.label.textContent = t("doubt.datum.label");
  parts.hint.textContent = t("doubt.datum.hint");
  const options = ["", ...DATUMS.filter((name) => name !== "cgcs2000" || name === now)];
  const words = options.map((name) => t(`doubt.map.${name || "unsaid"}`));
  if ([...parts.datum.options].map(({ text }) => text).join() !== words.join()) {
    const option = (value, at) => el("option", { text: words[at], attrs: { value } });
    fill(parts.datum, options.map(option));
  }
  parts.datum.value = now;
}

function chosen() {
  const { place, crop, stage, situation } = context.state;
  const datum = parts.datum.value || null;
  context.actions.open({ ...place, datum }, { crop, stage, situation });
}
