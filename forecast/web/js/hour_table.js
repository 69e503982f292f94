/** All hours as a table: what the charts show, for who cannot see them. */

import { el } from "./dom.js";
import * as format from "./format.js";
import { t, variable } from "./words.js";

const TOLD = [
  "temperature_2m",
  "precipitation",
  "wind_speed_10m",
  "wind_direction_10m",
  "wind_gust_10m",
  "relative_humidity_2m",
  "vapour_pressure_deficit",
  "dew_point_2m",
  "cloud_cover",
  "shortwave_down",
  "soil_temperature_5cm",
];

/**
 * A table of all hours, made when it is opened.
 * @param {Object} series  answer of /v1/forecast
 * @param {number} from  first hour
 */
export function tableBox(series, from) {
  const body = el("div", {
    class: "hours-table",
    attrs: { tabindex: 0, role: "region", "aria-label": t("meteogram.table") },
  });
  const toggle = (event) =>
    event.target.open && !body.firstChild && body.append(table(series, from));
  return el("details", { on: { toggle } }, [el("summary", { text: t("meteogram.table") }), body]);
}

function table(series, from) {
  const names = TOLD.filter((name) => name in series.hourly);
  const unit = (name) => (series.units[name] === "degree" ? "" : format.unit(series.units[name]));
  const heads = [t("glance.head.day"), ...names.map((name) => `${variable(name)} ${unit(name)}`)];
  const rows = series.hourly.time.slice(from).map((_, offset) => {
    const index = from + offset;
    const cells = names.map((name) => el("td", { text: bare(series, name, index) }));
    return el("tr", {}, [
      el("th", { text: format.moment(series.hourly.local_time[index]), attrs: { scope: "row" } }),
      ...cells,
    ]);
  });
  return el("table", { class: "table" }, [
    el("thead", {}, [
      el(
        "tr",
        {},
        heads.map((text) => el("th", { text, attrs: { scope: "col" } })),
      ),
    ]),
    el("tbody", {}, rows),
  ]);
}

function bare(series, name, index) {
  const value = series.hourly[name][index];
  if (series.units[name] === "degree") return format.compass(value);
  return format.number(
    value,
    ["degC", "m s-1", "mm"].includes(series.units[name]) ? 1 : series.units[name] === "kPa" ? 2 : 0,
  );
}
