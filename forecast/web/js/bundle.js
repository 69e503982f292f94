/**
 * Answers from the files of a bundle, which `zhitian export --format bundle` made: bundle.json names its
 * places and files. Asked of api.js in the service's stead, with the same questions.
 */

import { Problem } from "./api.js";

const BASE = new URL(".", document.baseURI);
const READ_AGAIN_MS = 60e3;
const EARTH_M = 6371008.8;

/** Farther than this from every place nothing is answered, m. */
const FARTHEST_M = 50e3;
/** Places up to here are taken as the one asked, m: half a cell. */
const SAME_M = 700;
const PLACED = ["v1/forecast", "v1/advisories", "v1/skill"];
/** Datums that put a field elsewhere than its coordinates say; no answer of a bundle heeds them. */
const SHIFTED = ["gcj02", "bd09", "unknown"];
const SITUATION = ["sown", "stage_on", "covered", "soil", "soil_moisture"];
/** Parts of the page that need the service. */
const SERVICE_ONLY = '#map-card, footer a[href="docs"]';

const held = { contents: null, at: 0 };

for (const node of document.querySelectorAll(SERVICE_ONLY)) node.hidden = true;

/**
 * @param {string} path  as `v1/forecast`
 * @param {Object<string, string|number|null>} query
 * @returns {Promise<{data: Object, kept: Date}>} with `data.bundle`, which tells whose answer it is
 */
export async function answer(path, query) {
  const contents = await read();
  const kept = new Date(contents.made);
  if (path === "v1/places") return { data: { places: found(contents, query) }, kept };
  const asked = given(query);
  if (PLACED.includes(path) && ("lat" in asked || "place" in asked)) {
    return { data: await placed(contents, path, asked), kept };
  }
  const order = Object.keys(asked).sort().map((name) => `${name}=${asked[name]}`);
  const file = contents.answers[[path, order.join("&")].filter(Boolean).join("?")];
  const data = await json(file);
  // of the profiles only those with advice in the bundle can be chosen
  const crops = path === "v1/crops" ? data.crops.filter(({ id }) => id in contents.crops) : null;
  return { data: crops ? { ...data, crops } : data, kept };
}

/**
 * Address of a bulletin, of which the bundle has one for each place, crop and language.
 * @param {Object<string, string|number|null>} query  of /v1/advisories
 */
export function pageOf(query) {
  const contents = held.contents;
  const spot = contents && nearest(contents, given(query));
  if (!spot) return BASE.href;
  return new URL(`answers/${spot.place.id}/bulletin.${query.crop}.${query.lang}.html`, BASE).href;
}

function given(query) {
  const named = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return Object.fromEntries(named);
}

async function read() {
  if (!held.contents || Date.now() - held.at > READ_AGAIN_MS) {
    held.contents = await json("bundle.json");
    held.at = Date.now();
  }
  return held.contents;
}

async function json(file) {
  if (!file) throw new Problem({ kind: "refused", status: 404, title: "Not in the bundle" });
  let document;
  let answered = null;
  try {
    answered = await fetch(new URL(file, BASE), { cache: "no-cache" });
    if (answered.ok) document = await answered.json();
  } catch {
    throw new Problem({ kind: answered ? "server" : "offline" });
  }
  if (answered.status === 404) throw new Problem({ kind: "refused", status: 404, title: "Not in the bundle" });
  if (!answered.ok) throw new Problem({ kind: "server", status: answered.status });
  // a question that the service refused when the bundle was made
  if (document.status >= 400 && document.title) throw new Problem({ kind: "refused", ...document });
  return document;
}

/** The answer of the nearest place, with how far away it is and what could not be heeded. */
async function placed(contents, path, asked) {
  const spot = nearest(contents, asked);
  if (!spot) throw new Problem({ kind: "refused", status: 404, title: "Outside the area" });
  const folder = `answers/${spot.place.id}`;
  const [file, ignored] = path === "v1/advisories" ? adviceFile(contents, asked) : [seriesFile(path, asked), []];
  const data = await json(file && `${folder}/${file}`);
  const elevation = "elevation" in asked ? Number(asked.elevation) : null;
  const height = elevation === null || elevation === spot.place.elevation;
  const shifted = SHIFTED.includes(asked.datum);
  const near = spot.far <= SAME_M;
  return { ...data, bundle: { place: spot.place, distance_m: spot.far, near, height, shifted, ignored } };
}

function seriesFile(path, asked) {
  if (path === "v1/skill") return "skill.json";
  if ("doubt" in asked) return null;
  if ("over" in asked) return `forecast.over${asked.over}.json`;
  return `forecast.${asked.day ?? "local"}.json`;
}

