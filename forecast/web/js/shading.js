/** What the panels of the meteogram are drawn upon, and the arrows of the wind. */

import { sunHeight } from "./series.js";

/** Height of the middle of the sun at sunset, degrees: its radius and refraction. */
const SUNSET = -0.8;

/**
 * Nights and midnights of the answer.
 * @param {Object} series
 * @returns {{nights: Array<[number, number]>, midnights: number[]}} in hours of the answer
 */
export function shadingOf(series) {
  const { latitude, longitude } = series.passport.asked;
  const nights = [];
  const midnights = [];
  for (const [index, time] of series.hourly.time.entries()) {
    if (series.hourly.local_time[index].slice(11, 13) === "00") midnights.push(index);
    if (sunHeight(latitude, longitude, new Date(time)) >= SUNSET) continue;
    const last = nights.at(-1);
    if (last && last[1] === index - 0.5) last[1] = index + 0.5;
    else nights.push([index - 0.5, index + 0.5]);
  }
  return { nights, midnights };
}

/** What lies behind the lines: nights, midnights, now, the chosen hour, and the mark of the panel. */
export function ground(plot, panel, { shading, colour, present, chosen }) {
  const { ctx, bbox } = plot;
  const x = (at) => plot.valToPos(at, "x", true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  // the lines that were drawn before may have left theirs
  ctx.setLineDash([]);
  ctx.fillStyle = colour("--night");
  for (const [from, to] of shading.nights)
    ctx.fillRect(x(from), bbox.top, x(to) - x(from), bbox.height);
  const line = (ink, width, points) => {
    ctx.strokeStyle = ink;
    ctx.lineWidth = width * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(...points[0]);
    ctx.lineTo(...points[1]);
    ctx.stroke();
  };
  const upright = (at) => [
    [x(at), bbox.top],
    [x(at), bbox.top + bbox.height],
  ];
  for (const at of shading.midnights) line(colour("--line"), 1, upright(at));
  line(colour("--accent"), 2, upright(present()));
  line(colour("--ink"), 1, upright(chosen()));
  if (panel.mark !== undefined) {
    const y = plot.valToPos(panel.mark, "y", true);
    line(colour("--cold"), 1, [
      [bbox.left, y],
      [bbox.left + bbox.width, y],
    ]);
  }
  ctx.restore();
}

/** Arrows that fly with the wind, along the top of the panel. */
export function arrows(plot, { series, colour, range }) {
  const directions = series.hourly.wind_direction_10m;
  if (!directions) return;
  const { ctx, bbox } = plot;
  const [from, to] = range();
  const step = Math.max(1, Math.ceil(((to - from) * 26 * devicePixelRatio) / bbox.width));
  const size = 6 * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour("--wind");
  ctx.lineWidth = 1.6 * devicePixelRatio;
  ctx.lineCap = "round";
  ctx.setLineDash([]);
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    if (directions[at] === null || directions[at] === undefined) continue;
    ctx.save();
    ctx.translate(plot.valToPos(at, "x", true), bbox.top + size * 1.4);
    ctx.rotate(((directions[at] + 180) * Math.PI) / 180);
    ctx.beginPath();
    ctx.moveTo(0, size);
    ctx.lineTo(0, -size);
    ctx.moveTo(-size * 0.55, -size * 0.35);
    ctx.lineTo(0, -size);
    ctx.lineTo(size * 0.55, -size * 0.35);
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}
