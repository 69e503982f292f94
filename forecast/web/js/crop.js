/**
 * The crop, its stage, and what else is told of the field. The crop is remembered by field; where nothing
 * was chosen, the region's own crop stands.
 */

import { fetchOnce, known as listed } from "./crop_list.js";
import * as field from "./field_form.js";
import { today } from "./lines.js";
import {
  byRegion,
  cropNamed,
  cropOf,
  fieldOf,
  ofTheGround,
  regionAt,
  remembered,
  told,
} from "./remembering.js";

let listing = null;
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
  field.mount(root, {
    dom,
    set: (situation) => chosen({ situation }),
    clear: () => chosen({ stage: null, situation: {} }),
  });
  await fetchOnce();
}

/** @param {import("./app.js").Context} context */
export async function update(context) {
  latest = context;
  if (!listed()) await fetchOnce();
  listing = listed();
  if (!listing || !latest.state.place) return;
  settle(latest);
  draw(latest);
}

/** Give the field its crop: kept, told by the address, or the region's own; and remember what is told. */
function settle({ store }) {
  const state = store.get();
  const { place, memory } = state;
  const at = fieldOf(place);
  if (!at) return;
  const region = regionAt(listing.regions, place);
  const known = cropNamed(listing.crops, state.crop);
  const arrived = at !== before.field;
  const came =
    before.field === undefined
      ? inAddress("crop") || memory.crop?.at === at
      : choiceOf(state) !== before.choice;
  before = { field: at, choice: choiceOf(state) };
  if (known && (!arrived || came)) {
    keep(store, { crop: known, at, region, arrived });
    return;
  }
  const crop = cropOf(memory, { field: at, region, crops: listing.crops });
  put(store, { crop, ...(crop ? told(memory, at, crop) : { stage: null, situation: {} }) });
}

/** Take over what the state tells of a field, and what was told of it before with the same stage. */
function keep(store, { crop, at, region, arrived }) {
  const { memory, ...state } = store.get();
  const stage = stageNamed(crop, state.stage);
  const earlier = told(memory, at, crop.id);
  const again = arrived && earlier.stage === stage && !Object.keys(state.situation).length;
  const now = { crop: crop.id, stage, situation: again ? earlier.situation : state.situation };
  put(store, now);
  const kept = memory.crop?.fields?.[at];
  const same = kept?.crop === crop.id && choiceOf({ crop: crop.id, ...earlier }) === choiceOf(now);
  if (!same || memory.crop.at !== at)
    put(store, { memory: remembered({ memory, ...now }, { field: at, region, chosen: false }) });
}

/** Change the state where it differs. */
function put(store, patch) {
  const state = store.get();
  const differs = Object.keys(patch).some(
    (name) => JSON.stringify(patch[name]) !== JSON.stringify(state[name]),
  );
  if (differs) store.set(patch);
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
  return (
    crop.stages.find(({ id, name }) => asked === id || asked === name.zh || asked === name.en)
      ?.id ?? null
  );
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
  const memory =
    at && now.crop ? remembered(now, { field: at, region, chosen: true }) : state.memory;
  put(store, { ...patch, memory });
}

/** The date at the field; null until an answer tells it. */
function localDay({ advice, series, now, format }) {
  if (advice) return today(advice);
  return series?.timezone ? format.localTime(now, series.timezone).slice(0, 10) : null;
}

function draw(context) {
  const { state, dom, words } = context;
  const now = JSON.stringify([
    state.lang,
    choiceOf(state),
    fieldOf(state.place),
    localDay(context),
  ]);
  if (now === drawn) return;
  drawn = now;
  const region = state.place.latitude === null ? null : regionAt(listing.regions, state.place);
  const { own, others } = byRegion(listing.crops, region);
  const option = ({ id, name }) =>
    dom.el("option", { text: words.both(name), attrs: { value: id } });
  const group = (label, crops) =>
    crops.length > 0 && dom.el("optgroup", { attrs: { label } }, crops.map(option));
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
  field.draw(context, { today: localDay(context), sown: Boolean(crop?.sowing.length) });
}
