/** The values of one hour of the meteogram, in sight while the charts are touched. */

import { el } from "./dom.js";
import * as format from "./format.js";
import { shown } from "./passport.js";
import { chanceOfRain, origin, range } from "./series.js";
import { t, variable } from "./words.js";

/** Values that stay in sight while the charts are touched; the passport has all of them. */
const BESIDE = [
  "temperature_2m",
  "precipitation",
  "wind_speed_10m",
  "wind_gust_10m",
  "relative_humidity_2m",
];
const RANGED = ["temperature_2m"];

/**
 * @param {Object} series  answer of /v1/forecast
 * @param {number} index  hour
 * @param {() => void} showAll  opens the passport of the hour
 * @returns {{nodes: Element[], words: string}} what is shown, and the same in short for the slider
 */
export function chosenHour(series, index, showAll) {
  const names = BESIDE.filter((name) => name in series.hourly);
  const time = format.moment(series.hourly.local_time[index]);
  const rows = names.map((name) => [variable(name), valued(series, name, index)]);
  const chance = chanceOfRain(series);
  if (chance)
    rows.splice(2, 0, [t("meteogram.chance_short"), format.chance(series.hourly[chance][index])]);
  const how = origin(series, "temperature_2m", index);
  const button = {
    class: "button small",
    text: t("passport.of_hour"),
    attrs: { type: "button" },
    on: { click: showAll },
  };
  const head = el("p", { class: "chosen-head" }, [
    el("strong", { text: time }),
    how ? el("span", { class: "quiet", text: t(`origin.${how}`) }) : null,
    el("button", button),
  ]);
  const list = el(
    "dl",
    {},
    rows.map(([name, text]) => el("div", {}, [el("dt", { text: name }), el("dd", { text })])),
  );
  const words = rows
    .slice(0, 4)
    .map(([name, text]) => `${name} ${text}`)
    .join(t("welcome.join"));
  return { nodes: [head, list], words: `${time} ${words}` };
}

function valued(series, name, index) {
  const text = shown(series, name, index);
  const found = RANGED.includes(name) ? range(series.hourly, name, index) : null;
  const [low, high] = found ? [found.low, found.high].map((value) => format.number(value, 0)) : [];
  return low === high ? text : `${text} (${low}…${high})`;
}
