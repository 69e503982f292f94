/**
 * Reading an answer of /v1/forecast: which hour is now, what a day or a span of hours comes to, how a
 * value came about. Nothing here touches the page.
 */

const HOUR_MS = 3600e3;

/**
 * The hour that is under way: the last that began by now, else the first.
 * @param {Object} series
 * @param {Date} now  the service's clock
 * @returns {number} index of the hour
 */
export function indexAt(series, now) {
  const times = series.hourly.time;
  const first = Date.parse(times[0]);
  const place = Math.floor((now.getTime() - first) / HOUR_MS);
  return Math.min(Math.max(place, 0), times.length - 1);
}

/** @param {Object} series  @returns {string|null} column of the hourly chance of rain */
export function chanceOfRain(series) {
  return (
    Object.keys(series.hourly).find((name) => /^probability\(precipitation>=/.test(name)) ?? null
  );
}

/** @param {Object} series  @returns {number} members behind the answer; 1 for a single forecast */
export function members(series) {
  return series.passport.members?.count ?? 1;
}

/**
 * P10 and P90 beside a value, or null.
 * @param {Object<string, Array<number|null>>} values  `hourly` or `daily`
 * @param {string} name
 * @param {number} index
 * @returns {{low: number, high: number}|null}
 */
export function range(values, name, index) {
  const [low, high] = [10, 90].map((level) => values[`${name}_p${level}`]?.[index] ?? null);
  return low === null || high === null ? null : { low, high };
}

/**
 * How an hour's value came about.
 * @param {Object} series
 * @param {string} name  variable
 * @param {number} index  hour
 * @returns {"model"|"interpolated"|"missing"|null}
 */
export function origin(series, name, index) {
  const runs = series.passport.steps?.[name];
  if (!runs) return null;
  let kind = null;
  for (const [first, what] of runs) {
    if (first > index) break;
    kind = what;
  }
  return kind;
}

/**
 * What a variable does over hours; sums and means stand at the end of their hour.
 * @param {Object} series
 * @param {string} name
 * @param {number} from  first index
 * @param {number} to  one after the last
 * @returns {{min: number, max: number, sum: number, mean: number, minAt: number, maxAt: number, count: number}|null}
 */
export function over(series, name, from, to) {
  const values = series.hourly[name];
  if (!values) return null;
  const found = { min: Infinity, max: -Infinity, sum: 0, minAt: from, maxAt: from, count: 0 };
  for (let index = Math.max(from, 0); index < Math.min(to, values.length); index += 1) {
    const value = values[index];
    if (value === null || value === undefined) continue;
    if (value < found.min) Object.assign(found, { min: value, minAt: index });
    if (value > found.max) Object.assign(found, { max: value, maxAt: index });
    found.sum += value;
    found.count += 1;
  }
  return found.count ? { ...found, mean: found.sum / found.count } : null;
}

/**
 * The days that are not over, today first. A day that the forecast holds only in part is told from the
 * hours that are left, and says so.
 * @param {Object} series
 * @param {Date} now
 * @returns {Array<Object>} {date, start, end, from, to, whole, begun, index, values: {min, max, rain, snow, wind, gust, direction, cloud}}
 */
export function days(series, now) {
  const { daily, hourly } = series;
  const first = Date.parse(hourly.time[0]);
  const present = indexAt(series, now);
  const list = [];
  for (const [index, date] of (daily.time ?? []).entries()) {
    const [start, end] = [daily.start[index], daily.end[index]];
    if (Date.parse(end) <= now.getTime()) continue;
    // an hour belongs to the day in which it ends
    const from = Math.max(Math.round((Date.parse(start) - first) / HOUR_MS) + 1, 0);
    const to = Math.min(Math.round((Date.parse(end) - first) / HOUR_MS) + 1, hourly.time.length);
    if (to <= from) continue;
    const whole = daily.temperature_2m_min?.[index] != null;
    const left = whole ? null : rest(series, Math.max(from, present), to);
    // less than a quarter of a day tells neither its coldest nor its warmest hour
    if (!whole && to - Math.max(from, present) < 6 && list.length > 0) continue;
    const begun = Date.parse(start) <= now.getTime();
    const values = left ?? told(daily, index);
    list.push({ date, start, end, from, to, whole, begun, index, values });
  }
  return list;
}

function told(daily, index) {
  const value = (name) => daily[name]?.[index] ?? null;
  return {
    min: value("temperature_2m_min"),
    max: value("temperature_2m_max"),
    rain: value("precipitation_sum"),
    snow: value("snowfall_water_sum"),
    wind: value("wind_speed_10m_max"),
    gust: value("wind_gust_10m_max"),
    direction: value("wind_direction_10m_dominant"),
    cloud: value("cloud_cover_mean"),
  };
}

function rest(series, from, to) {
  const part = (name, what) => over(series, name, from, to)?.[what] ?? null;
  const rain = part("precipitation", "sum");
  const snow = part("snowfall_water", "sum");
  return {
    min: part("temperature_2m", "min"),
    max: part("temperature_2m", "max"),
    rain: rain === null ? null : Math.round(rain * 10) / 10,
    snow: snow === null ? null : Math.round(snow * 10) / 10,
    wind: part("wind_speed_10m", "max"),
    gust: part("wind_gust_10m", "max"),
    direction: series.hourly.wind_direction_10m?.[part("wind_speed_10m", "maxAt") ?? from] ?? null,
    cloud: part("cloud_cover", "mean"),
  };
}

/**
 * Height of the sun, degrees above the horizon; good to a degree or so (Spencer 1971, as in Iqbal 1983,
 * eqs 1.3.1 and 1.4.1; without refraction).
 * @param {number} latitude  degrees north
 * @param {number} longitude  degrees east
 * @param {Date} instant
 */
export function sunHeight(latitude, longitude, instant) {
  const start = Date.UTC(instant.getUTCFullYear(), 0, 1);
  const days = (instant.getTime() - start) / 86400e3;
  const angle = (2 * Math.PI * Math.floor(days)) / 365;
  const [c, s, c2, s2] = [
    Math.cos(angle),
    Math.sin(angle),
    Math.cos(2 * angle),
    Math.sin(2 * angle),
  ];
  const declination =
    0.006918 -
    0.399912 * c +
    0.070257 * s -
    0.006758 * c2 +
    0.000907 * s2 -
    0.002697 * Math.cos(3 * angle) +
    0.00148 * Math.sin(3 * angle);
  const minutes = 229.18 * (0.000075 + 0.001868 * c - 0.032077 * s - 0.014615 * c2 - 0.040849 * s2);
  const clock = (days % 1) * 24 + longitude / 15 + minutes / 60;
  const hour = ((clock - 12) * Math.PI) / 12;
  const phi = (latitude * Math.PI) / 180;
  const sine =
    Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hour);
  return (Math.asin(sine) * 180) / Math.PI;
}
