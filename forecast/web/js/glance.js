/** Now, the next 24 hours in words, and the days as a table. */

import * as api from "./api.js";
import { byId, el, fill, scroller } from "./dom.js";
import * as format from "./format.js";
import { chanceOfRain, days, indexAt, members, range, sunHeight } from "./series.js";
import * as signs from "./signs.js";
import { nextDay } from "./summary.js";
import { t } from "./words.js";

const wet = { series: null, times: [], values: [] };
let context = null;

/** @param {HTMLElement} root  @param {import("./app.js").Context} given */
export function mount(root, given) {
  context = given;
}

/** @param {import("./app.js").Context} given */
export function update(given) {
  context = given;
  const root = byId("glance-body");
  const { series, loading } = context;
  if (!series) {
    fill(root, [
      el("p", { class: "quiet", text: loading.series ? t("page.loading") : t("glance.none") }),
    ]);
    return;
  }
  const at = indexAt(series, context.now);
  fill(root, [
    el("div", { class: "now" }, present(series, at)),
    el("p", { class: "summary", text: nextDay(series, at).join("") }),
    dayChoice(),
    scroller(t("glance.caption"), table(series, at)),
    el("p", { class: "quiet", text: legend(series) }),
  ]);
  askWetDays(series);
}

/** What the hour that is now shows. */
function present(series, at) {
  const { hourly } = series;
  const value = (name) => hourly[name]?.[at] ?? null;
  const [rain, snow] = ["precipitation", "snowfall_water"].map(
    (name) => hourly[name]?.[Math.min(at + 1, hourly.time.length - 1)],
  );
  const { latitude, longitude } = series.passport.asked;
  const dark = sunHeight(latitude, longitude, new Date(hourly.time[at])) < -0.8;
  const sign = signs.ofHour({ cloud: value("cloud_cover"), rain, snow }, dark);
  const spread = range(hourly, "temperature_2m", at);
  const more = [
    [
      t("variable.wind_speed_10m"),
      t("glance.wind", {
        from: format.compass(value("wind_direction_10m")),
        force: format.beaufort(value("wind_speed_10m")) ?? format.NOTHING,
        speed: format.amount(value("wind_speed_10m"), "m s-1", 1),
      }),
    ],
    [t("variable.relative_humidity_2m"), format.amount(value("relative_humidity_2m"), "%")],
    [t("variable.soil_temperature_5cm"), format.amount(value("soil_temperature_5cm"), "degC", 1)],
    [
      t("variable.vapour_pressure_deficit"),
      format.amount(value("vapour_pressure_deficit"), "kPa", 2),
    ],
  ].filter(([, text]) => text !== format.NOTHING);
  const passport = {
    class: "now-value",
    attrs: { type: "button", title: t("passport.of_value") },
    on: { click: () => context.actions.passport(at) },
  };
  return [
    signs.draw(sign),
    el("div", { class: "now-main" }, [
      el("p", {
        class: "quiet",
        text: t("glance.at", { time: format.moment(hourly.local_time[at]) }),
      }),
      el("p", { class: "now-line" }, [
        el("button", passport, [
          format.amount(value("temperature_2m"), "degC", 1),
          el("span", { class: "visually-hidden", text: ` ${t("passport.of_value")}` }),
        ]),
        el("span", { class: "now-sky", text: t(`sign.${sign}`) }),
      ]),
      spread && spread.low !== spread.high
        ? el("p", {
            class: "quiet",
            text: t("glance.range", {
              low: format.number(spread.low, 1),
              high: format.amount(spread.high, "degC", 1),
            }),
          })
        : null,
    ]),
    el(
      "dl",
      { class: "now-more" },
      more.map(([name, text]) => el("div", {}, [el("dt", { text: name }), el("dd", { text })])),
    ),
  ];
}

/** From when to when a day goes. */
function dayChoice() {
  const choice = (day) =>
    el("button", {
      class: "segment",
      text: t(`glance.day.${day}`),
      attrs: { type: "button", "aria-pressed": String(context.state.day === day) },
      on: { click: () => context.store.set({ day }) },
    });
  const group = {
    class: "segments no-print",
    attrs: { role: "group", "aria-label": t("glance.day.label") },
  };
  return el("div", group, [choice("local"), choice("20-20")]);
}

function table(series, at) {
  const list = days(series, context.now);
  const known = list
    .flatMap(({ values }) => [values.min, values.max])
    .filter((value) => value !== null);
  const scale = { least: Math.min(...known), most: Math.max(...known) };
  const today = series.hourly.local_time[at];
  const heads = ["day", "weather", "temperature", "rain", "wind"].map((name) =>
    el("th", { class: `col-${name}`, text: t(`glance.head.${name}`), attrs: { scope: "col" } }),
  );
  return el("table", { class: "table days" }, [
    el("caption", { class: "visually-hidden", text: t("glance.caption") }),
    el("thead", {}, [el("tr", {}, heads)]),
    el(
      "tbody",
      {},
      list.map((day) => row(series, day, { scale, today })),
    ),
  ]);
}