/** File of an advice, and what of the farmer's words it does not heed. */
function adviceFile(contents, asked) {
  const stages = contents.crops[asked.crop];
  if (!stages) return [null, []];
  const ignored = SITUATION.filter((name) => name in asked);
  const known = stages.includes(asked.stage);
  if ("stage" in asked && !known) ignored.push("stage");
  return [`advice.${asked.crop}.${known ? asked.stage : "now"}.json`, ignored];
}

function nearest(contents, asked) {
  const point = "lat" in asked ? { latitude: Number(asked.lat), longitude: Number(asked.lon) } : search(contents, asked.place)[0];
  if (!point) return null;
  const spots = around(contents, point).filter(({ far }) => far <= FARTHEST_M);
  const same = spots.filter(({ far }) => far === spots[0].far);
  // of one point at several heights that of the height asked, or of the nearest
  const wanted = "elevation" in asked ? Number(asked.elevation) : (point.elevation ?? null);
  const off = ({ place: { elevation } }) => {
    if (elevation === wanted) return -1;
    return elevation === null || wanted === null ? 0 : Math.abs(elevation - wanted);
  };
  return same.sort((one, other) => off(one) - off(other))[0] ?? null;
}

/** All places with their distance, m, nearest first. */
function around(contents, point) {
  const all = contents.places.map((place) => ({ place, far: Math.round(distance(place, point)) }));
  return all.sort((one, other) => one.far - other.far);
}

function distance(one, other) {
  const [a, b, c, d] = [one.latitude, other.latitude, one.longitude, other.longitude].map((value) => (value * Math.PI) / 180);
  const half = Math.sin((a - b) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin((c - d) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

function found(contents, { q, lat, lon, limit = 10 }) {
  if (q) return search(contents, String(q)).slice(0, limit);
  const near = around(contents, { latitude: Number(lat), longitude: Number(lon) }).slice(0, limit);
  return near.map(({ place, far }) => ({ ...place, distance_m: far }));
}

/**
 * Places of a text: Chinese, pinyin or its initials, English, code, or coordinates; best first.
 * @param {Object} contents  of bundle.json
 * @param {string} typed
 */
export function search(contents, typed) {
  const text = folded(typed);
  if (!text) return [];
  const point = coordinates(typed.normalize("NFKC"));
  if (point) return [at(contents, point)];
  const ranked = contents.places.map((place) => ({ place, rank: rank(place, text) }));
  const fitting = ranked.filter((one) => one.rank < Infinity);
  return fitting.sort((one, other) => one.rank - other.rank).map((one) => one.place);
}

function folded(text) {
  return text.normalize("NFKC").toLowerCase().replace(/[\s'’·,，]/g, "");
}

function rank(place, text) {
  const syllables = place.pinyin.split(" ");
  const names = [place.name_zh, place.pinyin, place.name_en, ...place.aliases, place.code].map(folded).filter(Boolean);
  const short = folded(place.name_zh).replace(/(自治县|[市区县旗])$/, "");
  const within = ["province", "city", "county"].map((part) => folded(place[part] ?? ""));
  const above = within.map((name) => folded(name.replace(/[省市区县]$/, "")));
  const initials = syllables.map((syllable) => syllable[0] ?? "").join("");
  if ([...names, short].includes(text)) return 0;
  if (above.some((name) => name && text === name + short)) return 0;
  if (names.some((name) => name.startsWith(text))) return 1;
  if (initials === text) return 2;
  if (names.some((name) => name.includes(text))) return 3;
  return Infinity;
}

/** A bare pair of decimal degrees; in and around China the larger number is the longitude. */
function coordinates(text) {
  const pair = /^\s*(\d{1,3}(?:\.\d+)?)\s*°?\s*[NE北东]?[\s,，]+(\d{1,3}(?:\.\d+)?)\s*°?\s*[NE北东]?\s*$/i.exec(text);
  if (!pair) return null;
  const [north, east] = [pair[1], pair[2]].sort((one, other) => one - other);
  const [latitude, longitude] = [Number(north), Number(east)];
  if (latitude > 90 || longitude > 180) return null;
  const half = (number) => 0.5 * 10 ** -(number.split(".")[1] ?? "").length;
  const precision = { read_from: "digits", latitude: half(north), longitude: half(east) };
  return { latitude, longitude, precision };
}

function at(contents, point) {
  const spot = around(contents, point)[0];
  const none = { code: "", name_zh: "", name_en: "", pinyin: "", aliases: [], province: "", province_en: "", city: "", city_en: "", county: "" };
  const region = spot && spot.far <= FARTHEST_M ? spot.place.region : null;
  return { ...none, ...point, kind: "coordinates", elevation: null, region, distance_m: null };
}
