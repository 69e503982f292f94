/** Where the numbers come from: run, age, cell, heights, correction, stations, members, licence. */

import { byId, clear, el, fill, openDialog, scroller } from "./dom.js";
import { readings } from "./doubt.js";
import { isAbout, ofDigits } from "./exactness.js";
import * as format from "./format.js";
import { members, origin, range } from "./series.js";
import { has, lang, t, variable } from "./words.js";

const DECIMALS = { degC: 1, "%": 0, kPa: 2, "m s-1": 1, mm: 1, "W m-2": 0, degree: 0, hPa: 1 };
/** Sentences of the service that are known; another one stays as it is. */
const REASONS = [
  ["no observation was used for this cycle", "passport.reason.no_observation"],
  ["nothing is corrected: a simulated run", "passport.reason.simulated"],
  ["nothing is corrected: no station in or near the region observed", "passport.reason.no_station"],
];
let context = null;

/** @param {HTMLElement} root  @param {import("./app.js").Context} given */
export function mount(root, given) {
  context = given;
}

/** @param {import("./app.js").Context} given */
export function update(given) {
  context = given;
  const { series } = context;
  const root = byId("passport-body");
  if (!series) {
    clear(root);
    return;
  }
  const open = root.querySelector("details")?.open ?? false;
  const { passport } = series;
  const run = t("passport.summary", {
    source: sourceName(passport),
    run: format.instant(passport.run_time, series.timezone),
    age: format.ago(context.now - Date.parse(passport.run_time)),
    state: t(`age.${passport.age.state}`),
  });
  fill(root, [
    el("p", { text: run }),
    el("details", { attrs: { open } }, [
      el("summary", { text: t("passport.all") }),
      list(facts(series)),
    ]),
    el("p", { class: "quiet", text: licence(passport) }),
  ]);
}

/**
 * All about the values of one hour, in a dialog.
 * @param {number} index  hour of the series
 */
export function show(index) {
  const series = context?.series;
  if (!series) return;
  const time = format.moment(series.hourly.local_time[index]);
  openDialog({ title: t("passport.hour", { time }), close: t("dialog.close") }, [
    scroller(t("passport.head.value"), values(series, index)),
    el("h3", { text: t("passport.origin") }),
    list(facts(series)),
  ]);
}

/** A value of an hour with its unit. */
export function shown(series, name, index) {
  const units = series.units[name];
  const value = series.hourly[name]?.[index] ?? null;
  if (units === "degree")
    return value === null ? format.NOTHING : `${format.compass(value)} ${format.number(value)}°`;
  return format.amount(value, units, DECIMALS[units] ?? 1);
}

function values(series, index) {
  const names = Object.keys(series.units).filter(
    (name) => name in series.hourly && has(`variable.${name}`),
  );
  const rows = names.map((name) => {
    const spread = range(series.hourly, name, index);
    const decimals = DECIMALS[series.units[name]] ?? 1;
    const how = origin(series, name, index);
    return el("tr", {}, [
      el("th", { text: variable(name), attrs: { scope: "row" } }),
      el("td", { text: shown(series, name, index) }),
      el("td", {
        text: spread
          ? `${format.number(spread.low, decimals)} … ${format.number(spread.high, decimals)}`
          : format.NOTHING,
      }),
      el("td", { text: how ? t(`origin.${how}`) : format.NOTHING }),
    ]);
  });
  const heads = ["variable", "value", "range", "how"].map((name) =>
    el("th", { text: t(`passport.head.${name}`), attrs: { scope: "col" } }),
  );
  return el("table", { class: "table" }, [
    el("thead", {}, [el("tr", {}, heads)]),
    el("tbody", {}, rows),
  ]);
}

function list(rows) {
  return el(
    "dl",
    { class: "facts" },
    rows
      .filter(([, text]) => text)
      .map(([key, text]) => el("div", {}, [el("dt", { text: t(key) }), el("dd", { text })])),
  );
}

