/**
 * Timelines of an answer as rows and days of a table: what is shown, in which order, and what each cell
 * tells. Nothing is drawn here.
 *
 * @typedef {Object} Cell
 * @property {string} day  `2025-04-12`
 * @property {string|number} state
 * @property {number} [hours]  of hourly work: hours of the day with that light
 * @property {Array<{level: string, chance: number|null}>} chances
 *
 * @typedef {Object} Row
 * @property {Object} advisory
 * @property {boolean} work
 * @property {boolean} hourly
 * @property {Cell[]} cells  one a day
 * @property {Map<string, Array<string|null>>|null} hours  of hourly work: states of the 24 hours by day
 */

import { isWork, shownState } from "./lights.js";

const LIGHTS = ["green", "amber", "red", "no-data", "not-applicable"];
const HOUR_MS = 3600e3;
const DAY_MS = 86400e3;
const clocks = new Map();
const hoursKnown = new Map();

/**
 * Local date and hour that an hour begins with.
 * @param {string} end  of the hour, UTC
 * @param {string} zone  IANA name
 * @returns {{day: string, hour: number}}
 */
export function hourOf(end, zone) {
  // many lines have the same hours, and a clock of a zone is slow to ask
  const key = `${zone} ${end}`;
  if (!hoursKnown.has(key)) {
    const { day, clock } = local(Date.parse(end) - HOUR_MS, zone);
    hoursKnown.set(key, { day, hour: Number(clock.slice(0, 2)) });
  }
  return hoursKnown.get(key);
}

/** @param {number|string} instant  ms, or UTC as text  @param {string} zone */
export function local(instant, zone) {
  if (!clocks.has(zone)) {
    clocks.set(
      zone,
      new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }),
    );
  }
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  const [day, clock] = clocks.get(zone).format(at).split(" ");
  return { day, clock };
}

/** @param {Object} answer  of GET /v1/advisories  @returns {string} the date of its now */
export function today(answer) {
  return local(answer.now, answer.timezone).day;
}

/**
 * @param {Object} answer
 * @returns {{days: string[], rows: Row[]}} rows that have something to tell, the most urgent first
 */
export function table(answer) {
  const days = daysOf(answer);
  const lines = new Map(answer.timelines.map((line) => [line.rule, line]));
  const rows = ordered(answer.advisories)
    .filter((one) => lines.has(one.rule) && tells(one, lines.get(one.rule)))
    .map((one) => row(one, lines.get(one.rule), days, answer.timezone));
  return { days, rows };
}

/** Levels first, then what is watched, then work by its light, then what is quiet. */
export function ordered(advisories) {
  const rank = (one) => {
    if (one.status === "warn") return 10 - (Number(one.state) || 0);
    if (one.status === "watch") return 20;
    if (!isWork(one)) return one.state === "no-data" ? 50 : 60;
    return (
      30 +
      (one.state === "no-data" && one.window ? 1 : LIGHTS.indexOf(one.state)) +
      (one.kind === "sowing" ? 0.5 : 0)
    );
  };
  const begins = (one) => one.window?.begins ?? "9";
  return [...advisories].sort(
    (a, b) => rank(a) - rank(b) || (begins(a) < begins(b) ? -1 : begins(a) > begins(b) ? 1 : 0),
  );
}

function tells(advisory, line) {
  if (
    advisory.state === "not-applicable" &&
    !line.states.some((state) => state === "green" || state === "amber")
  )
    return false;
  if (isWork(advisory)) return line.states.some((state) => state !== "not-applicable");
  return (
    advisory.status === "warn" ||
    advisory.status === "watch" ||
    line.states.some((state) => typeof state === "number")
  );
}

function daysOf({ timelines, timezone, ...answer }) {
  const first = today({ timezone, ...answer });
  const found = new Set();
  for (const line of timelines) {
    for (const time of line.times) found.add(line.step === "h" ? hourOf(time, timezone).day : time);
  }
  return [...found].filter((day) => day >= first).sort();
}

function row(advisory, line, days, zone) {
  const work = isWork(advisory);
  if (line.step === "h") {
    const hours = byHour(line, zone);
    const cells = days.map((day) => ({ day, chances: [], ...best(hours.get(day) ?? []) }));
    return { advisory, work, hourly: true, hours, cells };
  }
  const cells = days.map((day) => dayCell(advisory, line, day));
  return { advisory, work, hourly: false, hours: null, cells };
}

function dayCell(advisory, line, day) {
  const step = line.times.indexOf(day);
  const known = step >= 0 ? line.states[step] : "no-data";
  const { window } = advisory;
  const watched =
    advisory.status === "watch" && window && day >= window.begins && day <= window.ends;
  const chances = Object.entries(line.probability).map(([level, values]) => ({
    level,
    chance: values[step] ?? null,
  }));
  return { day, state: known === "none" && watched ? shownState(advisory) : known, chances };
}

function byHour(line, zone) {
  const days = new Map();
  for (const [step, end] of line.times.entries()) {
    const { day, hour } = hourOf(end, zone);
    if (!days.has(day)) days.set(day, Array(24).fill(null));
    days.get(day)[hour] = line.states[step];
  }
  return days;
}

/** The best light of a day, and for how many hours it shows. */
function best(hours) {
  const state = LIGHTS.find((light) => hours.includes(light)) ?? "no-data";
  return { state, hours: hours.filter((one) => one === state).length };
}

/**
 * Hours of a day in a row with the same light.
 * @param {Array<string|null>} hours  24 states
 * @param {string} light
 * @returns {Array<{from: number, until: number}>} `until` is the end of the last hour
 */
export function spans(hours, light) {
  const found = [];
  for (const [hour, state] of hours.entries()) {
    if (state !== light) continue;
    const last = found.at(-1);
    if (last?.until === hour) last.until = hour + 1;
    else found.push({ from: hour, until: hour + 1 });
  }
  return found;
}

/** Whole days from one date to another. */
export function daysBetween(from, until) {
  return Math.round((Date.parse(until.slice(0, 10)) - Date.parse(from.slice(0, 10))) / DAY_MS);
}

/** The local date that a time or date of a row's reason falls on. */
export function dayOf(at, zone) {
  return at.length > 10 ? hourOf(at, zone).day : at;
}
