/** The value at one point of the map: that which was tapped, or the place of the page. */

import { exactness, ofTap } from "../exactness.js";
import { swatch } from "./legend.js";

const LIGHTS = { red: 0, amber: 1, green: 2 };
const CODES = { "not-applicable": -2, "no-data": -1, none: 0, ...LIGHTS };

/**
 * @typedef {Object} Mark
 * @property {number} latitude
 * @property {number} longitude
 * @property {number|null} elevation  m; null: that of the cell
 * @property {string} name  empty for a point that was tapped
 * @property {boolean} tapped
 * @property {string|null} [precision]  this, `digits` and `datum`: see exactness.js
 *
 * @typedef {Object} Told
 * @property {string} text  the value as words
 * @property {number|null} value  of a variable
 * @property {number|null} height  m, at which it holds
 * @property {Array<Node>} nodes  the value, as it is shown
 */

const MOST_KEPT = 24;
const answers = new Map();

/**
 * A point that was tapped, as exact as a finger hits it.
 * @param {import("./engine.js").Point} point
 * @param {number} zoom  in tiles of 256 pixels
 * @returns {Mark}
 */
export function tappedMark({ latitude, longitude }, zoom) {
  const [north, east] = [latitude, longitude].map((degrees) => Number(degrees.toFixed(5)));
  return { latitude: north, longitude: east, elevation: null, name: "", tapped: true, ...ofTap(north, zoom) };
}

/** The place of the page, with all that is known of its coordinates. @returns {Mark} */
export function placeMark(place, name) {
  const { latitude, longitude, elevation } = place;
  return { latitude, longitude, elevation, name, tapped: false, ...exactness(place) };
}

/**
 * Ask what the map needs to tell of a point; the same question is asked once.
 * @param {import("../app.js").Context} context
 * @param {Mark} mark
 * @param {{choice: import("./chooser.js").Choice, variable: Object, cycles: string}} about
 * @returns {Promise<Object>} answer of /v1/forecast or of /v1/advisories
 */
export function asked(context, mark, { choice, variable, cycles }) {
  const where = context.api.asked(mark);
  const advice = choice.kind === "advice";
  const about = advice ? [choice.crop, choice.stage] : [choice.variable];
  const key = JSON.stringify([where, cycles, ...about]);
  if (!answers.has(key)) {
    const answer = advice
      ? context.api.advisories(mark, { crop: choice.crop, stage: choice.stage })
      : context.api.json("v1/forecast", {
          ...where,
          hourly: variable.name,
          quantiles: variable.quantiles.join(","),
        });
    answers.set(key, answer.then(({ data }) => data));
    answer.catch(() => answers.delete(key));
    if (answers.size > MOST_KEPT) answers.delete(answers.keys().next().value);
  }
  return answers.get(key);
}

/**
 * What an answer says of one time.
 * @param {import("../app.js").Context} context
 * @param {Object} answer
 * @param {{choice: Object, variable: Object, rule: Object, time: string}} about  time: instant or day
 * @returns {Told}
 */
export function told(context, answer, about) {
  const height = answer.passport.elevation_used_m;
  const value = about.choice.kind === "advice" ? graded(context, answer, about) : measured(context, answer, about);
  return { height, ...value };
}

function measured({ dom, format, words }, answer, { choice, variable, time }) {
  const { hourly } = answer;
  const at = hourly.time.indexOf(time);
  const column = choice.quantile ? `${variable.name}_p${choice.quantile}` : variable.name;
  const value = hourly[column]?.[at] ?? null;
  const decimals = variable.units === "mm" ? 1 : variable.decimals;
  const amount = (number) => format.amount(number, variable.units, decimals);
  if (value === null) {
    const text = words.t("map.no_value");
    return { text, value, nodes: [dom.el("p", { class: "map-value none", text })] };
  }
  const [low, high] = [10, 90].map((level) => hourly[`${variable.name}_p${level}`]?.[at] ?? null);
  const spread = low === null || high === null ? "" : words.t("map.spread", { low: amount(low), high: amount(high) });
  const nodes = [dom.el("p", { class: "map-value", text: amount(value) }), spread && dom.el("p", { class: "quiet", text: spread })];
  return { text: amount(value), value, nodes: nodes.filter(Boolean) };
}