function row(series, day, { scale, today }) {
  const { values } = day;
  const sign = signs.ofDay(values);
  const name = [
    el("span", { class: "day-name", text: dayName(day.date, today) }),
    el("span", { class: "quiet", text: format.day(day.date, { weekday: false }) }),
    day.whole
      ? null
      : el("span", { class: "chip", text: t(day.begun ? "glance.rest" : "glance.part") }),
  ];
  return el("tr", {}, [
    el("th", { class: "col-day", attrs: { scope: "row" } }, name),
    el("td", { class: "col-weather" }, [signs.draw(sign), el("span", { text: t(`sign.${sign}`) })]),
    el("td", { class: "col-temperature" }, temperature(series, day, scale)),
    el("td", { class: "col-rain" }, rain(day)),
    el("td", { class: "col-wind" }, wind(values)),
  ]);
}

/** `Tomorrow` is too long a word for the column of a phone. */
function dayName(date, today) {
  const name = format.relativeDay(date, today);
  return name.length > 6 ? format.weekdayOf(date) : name;
}

/** Lowest and highest, a bar between them, and where eight in ten members lie. */
function temperature(series, day, scale) {
  const { values, index, whole } = day;
  if (values.min === null) return [format.NOTHING];
  const bar = el("span", { class: "bar", attrs: { "aria-hidden": "true" } }, [
    el("span", { class: "bar-part" }),
  ]);
  const width = scale.most - scale.least || 1;
  const part = bar.firstChild.style;
  part.setProperty("--from", `${(100 * (values.min - scale.least)) / width}%`);
  part.setProperty("--to", `${(100 * (scale.most - values.max)) / width}%`);
  const number = (name, kind) => {
    const text = format.amount(values[kind], "degC", 0);
    const spread = whole ? range(series.daily, name, index) : null;
    const low = spread && format.number(spread.low, 0);
    const high = spread && format.number(spread.high, 0);
    const told = spread && low !== high ? el("small", { text: `${low}…${high}` }) : null;
    return el("span", { class: kind }, [
      el("span", { class: "visually-hidden", text: t(`glance.${kind}`) }),
      text,
      told,
    ]);
  };
  return [
    el("span", { class: "temperatures" }, [
      number("temperature_2m_min", "min"),
      bar,
      number("temperature_2m_max", "max"),
    ]),
  ];
}

function rain(day) {
  const { rain: sum } = day.values;
  const chance = chanceOf(day);
  const shown = sum !== null && sum < 0.05 ? "0" : format.number(sum, sum >= 10 ? 0 : 1);
  return [
    el("span", { class: sum >= 0.1 ? "wet" : "", text: shown }),
    chance === null ? null : el("small", { text: format.chance(chance) }),
  ];
}

function wind({ wind: speed, gust, direction }) {
  if (speed === null) return [format.NOTHING];
  const force = t("glance.force", { force: format.beaufort(speed) });
  const strong =
    gust === null
      ? null
      : el("small", {
          class: gust >= 17.2 ? "strong" : "",
          text: t("glance.gust", { force: format.beaufort(gust) }),
        });
  return [el("span", { text: `${format.compass(direction)} ${force}` }), strong];
}

function legend(series) {
  const count = members(series);
  const single = chanceOfRain(series) ? "glance.single_near" : "glance.single";
  const told = count > 1 ? t("glance.members", { count }) : t(single);
  return told + t("glance.zone", { zone: series.timezone });
}

/** The chance of rain of whole days comes by a question of its own, a small one, after the rest. */
async function askWetDays(series) {
  if (wet.series === series || members(series) < 2) return;
  Object.assign(wet, { series, times: [], values: [] });
  try {
    const { data } = await api.wetDays(context.state.place);
    if (wet.series !== series) return;
    const column = Object.keys(data.hourly).find((name) => name.startsWith("probability"));
    Object.assign(wet, { times: data.hourly.time, values: data.hourly[column] ?? [] });
    update(context);
  } catch {
    // the amounts stand without a chance
  }
}

/** Chance of measurable rain over the whole day, 0 to 1, or null where it is not known. */
function chanceOf({ end, whole }) {
  if (!whole) return null;
  const at = wet.times.findIndex((time) => Date.parse(time) === Date.parse(end));
  return at < 0 ? null : (wet.values[at] ?? null);
}
