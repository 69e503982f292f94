/**
 * The panels of the meteogram as options and data for uPlot. The x axis counts the hours of the answer,
 * so that its labels are the region's own clock.
 */

import * as format from "./format.js";
import { chanceOfRain } from "./series.js";
import { arrows, ground } from "./shading.js";
import { t, variable } from "./words.js";

const AXIS_LEFT = 40;
const AXIS_RIGHT = 38;
const AXIS_BELOW = 22;

/**
 * What is drawn: lines of the left scale, lines of the right scale, from top to bottom. `band` draws P10 to
 * P90 where there are members.
 */
const PANELS = [
  {
    id: "temperature",
    height: 170,
    lines: [
      { name: "temperature_2m", colour: "--warm", band: true },
      { name: "dew_point_2m", colour: "--cold", dashed: true },
    ],
    mark: 0,
  },
  {
    id: "rain",
    height: 110,
    lines: [{ name: "precipitation", colour: "--rain", bars: true }],
    right: { name: "chance", colour: "--quiet" },
    least: 1,
  },
  {
    id: "wind",
    height: 130,
    lines: [
      { name: "wind_speed_10m", colour: "--wind", band: true },
      { name: "wind_gust_10m", colour: "--warn", dashed: true },
    ],
    arrows: true,
    least: 5,
  },
  {
    id: "humidity",
    height: 110,
    lines: [{ name: "relative_humidity_2m", colour: "--humid", band: true }],
    right: { name: "vapour_pressure_deficit", colour: "--sun", dashed: true },
    full: [0, 100],
  },
  {
    id: "radiation",
    height: 95,
    lines: [{ name: "shortwave_down", colour: "--sun", area: true }],
    least: 100,
  },
  { id: "soil", height: 95, lines: [{ name: "soil_temperature_5cm", colour: "--soil" }] },
];

/**
 * The panels that an answer has values for.
 * @param {Object} series
 * @returns {Array<Object>} panels, each with `lines` that are there and `keys` for its legend
 */
export function panelsOf(series) {
  const chance = chanceOfRain(series);
  const there = (line) => {
    const name = line?.name === "chance" ? chance : line?.name;
    return name && series.hourly[name]?.some((value) => value !== null)
      ? { ...line, column: name }
      : null;
  };
  return PANELS.map((panel) => {
    const lines = panel.lines.map(there).filter(Boolean);
    return { ...panel, lines, right: there(panel.right), keys: [] };
  }).filter(({ lines }) => lines.length > 0);
}

/** Label and unit of a line. */
export function labelOf(line, series) {
  if (line.name === "chance") return t("meteogram.chance");
  return `${variable(line.name)} ${format.unit(series.units[line.name])}`.trim();
}

/**
 * Options and data of a panel.
 * @param {Object} panel  of `panelsOf`
 * @param {Object} about  {series, shading, colour: (name) => string, font, sync, width, room, range, present, chosen, onHour}
 * @returns {{options: Object, data: Array}}
 */
export function chart(panel, about) {
  const { series, colour } = about;
  const count = series.hourly.time.length;
  const data = [Array.from({ length: count }, (_, index) => index)];
  const drawn = [{}];
  const bands = [];
  for (const line of panel.lines) {
    if (line.band) addBand({ line, data, drawn, bands, about });
    data.push(series.hourly[line.column]);
    drawn.push(stroke(line, "y", colour));
  }
  if (panel.right) {
    const values = series.hourly[panel.right.column];
    data.push(
      panel.right.name === "chance"
        ? values.map((value) => (value === null ? null : 100 * value))
        : values,
    );
    drawn.push(stroke(panel.right, "right", colour));
  }
  const options = {
    width: about.width,
    height: panel.height + AXIS_BELOW,
    legend: { show: false },
    cursor: {
      sync: { key: about.sync },
      drag: { x: false, y: false },
      x: false,
      y: false,
      points: { size: 7 },
    },
    scales: {
      x: { time: false, range: () => about.range() },
      y: { range: (_, low, high) => bounds(panel, low, high) },
      right: { range: (_, low, high) => rightBounds(panel, high) },
    },
    axes: axes(panel, about),
    series: drawn,
    bands,
    hooks: {
      drawClear: [(plot) => ground(plot, panel, about)],
      draw: [(plot) => panel.arrows && arrows(plot, about)],
      setCursor: [(plot) => about.onHour(plot.cursor.idx)],
    },
  };
  return { options, data };
}

