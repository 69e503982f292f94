/** What the slider steps through, and which tiles belong to a step. */

import { instantOf, present } from "./clock.js";
import { address } from "./tiles.js";

/**
 * Hours for values, days for advice, beginning with the time that is shown.
 * @param {import("../app.js").Context} context
 * @param {Object} layers  of /v1/layers
 * @param {import("./chooser.js").Choice} choice
 * @param {{asked: number, time: string|undefined}} about  when the layers were asked, ms; the hour that is shown
 * @returns {{steps: string[], at: number, now: number, timezone: string, today: string}}
 */
export function stepsOf({ format }, layers, choice, { asked, time }) {
  const timezone = layers.regions.find((region) => region.timezone)?.timezone ?? "Asia/Shanghai";
  const now = present(layers, asked);
  const dayOf = (instant) => format.localTime(new Date(instant), timezone).slice(0, 10);
  const about = { timezone, today: dayOf(now) };
  const at = time ? Date.parse(time) : now;
  if (choice.kind === "advice") {
    const { days: own, rules } = layers.advice.find(({ crop }) => crop === choice.crop);
    const steps = [...new Set(Object.values(own).flat())].sort();
    const day = dayOf(at);
    // a hazard of a day that is partly over can seldom be judged, and tomorrow's can be met
    const hazard = rules.find(({ id }) => id === choice.rule)?.kind === "hazard";
    const ahead = hazard && day === about.today && steps.length > steps.indexOf(day) + 1 ? 1 : 0;
    return { ...about, steps, at: Math.max(0, steps.indexOf(day)) + ahead, now: 0 };
  }
  const steps = layers.times;
  const near = (instant) => {
    const found = steps.findIndex((step) => Date.parse(instantOf(step)) >= instant - 30 * 60e3);
    return found < 0 ? steps.length - 1 : found;
  };
  return { ...about, steps, at: near(at), now: near(now) };
}

/**
 * Addresses of the tiles of a step, or of the numbers behind them.
 * @param {Object} layers  of /v1/layers
 * @param {import("./chooser.js").Choice} choice
 * @param {string} step
 * @param {{numbers?: boolean}} [form]
 */
export function tilesOf({ templates, cycles }, choice, step, { numbers = false } = {}) {
  const { variable, quantile, crop, rule, stage } = choice;
  if (choice.kind === "advice") return address(numbers ? templates.codes : templates.advice, { crop, rule, day: step }, { stage });
  return address(numbers ? templates.counts : templates.variable, { variable, time: step }, { cycle: cycles, quantile });
}

/**
 * What a step shows, for legend, reading and words.
 * @param {Object} layers  of /v1/layers
 * @param {import("./chooser.js").Choice} choice
 * @param {string} step
 */
export function shownAt(layers, choice, step) {
  const variable = layers.variables.find(({ name }) => name === choice.variable);
  const rule = layers.advice.find(({ crop }) => crop === choice.crop)?.rules.find(({ id }) => id === choice.rule);
  return { choice, variable, rule, cycles: layers.cycles, time: choice.kind === "advice" ? step : instantOf(step) };
}

/** The coarsest tiles that there are. @param {Object} layers  of /v1/layers  @param {import("./chooser.js").Choice} choice */
export function leastZoom({ advice_min_zoom: least }, { kind }) {
  return kind === "advice" ? (least ?? 0) : 0;
}