function facts(series) {
  const { passport, timezone } = series;
  const { cell, asked } = passport;
  const metres = (value) => format.amount(value, "m");
  return [
    ["passport.run", `${format.instant(passport.run_time, timezone)}（${passport.cycle}）`],
    [
      "passport.source",
      `${sourceName(passport)}（${passport.source}）${passport.simulated ? t("passport.simulated") : ""}`,
    ],
    ["passport.published", format.instant(passport.published_at, timezone)],
    [
      "passport.age",
      `${format.number(passport.age.hours, 1)} h · ${t(`age.${passport.age.state}`)}`,
    ],
    ["passport.degraded", passport.degraded],
    ["passport.asked", askedFor(passport)],
    ...exact(series),
    [
      "passport.cell",
      `${format.coordinates(cell.latitude, cell.longitude)} · ${t("passport.cell_away", { distance: format.distance(cell.distance_m) })} · ${t(`passport.reason.${cell.reason}`)}`,
    ],
    ["passport.land", `${format.number(100 * cell.land_fraction)}%`],
    [
      "passport.heights",
      t("passport.heights_text", {
        used: metres(passport.elevation_used_m),
        cell: metres(cell.elevation_m),
        model: metres(passport.model_elevation_m),
        difference: `${format.signed(passport.height_difference_m, 0)} ${format.unit("m")}`,
      }),
    ],
    [
      "passport.correction",
      passport.mean_temperature_correction_k === null
        ? t("passport.correction_hourly")
        : `${format.signed(passport.mean_temperature_correction_k, 2)} K`,
    ],
    [
      "passport.terrain",
      `${t(`passport.terrain.${passport.terrain.kind}`)} · ${terrainSource(passport)}`,
    ],
    ["passport.stations", stations(passport.calibration)],
    ["passport.steps", steps(series)],
    ["passport.members", spread(series)],
    ["passport.licence", licence(passport)],
  ];
}

/** In Chinese where the service knows it; an answer that was kept may be older than that. */
function sourceName({ source_label: label, source_label_zh: chinese = label }) {
  return lang() === "zh" ? chinese : label;
}

function terrainSource({ terrain: { source }, terrain_source_zh: chinese = source }) {
  return lang() === "zh" ? chinese : source;
}

/** The words that the licence asks for stand as they are. */
function licence({ attribution, licence: terms }) {
  const text = [attribution, terms].filter(Boolean).join(" · ");
  return text && t("passport.licence_text", { text });
}

/** The coordinates with as many decimals as they were typed with. */
function askedFor({ asked: { latitude, longitude }, datum, location }) {
  const typed = location?.precision?.read_from === "digits" ? ofDigits(location.precision) : null;
  const decimals = Math.min(5, Math.max(...(typed?.digits ?? [5])));
  const shown = format.coordinates(latitude, longitude, decimals);
  return location?.readings ? shown : `${shown}（${datum}）`;
}

/** How exact the coordinates are, in which datum, and what that may lead to. */
function exact({ passport: { location }, bundle }) {
  if (bundle) return [];
  const edge = ["passport.edge", location ? format.distance(location.edge_m) : ""];
  const { place } = context.state;
  if (!isAbout(place, location)) {
    // of coordinates, an answer that was kept is about others at this point
    const named = !place.digits && !place.precision;
    return [["passport.exact", named ? t("passport.exact.name") : ""], edge];
  }
  const { precision, radius_m: radius, datum, datum_declared: declared, transformed } = location;
  const length = /^([\d.]+)(k?m)$/.exec(place.precision ?? "");
  const degrees = [precision.latitude, precision.longitude].map((half) => `±${Number(half.toPrecision(2))}°`);
  const halves = length ? `±${length[1]} ${t(`unit.${length[2]}`)}` : [...new Set(degrees)].join(" / ");
  const read = t(`passport.exact.${precision.read_from}`, { halves, distance: format.distance(radius) });
  const moved =
    transformed &&
    t("passport.transformed", { by: transformed.by, distance: format.distance(transformed.distance_m) });
  const said = declared ? t("passport.datum_said") : t("passport.datum_unsaid");
  return [
    ["passport.exact", read],
    edge,
    ["passport.datum", [`${t(`doubt.map.${datum}`)}${said}`, ...readings(location), moved].filter(Boolean).join(" · ")],
    ["passport.chance", format.chance(location.chance_other_cell)],
  ];
}

function stations({ applied, reason, observed_until: until, variables = {} }) {
  if (!applied) {
    const [, key] = REASONS.find(([said]) => said === reason) ?? [];
    const why = key ? t(key) : reason;
    return `${t("passport.stations_none")}${why ? `（${why}）` : ""}`;
  }
  const parts = Object.entries(variables).map(
    ([name, { mean_k: mean }]) =>
      `${has(`variable.${name}`) ? variable(name) : name} ${format.signed(mean, 2)} K`,
  );
  return [until ? t("passport.stations_until", { time: until }) : "", ...parts]
    .filter(Boolean)
    .join(" · ");
}

/** How many of the hours are the model's own steps. */
function steps(series) {
  const { length } = series.hourly.time;
  const own = Array.from({ length }, (_, index) => origin(series, "temperature_2m", index)).filter(
    (how) => how === "model",
  ).length;
  return t("passport.steps_text", { own, all: length });
}

function spread(series) {
  const count = members(series);
  if (count < 2) return t("passport.members_one");
  const { method, calibration } = series.passport.members;
  const corrected = calibration?.applied
    ? t("passport.members_corrected")
    : t("passport.members_raw");
  return `${t("passport.members_text", { count, method })}${corrected}`;
}
