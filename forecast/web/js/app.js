/**
 * The page: what is asked of the service, when, and who is told. Parts never ask one another; each gets
 * the same context.
 *
 * @typedef {Object} Context
 * @property {Object} state  frozen: lang, place, crop, stage, situation, day, big, theme, fields, memory
 * @property {typeof import("./state.js")} store  get, set, subscribe
 * @property {typeof import("./api.js")} api
 * @property {typeof import("./words.js")} words  t(key, values), both(pair), problem(problem)
 * @property {typeof import("./format.js")} format
 * @property {typeof import("./dom.js")} dom
 * @property {Object|null} series  answer of GET /v1/forecast
 * @property {Object|null} advice  answer of GET /v1/advisories
 * @property {{series: boolean, advice: boolean}} loading
 * @property {import("./api.js").Problem|null} error  of the forecast
 * @property {import("./api.js").Problem|null} adviceError
 * @property {Date|null} kept  when the answer was stored, where it is one kept by the service worker
 * @property {{hours: number, state: string}|null} age  of the run of `series` now
 * @property {boolean} expired  whether `series` is too old to advise from; then `advice` is null
 * @property {Date} now  the service's clock, which an archived cycle sets back
 * @property {boolean} sparing  whether the phone asks to spare data
 * @property {{set: (id: string, notice: Object|null) => void}} notices
 * @property {{open: Function, reload: Function, passport: Function, hour: Function, say: Function}} actions
 */

import { judged } from "./age.js";
import * as api from "./api.js";
import * as banner from "./banner.js";
import * as dom from "./dom.js";
import { ofDigits } from "./exactness.js";
import { firstAdvice, firstForecast, sparing } from "./first.js";
import * as format from "./format.js";
import { tell } from "./joining.js";
import { joinFirst, joinRest, showPassport } from "./parts.js";
import * as settings from "./settings.js";
import * as store from "./state.js";
import * as words from "./words.js";

const REFRESH_MS = 15 * 60e3;

const told = { series: null, advice: null, error: null, adviceError: null, kept: null };
const loading = { series: false, advice: false };
const asking = { series: null, advice: null };
let receivedAt = 0;
let refreshing = false;
/** Whether the next address is a step of its own, to go back from. */
let stepping = false;

const actions = { open, reload, refresh, passport: showPassport, hour: () => {}, say };

/** @returns {Context} */
function context() {
  const state = Object.freeze({ ...store.get(), lang: words.lang() });
  const parts = { store, api, words, format, dom, notices: banner.notices, actions, sparing };
  const moment = now();
  return {
    ...parts,
    ...told,
    ...judged(told, moment),
    state,
    loading: { ...loading },
    now: moment,
  };
}

/** The clock of the service: age and start of the run when it answered, and the time since. */
function now() {
  const origin = told.series?.passport;
  if (!origin) return new Date();
  const then = Date.parse(origin.run_time) + origin.age.hours * 3600e3;
  return new Date(then + Date.now() - (told.kept?.getTime() ?? receivedAt));
}

function refresh() {
  if (refreshing) return;
  refreshing = true;
  queueMicrotask(() => {
    refreshing = false;
    const { place } = store.get();
    document.body.toggleAttribute("data-empty", !place);
    document.body.toggleAttribute("data-nothing", told.error?.kind === "refused" && !told.series);
    const missing = ["series", "advice"].find((name) => loading[name] && !told[name]);
    if (missing) document.body.dataset.loading = missing;
    else delete document.body.dataset.loading;
    tell(context());
    if (!loading.series) joinRest(context);
  });
}

/**
 * Show another place.
 * @param {import("./state.js").Place} place
 * @param {Object} [more]  other parts of the state that go with it, as its crop
 */
function open(place, more = {}) {
  forget();
  const unknown = { crop: null, stage: null, situation: {} };
  stepping = true;
  store.set({ ...unknown, ...more, place: { elevation: null, name: "", ...place } });
}

/** Show nothing of the place before; the same place, opened again, is asked again. */
function forget() {
  for (const name of ["series", "advice"]) {
    told[name] = null;
    asking[name]?.stop.abort();
    asking[name] = null;
  }
}

function reload() {
  asking.series = asking.advice = null;
  ask();
}

function say(text) {
  dom.byId("spoken").textContent = text;
}

function key({ place, day }) {
  return place && JSON.stringify([api.asked(place), day]);
}

function adviceKey({ place, crop, stage, situation }) {
  return place && crop && JSON.stringify([api.asked(place), crop, stage, situation]);
}