function graded({ dom, format, words }, answer, { rule, time }) {
  const line = answer.timelines.find((one) => one.rule === rule.id);
  const code = line ? codeOf(line, time, answer.timezone, format) : CODES["no-data"];
  const grade = rule.legend.find((one) => one.code === code);
  const text = grade ? words.both(grade.name) : words.t("map.no_value");
  const chances = rule.legend
    .filter(({ code }) => code >= 1 && grade?.code >= 0 && line?.step === "d")
    .map((one) => ({ one, chance: line.probability?.[one.code]?.[line.times.indexOf(time)] ?? null }))
    .filter(({ chance }) => chance !== null);
  const certain = chances.filter(({ chance, one }) => chance > 0 || one === chances[0].one);
  const rows = certain.map(({ one, chance }) =>
    dom.el("li", {}, [words.t("map.chance", { grade: words.both(one.name), chance: format.chance(chance) })]),
  );
  const shown = dom.el("p", { class: "map-value grade" }, [grade ? swatch(dom, grade) : null, text]);
  const list = rows.length ? dom.el("ul", { class: "quiet" }, rows) : null;
  const first = certain[0] ? ` (${words.t("map.chance", { grade: words.both(certain[0].one.name), chance: format.chance(certain[0].chance) })})` : "";
  return { text: `${text}${first}`, value: null, nodes: [shown, list].filter(Boolean) };
}

/** Code of a day, as the map has it: of the day itself, or the best of its hours. */
function codeOf(line, day, zone, format) {
  const codes = line.states.map((state) => CODES[state] ?? state);
  if (line.step === "d") return codes[line.times.indexOf(day)] ?? CODES["no-data"];
  const own = codes.filter((_, at) => format.localTime(line.times[at], zone).startsWith(day));
  return own.length ? Math.max(...own) : CODES["no-data"];
}

/**
 * The card that tells it.
 * @param {import("../app.js").Context} context
 * @param {{use: (mark: Mark, height: number|null) => void, clear: () => void}} on
 */
export function card(context, on) {
  const { el, fill } = context.dom;
  const body = el("div");
  const node = el("section", { class: "map-reading" }, [body]);
  let before = null;
  let last = null;

  /**
   * @param {import("../app.js").Context} now
   * @param {{mark: Mark|null, told: Told|null, problem: Error|null, what: string, when: string}} shown
   */
  function draw(now, { mark, told: value, problem, what, when }) {
    const { t } = now.words;
    if (!mark) {
      fill(body, [el("p", { class: "quiet", text: t("map.tap_hint") })]);
      return;
    }
    const title = mark.name || now.format.coordinates(mark.latitude, mark.longitude);
    const head = el("h3", { text: mark.tapped ? t("map.tapped", { place: title }) : title });
    if (problem || !value) {
      const text = problem ? sentence(now, problem) : t("map.asking");
      fill(body, [head, el("p", { class: problem ? "map-problem" : "quiet", text }), mark.tapped && buttons(t, mark, null)]);
      return;
    }
    remember(mark, value, what);
    const height = value.height === null ? "" : t("map.height", { height: Math.round(value.height) });
    const about = el("p", { class: "quiet", text: `${what} · ${when}` });
    const level = height && el("p", { class: "quiet", text: height });
    fill(body, [head, ...value.nodes, about, level, compared(t), mark.tapped && buttons(t, mark, value.height)]);
  }

  function remember(mark, value, what) {
    const key = `${mark.latitude},${mark.longitude}`;
    if (last && last.what === what && last.key !== key) before = last;
    if (before && before.what !== what) before = null;
    last = { key, what, height: value.height, text: value.text };
  }

  function compared(t) {
    if (!before || before.height === null || before.key === last.key) return null;
    return el("p", { class: "map-before", text: t("map.before", { height: Math.round(before.height), value: before.text }) });
  }

  function buttons(t, mark, height) {
    return el("p", { class: "row" }, [
      el("button", { class: "button", id: "map-use", text: t("map.use"), attrs: { type: "button", disabled: height === null }, on: { click: () => on.use(mark, height) } }),
      el("button", { class: "button small", id: "map-clear", text: t("map.clear"), attrs: { type: "button" }, on: { click: on.clear } }),
    ]);
  }

  return { node, draw };
}

/** @param {import("../app.js").Context} context  @param {Error} problem */
export function sentence({ words }, problem) {
  return problem.kind ? words.problem(problem) : words.t("map.failed");
}
