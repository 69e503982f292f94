/**
 * Numbers, times and units as people read them. Times of an answer carry the region's own clock
 * (`2025-04-10T08:00:00+08:00`): what is written there is what is shown, whatever the phone's zone.
 */

import { lang, t, tag } from "./words.js";

export const NOTHING = "–";

const SIGNS = {
  degC: "°C",
  K: "K",
  "m s-1": "m/s",
  mm: "mm",
  "%": "%",
  kPa: "kPa",
  hPa: "hPa",
  "W m-2": "W/m²",
  "MJ m-2": "MJ/m²",
  degree: "°",
  m: "m",
  1: "",
};
const WORDED = { "m s-1": "unit.ms", mm: "unit.mm", m: "unit.m" };
const HOUR_MS = 3600e3;

/** @param {string} units  of the answer  @returns {string} as it stands behind a number */
export function unit(units) {
  return WORDED[units] ? t(WORDED[units]) : (SIGNS[units] ?? units);
}

/**
 * @param {number|null|undefined} value
 * @param {number} [decimals]
 * @returns {string} with a true minus; a dash where it is missing
 */
export function number(value, decimals = 0) {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** A number with its sign and unit. @param {number|null} value @param {string} units @param {number} [decimals] */
export function amount(value, units, decimals = 0) {
  const text = number(value, decimals);
  if (text === NOTHING) return text;
  const sign = unit(units);
  return ["°C", "%", "°"].includes(sign) ? `${text}${sign}` : `${text} ${sign}`.trim();
}

/** A difference that always carries its sign. */
export function signed(value, decimals = 1) {
  const text = number(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** @param {number|null} share  0 to 1  @returns {string} per cent, in steps of five between the ends */
export function chance(share) {
  if (share === null || share === undefined) return NOTHING;
  const cent = 100 * share;
  if (cent > 0 && cent < 5) return "<5%";
  if (cent < 100 && cent > 95) return ">95%";
  return `${Math.round(cent / 5) * 5}%`;
}

/** @param {string} local  as `2025-04-10T08:00:00+08:00`  @returns {string} `08:00` */
export function clock(local) {
  return local.slice(11, 16);
}

/** @param {string} local  @returns {string} its date, `2025-04-10` */
export function dateOf(local) {
  return local.slice(0, 10);
}

/**
 * A date in short: `4月10日 周四`, `Thu 10 Apr`.
 * @param {string} date  `2025-04-10`
 * @param {{weekday?: boolean, month?: boolean}} [parts]
 */
export function day(date, { weekday = true, month = true } = {}) {
  const noon = new Date(`${date.slice(0, 10)}T12:00:00Z`);
  const options = { timeZone: "UTC", day: "numeric" };
  if (month) options.month = lang() === "zh" ? "numeric" : "short";
  const shown = month
    ? noon.toLocaleDateString(lang() === "zh" ? "zh-CN" : "en-GB", {
        ...options,
        month: lang() === "zh" ? "long" : "short",
      })
    : String(noon.getUTCDate());
  if (!weekday) return shown;
  return lang() === "zh" ? `${shown} ${weekdayOf(date)}` : `${weekdayOf(date)} ${shown}`;
}

/** @param {string} date  @returns {string} `周四`, `Thu` */
export function weekdayOf(date) {
  const noon = new Date(`${date.slice(0, 10)}T12:00:00Z`);
  return noon.toLocaleDateString(lang() === "zh" ? "zh-CN" : "en-GB", {
    timeZone: "UTC",
    weekday: "short",
  });
}

/**
 * How a day stands to today: `今天`, `明天`, else its weekday.
 * @param {string} date
 * @param {string} today
 */
export function relativeDay(date, today) {
  const days = Math.round(
    (Date.parse(date.slice(0, 10)) - Date.parse(today.slice(0, 10))) / 86400e3,
  );
  return days === 0 ? t("day.today") : days === 1 ? t("day.tomorrow") : weekdayOf(date);
}

/**
 * A local time with its day: `4月10日 周四 08:00`.
 * @param {string} local
 */
export function moment(local) {
  return `${day(local)} ${clock(local)}`;
}

/**
 * An instant (UTC) as the clock on the wall of a zone shows it.
 * @param {string|Date} instant
 * @param {string} zone  IANA name
 */
export function instant(instant, zone) {
  const options = {
    timeZone: zone,
    month: lang() === "zh" ? "long" : "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  return new Date(instant).toLocaleString(lang() === "zh" ? "zh-CN" : "en-GB", options);
}

/** The local time of an instant in a zone, as answers write it: `2025-04-10T14:00`. */
export function localTime(instant, zone) {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  });
  return parts.format(new Date(instant)).replace(" ", "T");
}

/** How long ago, in words. @param {number} ms */
export function ago(ms) {
  const minutes = Math.max(0, Math.round(ms / 60000));
  if (minutes < 60) return t("ago.minutes", { count: minutes });
  const hours = Math.round(ms / HOUR_MS);
  return hours < 48
    ? t("ago.hours", { count: hours })
    : t("ago.days", { count: Math.round(hours / 24) });
}

/** @param {number} metres */
export function distance(metres) {
  return metres < 1000
    ? `${Math.round(metres)} ${t("unit.m")}`
    : `${number(metres / 1000, 1)} ${t("unit.km")}`;
}

/** @param {number} latitude  @param {number} longitude  @param {number} [decimals] */
export function coordinates(latitude, longitude, decimals = 3) {
  const values = {
    latitude: Math.abs(latitude).toFixed(decimals),
    longitude: Math.abs(longitude).toFixed(decimals),
    ns: t(latitude < 0 ? "compass.south" : "compass.north"),
    ew: t(longitude < 0 ? "compass.west" : "compass.east"),
  };
  return t("where.coordinates", values);
}

/** Where wind comes from, in eighths of the circle. @param {number|null} degrees */
export function compass(degrees) {
  if (degrees === null || degrees === undefined) return NOTHING;
  const eighth = Math.round(degrees / 45) % 8;
  return t(`wind.${eighth}`);
}

/** Beaufort number of a wind, by WMO's lower bounds. @param {number|null} speed  m/s */
export function beaufort(speed) {
  if (speed === null || speed === undefined) return null;
  const bounds = [0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7];
  return bounds.filter((bound) => speed >= bound).length;
}

/** The language tag that texts carry. */
export function languageTag() {
  return tag();
}
