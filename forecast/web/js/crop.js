/**
 * The crop, its stage, and what else is told of the field. The crop is remembered by field; where nothing
 * was chosen, the region's own crop stands.
 */

import * as field from "./field_form.js";
import { today } from "./lines.js";
import { byRegion, cropNamed, cropOf, fieldOf, ofTheGround, regionAt, remembered, told } from "./remembering.js";

const RETRY_MS = 10e3;

let listing = null;
let askedAt = 0;
let latest = null;
/** The field and the choice that were there last. */
let before = { field: undefined, choice: "" };
let drawn = "";

/** @param {HTMLElement} root  @param {import("./app.js").Context} context */
export async function mount(root, context) {
  latest = context;
  root.addEventListener("submit", (event) => event.preventDefault());
  const { dom } = context;
  dom.byId("crop").addEventListener("change", ({ target }) => cropChosen(target.value));
  dom.byId("stage").addEventListener("change", ({ target }) => stageChosen(target.value));
  field.mount(root, { dom, set: (situation) => chosen({ situation }), clear: () => chosen({ stage: null, situation: {} }) });
  await fetchListing(context);
}

/** @param {import("./app.js").Context} context */
export async function update(context) {
  latest = context;
  if (!listing && Date.now() - askedAt > RETRY_MS) await fetchListing(context);
  if (!listing || !latest.state.place) return;
  settle(latest);
  draw(latest);
}

async function fetchListing({ api }) {
  askedAt = Date.now();
  try {
    const [crops, regions] = await Promise.all([api.crops(), api.regions()]);
    listing = { crops: crops.data.crops, regions: regions.data.regions };
  } catch (error) {
    if (!(error instanceof api.Problem)) throw error;
  }
}

/** Give the field its crop: kept, told by the address, or the region's own; and remember what was chosen. */
function settle({ store }) {
  const state = store.get();
  const { place, memory } = state;
  const at = fieldOf(place);
  if (!at) return;
  const region = regionAt(listing.regions, place);
  const known = cropNamed(listing.crops, state.crop);
  const arrived = at !== before.field;
  const first = before.field === undefined;
  const came = first ? inAddress("crop") || memory.crop?.at === at : choiceOf(state) !== before.choice;
  before = { field: at, choice: choiceOf(state) };
  if (known && (!arrived || came)) {
    const crop = known.id;
    const stage = stageNamed(known, state.stage);
    if (crop !== state.crop || stage !== state.stage) put(store, { crop, stage });
    const now = { ...state, memory, crop, stage };
    const kept = memory.crop?.fields?.[at];
    const same = kept?.crop === crop && JSON.stringify(told(memory, at, crop)) === JSON.stringify({ stage, situation: state.situation });
    if (!same || memory.crop.at !== at) put(store, { memory: remembered(now, { field: at, region, chosen: false }) });
    return;
  }
  const crop = cropOf(memory, { field: at, region, crops: listing.crops });
  put(store, { crop, ...(crop ? told(memory, at, crop) : { stage: null, situation: {} }) });
}

function put(store, patch) {
  store.set(patch);
  before = { ...before, choice: choiceOf(store.get()) };
}

function choiceOf({ crop, stage, situation }) {
  return JSON.stringify([crop, stage, situation]);
}

/** Whether the address that the visit began with names something. */
function inAddress(name) {
  const [visit] = performance.getEntriesByType("navigation");
  return new URL(visit?.name ?? location.href).searchParams.has(name);
}

function stageNamed(crop, asked) {
  return crop.stages.find(({ id, name }) => asked === id || asked === name.zh || asked === name.en)?.id ?? null;
}

function cropChosen(crop) {
  const { state } = latest;
  const at = fieldOf(state.place);
  const known = at ? told(state.memory, at, crop) : { stage: null, situation: {} };
  const situation = { ...known.situation, ...ofTheGround(state.situation) };
  chosen({ crop: crop || null, stage: known.stage, situation });
}

/** A stage is told for the day on which it was seen: it must not be taken for today's tomorrow. */
function stageChosen(stage) {
  const { stage_on: _, ...rest } = latest.state.situation;
  const day = localDay(latest);
  chosen({ stage: stage || null, situation: stage && day ? { ...rest, stage_on: day } : rest });
}

function chosen(patch) {
  const { store } = latest;
  const state = store.get();
  const now = { ...state, ...patch };
  const at = fieldOf(state.place);
  const region = at ? regionAt(listing.regions, state.place) : null;
  const memory = at && now.crop ? remembered(now, { field: at, region, chosen: true }) : state.memory;
  put(store, { ...patch, memory });
}

/** The date at the field; null until an answer tells it. */
function localDay({ advice, series, now, format }) {
  if (advice) return today(advice);
  return series?.timezone ? format.localTime(now, series.timezone).slice(0, 10) : null;
}

function draw(context) {
  const { state, dom, words } = context;
  const now = JSON.stringify([state.lang, choiceOf(state), fieldOf(state.place), localDay(context)]);
  if (now === drawn) return;
  drawn = now;
  const region = state.place.latitude === null ? null : regionAt(listing.regions, state.place);
  const { own, others } = byRegion(listing.crops, region);
  const option = ({ id, name }) => dom.el("option", { text: words.both(name), attrs: { value: id } });
  const group = (label, crops) => crops.length > 0 && dom.el("optgroup", { attrs: { label } }, crops.map(option));
  const select = dom.byId("crop");
  dom.fill(select, [
    state.crop ? null : dom.el("option", { text: words.t("crop.choose"), attrs: { value: "" } }),
    group(words.t("crop.own"), own),
    group(own.length ? words.t("crop.others") : words.t("crop.none_here"), others),
  ]);
  select.value = state.crop ?? "";
  const crop = listing.crops.find(({ id }) => id === state.crop);
  const stage = dom.byId("stage");
  dom.fill(stage, [
    dom.el("option", { text: words.t("crop.stage_unknown"), attrs: { value: "" } }),
    ...(crop?.stages ?? []).map(option),
  ]);
  stage.value = state.stage ?? "";
  stage.disabled = !crop;
  field.draw(context, localDay(context));
}