/** Ask what the state wants and has not been asked yet. */
function ask() {
  const state = store.get();
  const want = { series: key(state), advice: adviceKey(state) };
  for (const name of ["series", "advice"]) {
    if (asking[name]?.key === want[name]) continue;
    if (name === "advice" && isNamedInFull(state)) continue;
    asking[name]?.stop.abort();
    asking[name] = null;
    if (want[name]) {
      const request = { key: want[name], about: state, stop: new AbortController() };
      asking[name] = request;
      (name === "series" ? askSeries : askAdvice)(state, request);
    } else {
      loading[name] = false;
      told[name] = null;
      told[name === "series" ? "error" : "adviceError"] = null;
    }
  }
  refresh();
}

async function askSeries(state, request) {
  loading.series = true;
  const { signal } = request.stop;
  try {
    const answer = await (early(firstForecast, key, state) ??
      api.forecast(state.place, { day: state.day, sparing, signal }));
    if (asking.series !== request) return;
    Object.assign(told, { series: answer.data, kept: answer.kept, error: null });
    receivedAt = Date.now();
    found(state, request);
  } catch (problem) {
    if (asking.series !== request) return;
    told.error = problem;
    if (problem.kind === "refused") told.series = null;
    if (!(problem instanceof api.Problem)) console.error(problem);
  }
  loading.series = false;
  refresh();
}

/** The answer that was asked for before the page was there, where it is what is wanted; else null. */
function early(first, asked, wanted) {
  if (!first || first.taken || asked(first.about) !== asked(wanted)) return null;
  first.taken = true;
  return first.answer;
}

/** A place that was asked by a text gets its point, name and height from the answer. */
function found(state, request) {
  if (state.place.latitude !== null) return;
  const { passport: origin, bundle } = told.series;
  const place = told.series.place ?? bundle?.place;
  const { latitude, longitude } = origin.asked;
  const typed = place?.kind === "coordinates";
  const name =
    place && !typed
      ? words.both({ zh: place.name_zh || place.name_en, en: place.name_en || place.name_zh })
      : "";
  const exact = typed ? ofDigits(origin.location?.precision) : null;
  const elevation = state.place.elevation ?? place?.elevation ?? null;
  const known = { ...state.place, name, latitude, longitude, elevation, query: undefined, ...exact };
  const after = { ...store.get(), place: known };
  // a place of the operator's lists brings its height: for that it is asked anew
  if (elevation === origin.asked.elevation_m) {
    request.key = key(after);
    if (asking.advice) Object.assign(asking.advice, { key: adviceKey(after), about: after });
  }
  store.set({ place: known });
}

/** Whether the advice under way is on the same crop, asked by a short name as `rice`. */
function isNamedInFull(state) {
  const about = loading.advice && asking.advice?.about;
  if (!about || !state.crop?.startsWith(`${about.crop}.`)) return false;
  return adviceKey({ ...about, crop: state.crop }) === adviceKey(state);
}

async function askAdvice(state, request) {
  loading.advice = true;
  const { signal } = request.stop;
  try {
    const answer = await (early(firstAdvice, adviceKey, state) ??
      api.advisories(state.place, { ...state, signal }));
    if (asking.advice !== request) return;
    Object.assign(told, { advice: answer.data, adviceError: null });
    const { id } = answer.data.crop;
    request.key = adviceKey({ ...request.about, crop: id });
    // a short name is now known in full; another one was chosen since and is asked next
    if (store.get().crop === request.about.crop) queueMicrotask(() => store.set({ crop: id }));
    else queueMicrotask(ask);
  } catch (problem) {
    if (asking.advice !== request) return;
    Object.assign(told, { advice: null, adviceError: problem });
    if (!(problem instanceof api.Problem)) console.error(problem);
  }
  loading.advice = false;
  refresh();
}

function changed(state, before) {
  if (state.lang !== before.lang) {
    words.speak(store.language()).then(translated, () => {});
  }
  const written = store.address(state) || location.pathname;
  const write = stepping ? "pushState" : "replaceState";
  stepping = false;
  if (written !== location.search) history[write](null, "", written);
  ask();
}

function translated() {
  words.apply(document);
  document.title = words.t("page.title");
  refresh();
}

async function start() {
  document.documentElement.toggleAttribute("data-save", sparing);
  settings.looks(store.get());
  await words.ready;
  translated();
  joinFirst(context);
  store.subscribe(changed);
  addEventListener("popstate", () => {
    forget();
    store.set({ place: null, ...store.addressed(location.search) });
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - receivedAt > REFRESH_MS) reload();
  });
  addEventListener("online", () => told.error && reload());
  ask();
}

start();
