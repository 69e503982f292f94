/**
 * What the page remembers: place, crop, language and looks. Kept in the browser's own store, so that
 * the next visit begins where this one ended. Nothing of it leaves the phone but as a question.
 *
 * @typedef {Object} Place
 * @property {string} name  as it is shown; empty: the answer or the coordinates tell
 * @property {number|null} latitude  degrees north; null until the answer tells, where `query` is asked
 * @property {number|null} longitude  degrees east
 * @property {number|null} elevation  height of the field, m; null: that of the cell
 * @property {string} [query]  text that the service is to find
 * @property {[number, number]|null} [digits]  these three: see exactness.js
 * @property {string|null} [precision]
 * @property {string|null} [datum]
 *
 * @typedef {Object} Field  a saved field
 * @property {string} id
 * @property {string} name
 * @property {number} latitude
 * @property {number} longitude
 * @property {number|null} elevation  m
 * @property {[number, number]|null} [digits]  these three: see exactness.js
 * @property {string|null} [precision]
 * @property {string|null} [datum]
 * @property {string|null} crop
 * @property {string|null} stage
 * @property {Object<string, string|number|boolean>} situation
 */

import { exactness, ofQuery, tell, texts } from "./exactness.js";

const KEY = "zhitian.page";
const VERSION = 1;
const THEMES = ["auto", "light", "dark"];
const LANGUAGES = ["zh", "en"];
const DAYS = ["local", "20-20"];

const START = Object.freeze({
  lang: null,
  place: null,
  crop: null,
  stage: null,
  situation: {},
  day: "local",
  big: false,
  theme: "auto",
  fields: [],
  memory: {},
});

const listeners = new Set();
let current = Object.freeze({ ...START, ...checked(kept()), ...addressed(location.search) });

/** @returns {Readonly<Object>} the state as it is; a new object after each change */
export function get() {
  return current;
}

/**
 * Change some of the state, keep it, and tell who listens.
 * @param {Object} patch  fields and their new values
 */
export function set(patch) {
  const before = current;
  current = Object.freeze({ ...current, ...patch });
  keep();
  for (const listener of listeners) listener(current, before);
}

/**
 * @param {(now: Object, before: Object) => void} listener  called after each change
 * @returns {() => void} ends it
 */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * The part of the state that an address tells, as `?lat=30.92&lon=116.2&elevation=800&crop=tea`.
 * @param {string} search  query of the address
 * @returns {Object} only the fields that it names
 */
export function addressed(search) {
  const query = new URLSearchParams(search);
  const told = {};
  const [latitude, longitude] = [number(query.get("lat")), number(query.get("lon"))];
  const elevation = number(query.get("elevation"));
  if (latitude !== null && longitude !== null) {
    const name = query.get("name") ?? "";
    told.place = { name, latitude, longitude, elevation, ...ofQuery(query) };
  } else if (query.get("place")) {
    const text = query.get("place").slice(0, 200);
    told.place = { name: "", latitude: null, longitude: null, elevation, query: text };
  }
  // what grows there is known of the place, not of the last visit
  if (told.place) Object.assign(told, { crop: null, stage: null, situation: {} });
  if (LANGUAGES.includes(query.get("lang"))) told.lang = query.get("lang");
  if (query.get("crop"))
    Object.assign(told, { crop: query.get("crop"), stage: null, situation: {} });
  if (query.get("stage")) told.stage = query.get("stage");
  if (DAYS.includes(query.get("day"))) told.day = query.get("day");
  return told;
}

/**
 * The query that leads back to what is shown.
 * @param {Object} state
 * @returns {string} with its `?`, or empty
 */
export function address({ place, crop, stage, lang }) {
  const query = new URLSearchParams();
  if (place && place.latitude !== null) {
    if (place.name) query.set("name", place.name);
    const [latitude, longitude] = texts(place);
    query.set("lat", latitude);
    query.set("lon", longitude);
    tell(query, place);
  } else if (place) {
    query.set("place", place.query);
  }
  if (place && place.elevation !== null) query.set("elevation", String(place.elevation));
  if (place && crop) query.set("crop", crop);
  if (place && crop && stage) query.set("stage", stage);
  if (lang) query.set("lang", lang);
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** @returns {string} the language of the page: chosen, else the browser's, else Chinese */
export function language() {
  const wished = [current.lang, ...(navigator.languages ?? [])].filter(Boolean);
  const known = wished.map((tag) => tag.slice(0, 2).toLowerCase());
  return known.find((tag) => LANGUAGES.includes(tag)) ?? LANGUAGES[0];
}

function number(text) {
  return text !== null && /^-?\d{1,5}(\.\d{1,9})?$/.test(text) ? Number(text) : null;
}

function kept() {
  try {
    const read = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return read.version === VERSION ? read : {};
  } catch {
    return {};
  }
}

function keep() {
  const { place, ...rest } = current;
  const known = place && place.latitude !== null ? { ...place, query: undefined } : null;
  try {
    localStorage.setItem(KEY, JSON.stringify({ version: VERSION, ...rest, place: known }));
  } catch {
    // a full or forbidden store: the page works on, and forgets
  }
}

/** Only what an earlier visit may have kept, of the right kinds. */
function checked(read) {
  const good = {};
  if (LANGUAGES.includes(read.lang)) good.lang = read.lang;
  if (THEMES.includes(read.theme)) good.theme = read.theme;
  if (DAYS.includes(read.day)) good.day = read.day;
  if (read.big === true) good.big = true;
  if (isPoint(read.place)) good.place = { ...read.place, ...exactness(read.place) };
  for (const name of ["crop", "stage"]) if (typeof read[name] === "string") good[name] = read[name];
  for (const name of ["situation", "memory"]) if (isObject(read[name])) good[name] = read[name];
  if (Array.isArray(read.fields)) {
    good.fields = read.fields.filter(isPoint).map((field) => ({ ...field, ...exactness(field) }));
  }
  return good;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPoint(value) {
  return isObject(value) && Number.isFinite(value.latitude) && Number.isFinite(value.longitude);
}
