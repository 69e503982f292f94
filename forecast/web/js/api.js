/**
 * Questions to the service, all to our own origin. An answer is `{data, kept}`: `kept` is a Date where
 * the service worker gave what it had stored, else null. What fails is a `Problem`.
 */

import { texts } from "./exactness.js";

const BASE = new URL(".", document.baseURI);
const TIMEOUT_MS = 20000;
const KEPT = "x-zhitian-kept";

/** A bundle on a stick or a village server has files in the service's stead. */
const bundle = { reading: null, module: null };
if (document.querySelector('meta[name="zhitian-bundle"]')) {
  bundle.reading = import("./bundle.js").then((module) => (bundle.module = module));
}

/** Hourly values that the page shows; others are asked by who needs them. */
const HOURLY = [
  "temperature_2m",
  "relative_humidity_2m",
  "wind_speed_10m",
  "wind_direction_10m",
  "wind_gust_10m",
  "precipitation",
  "cloud_cover",
];
const MORE = [
  "dew_point_2m",
  "vapour_pressure_deficit",
  "snowfall_water",
  "shortwave_down",
  "soil_temperature_5cm",
];
const LEVELS = "10,50,90";

/** Rain from this much on counts, mm in an hour. */
export const WET = "precipitation>=0.1";

/** A question that was not answered: no network, too late, refused (4xx), or a fault (5xx). */
export class Problem extends Error {
  /** @param {{kind: string, status?: number, title?: string, detail?: string}} what */
  constructor({ kind, status = 0, title = "", detail = "" }) {
    super(detail || title || kind);
    Object.assign(this, { kind, status, title, detail });
  }
}

/**
 * @param {string} path  as `v1/forecast`
 * @param {Object<string, string|number|boolean|null|undefined>} [query]  empty values are left out
 * @returns {string} the whole address
 */
export function url(path, query = {}) {
  if (bundle.module && query.format) return bundle.module.pageOf(query);
  const address = new URL(path, BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "")
      address.searchParams.set(name, value);
  }
  return address.href;
}

/**
 * Ask for JSON.
 * @param {string} path
 * @param {Object} [query]
 * @param {{signal?: AbortSignal, timeout?: number}} [options]  timeout in ms
 * @returns {Promise<{data: any, kept: Date|null}>}
 */
export async function json(path, query = {}, { signal, timeout = TIMEOUT_MS } = {}) {
  if (bundle.reading) return (await bundle.reading).answer(path, query);
  const limit = AbortSignal.timeout ? AbortSignal.timeout(timeout) : null;
  const both = [signal, limit].filter(Boolean);
  const stop = both.length > 1 && AbortSignal.any ? AbortSignal.any(both) : both[0];
  let answer;
  let data;
  try {
    answer = await fetch(url(path, query), {
      signal: stop,
      headers: { accept: "application/json" },
    });
    data = await answer.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({ kind: limit?.aborted ? "timeout" : answer ? "server" : "offline" });
  }
  if (!answer.ok) {
    const kind = answer.status >= 500 ? "server" : "refused";
    throw new Problem({ kind, status: answer.status, title: data.title, detail: data.detail });
  }
  const stored = answer.headers.get(KEPT);
  return { data, kept: stored ? new Date(stored) : null };
}

/**
 * The question about a place, as the routes take it: with the digits of its coordinates, or how exact
 * they are.
 * @param {import("./state.js").Place} place
 */
export function asked(place) {
  const { elevation, precision = null, datum = null } = place;
  if (place.latitude === null) return { place: place.query, elevation };
  const [lat, lon] = texts(place);
  return { lat, lon, elevation, precision, datum };
}

/**
 * Hours and days of a place, with the spread of the members where there are any.
 * @param {import("./state.js").Place} place
 * @param {{day?: string, sparing?: boolean, signal?: AbortSignal}} [options]
 */
export async function forecast(place, { day = "local", sparing = false, signal } = {}) {
  const hourly = (sparing ? HOURLY : [...HOURLY, ...MORE]).join(",");
  const spread = { hourly, quantiles: LEVELS, probability: WET };
  for (;;) {
    try {
      return await json(
        "v1/forecast",
        { ...asked(place), daily: "all", day, ...spread },
        { signal },
      );
    } catch (error) {
      const refused = refusedPart(error, spread);
      if (!refused) throw error;
      delete spread[refused];
    }
  }
}

/** A single forecast may have no spread to tell, and a source may lack a variable: what to leave out. */
function refusedPart({ title }, asked) {
  if (title === "Unknown name") return asked.hourly && "hourly";
  if (!["Invalid request", "Nothing published"].includes(title)) return null;
  return ["quantiles", "probability"].find((name) => asked[name]);
}

/**
 * The chance of measurable rain in the 24 hours that end at each hour.
 * @param {import("./state.js").Place} place
 */
export function wetDays(place) {
  return json("v1/forecast", { ...asked(place), hourly: "none", probability: WET, over: 24 });
}

/**
 * How much the answer would differ in the cells in which the field may lie as well.
 * @param {import("./state.js").Place} place
 */
export function doubt(place) {
  return json("v1/forecast", { ...asked(place), hourly: "none", doubt: true });
}

/**
 * Advice on a crop.
 * @param {import("./state.js").Place} place
 * @param {{crop: string, stage?: string|null, situation?: Object, signal?: AbortSignal}} about
 */
export function advisories(place, { crop, stage, situation = {}, signal }) {
  return json("v1/advisories", { ...asked(place), ...situation, crop, stage }, { signal });
}

/** @param {string} text  what was typed  @param {{limit?: number, signal?: AbortSignal}} [options] */
export function places(text, { limit = 8, signal } = {}) {
  return json("v1/places", { q: text, limit }, { signal });
}

/** Places around a point, nearest first. */
export function around({ latitude, longitude, limit = 1 }) {
  return json("v1/places", { lat: latitude, lon: longitude, limit });
}

/** @returns {Promise<{data: {regions: Object[]}}>} regions of the service */
export function regions() {
  return json("v1/regions");
}

/** @returns {Promise<{data: {crops: Object[]}}>} crop profiles of the service */
export function crops() {
  return json("v1/crops");
}

/** How good the forecast has been. @param {Object} query  as /v1/skill takes it */
export function skill(query) {
  return json("v1/skill", query);
}

/** How good advice has been. @param {Object} query  as /v1/scorecard takes it */
export function scorecard(query) {
  return json("v1/scorecard", query);
}

/** @returns {Promise<{data: Object}>} what the map may show */
export function layers() {
  return json("v1/layers");
}
