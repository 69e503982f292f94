/** What the map shows: a variable and its quantile, or the grades of a crop's rule. */

import { named } from "./legend.js";

const USUAL = [
  "temperature_2m",
  "precipitation",
  "wind_speed_10m",
  "wind_gust_10m",
  "relative_humidity_2m",
  "vapour_pressure_deficit",
  "cloud_cover",
];

/**
 * @typedef {Object} Choice
 * @property {"variable"|"advice"} kind
 * @property {string} variable
 * @property {number|null} quantile  10, 50 or 90; null: the forecast's own value
 * @property {string|null} crop
 * @property {string|null} rule
 * @property {string|null} stage  null: as the calendar says
 */

/**
 * @param {import("../app.js").Context} context
 * @param {Object} layers  of /v1/layers
 * @param {Object} kept  a choice of an earlier visit, as far as it still holds
 * @returns {Choice}
 */
export function first({ state }, layers, kept) {
  const variables = layers.variables.map(({ name }) => name);
  const variable = [kept.variable, ...USUAL, ...variables].find((name) => variables.includes(name));
  const choice = { kind: "variable", variable, quantile: null, crop: null, rule: null, stage: null };
  const { crop } = cropped(layers, [state.crop, kept.crop]);
  if (!crop) return choice;
  const rule = (crop.rules.find(({ id }) => id === kept.rule) ?? crop.rules[0]).id;
  return { ...choice, kind: kept.kind === "advice" ? "advice" : "variable", crop: crop.crop, rule };
}

function cropped(layers, wished) {
  const offered = layers.advice.filter(({ rules }) => rules.length);
  const found = wished.map((id) => offered.find(({ crop }) => crop === id)).find(Boolean);
  return { crop: found ?? offered[0] ?? null };
}

/**
 * @param {import("../app.js").Context} context
 * @param {Object} layers  of /v1/layers
 * @param {Choice} choice
 * @param {{change: (choice: Choice) => void, region: (region: Object) => void}} on
 */
export function chooser(context, layers, choice, on) {
  const { el, fill } = context.dom;
  let now = context;
  const kinds = el("div", { class: "map-kinds", attrs: { role: "group" } });
  const fields = {
    region: field("map-region", regionChosen),
    variable: field("map-variable", (value) => change({ variable: value, quantile: null })),
    quantile: field("map-quantile", (value) => change({ quantile: Number(value) || null })),
    crop: field("map-crop", cropChosen),
    rule: field("map-rule", (value) => change({ rule: value })),
    stage: field("map-crop-stage", (value) => change({ stage: value || null })),
  };
  fields.region.label.classList.add("visually-hidden");
  const node = el("div", { class: "map-chooser" }, [kinds, ...Object.values(fields).map(({ box }) => box)]);

  function field(id, chosen) {
    const label = el("label", { attrs: { for: id } });
    const select = el("select", { id, on: { change: () => chosen(select.value) } });
    return { label, select, box: el("p", { class: `map-field ${id}` }, [label, select]) };
  }

  function change(patch) {
    choice = { ...choice, ...patch };
    draw();
    on.change(choice);
  }

  function cropChosen(id) {
    const { crop } = cropped(layers, [id]);
    const rule = crop.rules.find((one) => one.id === choice.rule) ?? crop.rules[0];
    change({ crop: crop.crop, rule: rule.id, stage: null });
  }

  function regionChosen(name) {
    const region = layers.regions.find((one) => one.name === name);
    if (region) on.region(region);
    fields.region.select.value = "";
  }

  function draw() {
    const { t, both } = now.words;
    const weather = choice.kind === "variable";
    kinds.setAttribute("aria-label", t("map.kind"));
    fill(kinds, [kindButton("variable", t("map.kind_weather")), layers.advice.length ? kindButton("advice", t("map.kind_advice")) : null]);
    const variable = layers.variables.find(({ name }) => name === choice.variable);
    list(fields.variable, t("map.variable"), variables(), choice.variable, weather);
    list(fields.quantile, t("map.quantile"), quantiles(variable), choice.quantile ?? "", weather && variable.quantiles.length > 0);
    const { crop } = cropped(layers, [choice.crop]);
    const offered = layers.advice.filter(({ rules }) => rules.length);
    list(fields.crop, t("page.crop"), offered.map((one) => [one.crop, both(one.name)]), choice.crop, !weather);
    list(fields.rule, t("map.rule"), (crop?.rules ?? []).map((one) => [one.id, both(one.name)]), choice.rule, !weather);
    const stages = (crop?.stages ?? []).map((one) => [one.id, both(one.name)]);
    list(fields.stage, t("page.stage"), [["", t("map.stage_auto")], ...stages], choice.stage ?? "", !weather && stages.length > 0);
    const regions = layers.regions.map(({ name, label_zh: zh, label_en: en }) => [name, both({ zh, en })]);
    list(fields.region, t("map.region"), [["", t("map.region_go")], ...regions], "", regions.length > 1);
  }

  function kindButton(kind, text) {
    const pressed = String(choice.kind === kind);
    const old = document.activeElement?.id === `map-kind-${kind}`;
    const button = el("button", { text, id: `map-kind-${kind}`, attrs: { type: "button", "aria-pressed": pressed }, on: { click: () => change({ kind }) } });
    if (old) queueMicrotask(() => button.focus());
    return button;
  }

  function list({ label, select, box }, text, options, value, shown) {
    label.textContent = text;
    box.hidden = !shown;
    fill(select, options.map(([key, name]) => (Array.isArray(name) ? group(key, name) : option(key, name))));
    select.value = value;
  }

  function group(label, options) {
    return el("optgroup", { attrs: { label } }, options.map(([key, name]) => option(key, name)));
  }

  function option(value, text) {
    return el("option", { text, attrs: { value } });
  }

  function variables() {
    const { t, both } = now.words;
    const entry = (variable) => [variable.name, both(named(variable))];
    const usual = USUAL.map((name) => layers.variables.find((one) => one.name === name)).filter(Boolean);
    const others = layers.variables.filter((one) => !usual.includes(one));
    const groups = [[t("map.usual"), usual.map(entry)], [t("map.others"), others.map(entry)]];
    return groups.filter(([, options]) => options.length);
  }

  function quantiles({ quantiles: offered }) {
    const { t } = now.words;
    return [["", t("map.quantile_own")], ...offered.map((level) => [level, t(`map.quantile.${level}`)])];
  }

  draw();
  return {
    node,
    choice: () => choice,
    update(context) {
      now = context;
      draw();
    },
  };
}
