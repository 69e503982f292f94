/**
 * Weather signs, drawn here, and the word for each. A sign never stands without its word.
 *
 * Sky by cloud cover (%): clear below 20, fair below 50, cloudy below 80, else overcast. Rain and snow of a
 * day by the grades of GB/T 28592-2012 (24 hours, mm): rain 10, 25, 50, 100; snow 2.5, 5, 10.
 */

import { svg } from "./dom.js";

const RAIN_OF_DAY = [0.1, 10, 25, 50, 100];
const SNOW_OF_DAY = [0.1, 2.5, 5, 10];
const MEASURABLE = 0.1;
const CLOUD = "M17 34h28a9 9 0 0 0 1.5-17.9A14 14 0 0 0 20 13a11 11 0 0 0-3 21Z";

/**
 * @param {{cloud: number|null, rain: number|null, snow: number|null}} weather  of an hour
 * @param {boolean} night
 * @returns {string} name of the sign
 */
export function ofHour({ cloud, rain, snow }, night) {
  if (rain >= MEASURABLE) return fallen(rain, snow, "rain", "snow");
  return sky(cloud, night);
}

/**
 * @param {{cloud: number|null, rain: number|null, snow: number|null}} weather  of a day, sums in mm
 * @returns {string} name of the sign
 */
export function ofDay({ cloud, rain, snow }) {
  if (!(rain >= MEASURABLE)) return sky(cloud, false);
  const grade = (value, bounds) => bounds.filter((bound) => value >= bound).length;
  return fallen(rain, snow, `rain-${grade(rain, RAIN_OF_DAY)}`, `snow-${grade(snow, SNOW_OF_DAY)}`);
}

/** Rain, snow, or both; `snow` is the part of `rain` that falls as snow. */
function fallen(rain, snow, wet, white) {
  const share = (snow ?? 0) / rain;
  if (share > 0.8 && snow >= MEASURABLE) return white;
  return share > 0.2 && snow >= MEASURABLE ? "sleet" : wet;
}

function sky(cloud, night) {
  if (cloud === null || cloud === undefined) return "unknown";
  const name = cloud < 20 ? "clear" : cloud < 50 ? "fair" : cloud < 80 ? "cloudy" : "overcast";
  return night && cloud < 50 ? `${name}-night` : name;
}

/**
 * @param {string} name  of a sign
 * @returns {SVGElement} hidden from screen readers: its word stands beside it
 */
export function draw(name) {
  const parts = [];
  const [kind, grade] = name.split("-");
  if (["clear", "fair", "cloudy"].includes(kind)) {
    parts.push(...(grade === "night" ? moon(kind) : sun(kind)));
  }
  if (!["clear", "unknown"].includes(kind)) parts.push(cloud(kind));
  if (["rain", "sleet"].includes(kind)) parts.push(...drops(Number(grade ?? 1), kind === "sleet"));
  if (["snow", "sleet"].includes(kind)) parts.push(...flakes(kind === "sleet"));
  if (kind === "unknown")
    parts.push(svg("path", { class: "sign-line", attrs: { d: "M24 30h16" } }));
  const attrs = { viewBox: "0 0 64 56", "aria-hidden": "true", focusable: "false" };
  return svg("svg", { class: "sign", attrs }, parts);
}

function sun(kind) {
  const [x, y, r] = kind === "clear" ? [32, 27, 11] : [22, 18, 9];
  const rays = Array.from({ length: 8 }, (_, step) => {
    const angle = (step * Math.PI) / 4;
    const at = (reach) =>
      `${(x + reach * Math.cos(angle)).toFixed(1)} ${(y + reach * Math.sin(angle)).toFixed(1)}`;
    return `M${at(r + 4)}L${at(r + 8)}`;
  });
  return [
    svg("circle", { class: "sign-sun", attrs: { cx: x, cy: y, r } }),
    svg("path", { class: "sign-ray", attrs: { d: rays.join("") } }),
  ];
}

function moon(kind) {
  const [x, y] = kind === "clear" ? [32, 27] : [22, 18];
  const d = `M${x + 4} ${y - 12}a12 12 0 1 0 8 18a10 10 0 0 1-8-18Z`;
  return [svg("path", { class: "sign-moon", attrs: { d } })];
}

function cloud(kind) {
  const low = kind === "fair" ? "translate(8 12) scale(.86)" : "translate(1 6)";
  const dark = ["overcast", "rain", "sleet", "snow"].includes(kind)
    ? "sign-cloud dark"
    : "sign-cloud";
  return svg("path", { class: dark, attrs: { d: CLOUD, transform: low } });
}

function drops(grade, few) {
  const places = few
    ? [24]
    : [[32], [26, 38], [22, 32, 42], [20, 28, 36, 44], [18, 25, 32, 39, 46]][
        Math.min(Math.max(grade, 1), 5) - 1
      ];
  const d = places.map((x) => `M${x + 2} 44l-3 8`).join("");
  return [svg("path", { class: "sign-drop", attrs: { d } })];
}

function flakes(few) {
  const places = few ? [40] : [24, 34, 44];
  const d = places.map((x) => `M${x} 43v8M${x - 3.5} 45l7 4M${x - 3.5} 49l7-4`).join("");
  return [svg("path", { class: "sign-flake", attrs: { d } })];
}