function addBand({ line, data, drawn, bands, about: { series, colour } }) {
  const [low, high] = [10, 90].map((level) => series.hourly[`${line.name}_p${level}`]);
  if (!low || !high) return;
  data.push(low, high);
  const bare = { scale: "y", stroke: "transparent", width: 0, points: { show: false } };
  drawn.push(bare, bare);
  bands.push({ series: [data.length - 1, data.length - 2], fill: `${colour(line.colour)}40` });
}

function stroke(line, scale, colour) {
  const ink = colour(line.colour);
  const style = { scale, stroke: ink, width: 2, points: { show: false } };
  if (line.dashed) style.dash = [5, 4];
  if (line.name === "chance") Object.assign(style, { width: 1.5, dash: [2, 3] });
  if (line.area) style.fill = `${ink}38`;
  if (line.bars) {
    // what fell stands at the end of its hour
    Object.assign(style, {
      fill: ink,
      width: 0,
      paths: globalThis.uPlot.paths.bars({ size: [0.92, 24, 1], align: -1 }),
    });
  }
  return style;
}

function bounds({ full, least = 0, lines, arrows: arrowed }, low, high) {
  if (full) return full;
  if (low === null || high === null) return [0, least || 1];
  const zero = lines[0].name.includes("temperature") ? null : 0;
  const room = Math.max((high - low) * 0.08, 0.3);
  const above = arrowed ? 1.3 : 1.08;
  return zero === 0
    ? [0, Math.max(high * above, least)]
    : [Math.floor(low - room), Math.ceil(high + room)];
}

function rightBounds(panel, high) {
  return panel.right?.name === "chance" ? [0, 100] : [0, Math.max((high ?? 0) * 1.1, 1)];
}

function axes(panel, about) {
  const { colour, font } = about;
  const look = { stroke: colour("--quiet"), font, ticks: { show: false }, border: { show: false } };
  const grid = { stroke: colour("--line"), width: 1 };
  const numbers = (plot, splits) => splits.map((value) => format.number(value, value % 1 ? 1 : 0));
  return [
    {
      ...look,
      size: AXIS_BELOW,
      gap: 4,
      grid: { show: false },
      splits: (plot, axis, from, to) => labelled(about, from, to).map(({ at }) => at),
      values: (plot) =>
        labelled(about, plot.scales.x.min, plot.scales.x.max).map(({ text }) => text),
    },
    { ...look, scale: "y", size: AXIS_LEFT, gap: 4, grid, space: 26, values: numbers },
    {
      ...look,
      scale: "right",
      side: 1,
      size: AXIS_RIGHT,
      gap: 4,
      grid: { show: false },
      space: 26,
      show: true,
      values: panel.right ? numbers : (plot, splits) => splits.map(() => ""),
    },
  ];
}

/** Where the axis of time has labels: a day at its noon, and hours where few days are shown. */
function labelled({ series, room }, from, to) {
  const { local_time: local } = series.hourly;
  const width = (24 * room()) / (to - from);
  const step = width > 190 ? 6 : width > 95 ? 12 : 24;
  const labels = [];
  for (let at = Math.max(Math.ceil(from), 0); at <= Math.min(to, local.length - 1); at += 1) {
    const hour = Number(local[at].slice(11, 13));
    if (step === 24 ? hour === 12 : hour % step === 0) {
      const isDay = step === 24 || hour === 0;
      labels.push({
        at,
        text: isDay ? dayLabel(local[at], width) : format.clock(local[at]).slice(0, 2),
      });
    }
  }
  return labels;
}

function dayLabel(local, width) {
  if (width < 36) return String(Number(local.slice(8, 10)));
  return width < 80
    ? format.weekdayOf(local)
    : `${format.weekdayOf(local)} ${Number(local.slice(8, 10))}`;
}
