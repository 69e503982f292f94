/** The next 24 hours as sentences. */

import * as format from "./format.js";
import { chanceOfRain, over } from "./series.js";
import * as signs from "./signs.js";
import { t } from "./words.js";

const SPAN = 24;

/**
 * @param {Object} series  answer of /v1/forecast
 * @param {number} from  index of the hour that is now
 * @returns {string[]} sentences
 */
export function nextDay(series, from) {
  const to = Math.min(from + SPAN + 1, series.hourly.time.length);
  const sentences = [skySentence(series, from, to), temperature(series, from, to)];
  sentences.push(rain(series, from + 1, to), wind(series, from, to));
  return sentences.filter(Boolean);
}

/** The time of an hour, with `明天` where it is not today. */
export function when(series, index, from) {
  const { local_time: local } = series.hourly;
  const [there, here] = [local[index], local[from]].map(format.dateOf);
  const hour = format.clock(local[index]);
  return there === here
    ? hour
    : t("summary.on_day", { day: format.relativeDay(there, here), hour });
}

function skySentence(series, from, to) {
  const halves = [
    [from, Math.floor((from + to) / 2)],
    [Math.floor((from + to) / 2), to],
  ].map(([first, last]) => skyOf(series, first, last));
  if (halves.some((name) => name === "unknown")) return "";
  const [before, after] = halves.map((name) => t(`sign.${name}`));
  return before === after
    ? t("summary.sky", { sky: before })
    : t("summary.sky_turns", { before, after });
}

function skyOf(series, from, to) {
  const cloud = over(series, "cloud_cover", from, to)?.mean ?? null;
  return signs.ofDay({ cloud, rain: null, snow: null });
}

function temperature(series, from, to) {
  const found = over(series, "temperature_2m", from, to);
  if (!found) return "";
  return t("summary.temperature", {
    min: format.amount(found.min, "degC", 1),
    min_at: when(series, found.minAt, from),
    max: format.amount(found.max, "degC", 1),
    max_at: when(series, found.maxAt, from),
  });
}

function rain(series, from, to) {
  const found = over(series, "precipitation", from, to);
  if (!found) return "";
  const column = chanceOfRain(series);
  const most = column ? over(series, column, from, to) : null;
  const risk =
    most && most.max >= 0.05
      ? t("summary.chance", { chance: format.chance(most.max), at: when(series, most.maxAt, from) })
      : "";
  if (found.sum < 0.05) return most && risk ? t("summary.dry_but", { risk }) : t("summary.dry");
  const snow = over(series, "snowfall_water", from, to)?.sum ?? 0;
  const key = snow > 0.8 * found.sum ? "summary.snow" : "summary.rain";
  const first = series.hourly.precipitation.findIndex(
    (value, index) => index >= from && index < to && value >= 0.1,
  );
  const begins =
    first >= 0 ? t("summary.from", { at: when(series, Math.max(first - 1, from - 1), from) }) : "";
  return t(key, { sum: format.amount(found.sum, "mm", 1), begins, risk });
}

function wind(series, from, to) {
  const found = over(series, "wind_speed_10m", from, to);
  if (!found) return "";
  const gust = over(series, "wind_gust_10m", from, to);
  const strongest = t("summary.wind", {
    from: format.compass(series.hourly.wind_direction_10m?.[found.maxAt]),
    force: format.beaufort(found.max),
    speed: format.amount(found.max, "m s-1", 0),
    at: when(series, found.maxAt, from),
  });
  if (!gust) return strongest;
  const values = { force: format.beaufort(gust.max), speed: format.amount(gust.max, "m s-1", 0) };
  return `${strongest}${t("summary.gust", values)}`;
}
