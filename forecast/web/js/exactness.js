/**
 * How exact the coordinates of a place are, and in which datum: kept with the place, asked with every
 * question, passed on with the link. A place that was picked by its name has none of it: its point
 * stands for the place.
 *
 * @typedef {Object} Exactness
 * @property {[number, number]|null} digits  decimals of latitude and longitude as they were typed
 * @property {string|null} precision  as `/v1/forecast` takes it: degrees (`0.005`) or a length (`30m`)
 * @property {string|null} datum  that the user said; null: nothing was said
 */

/** Of GET /v1/forecast; where nothing is said the first is taken. */
export const DATUMS = ["wgs84", "cgcs2000", "gcj02", "bd09", "unknown"];

const PRECISION = /^(\d{1,6}(?:\.\d{1,15})?)(m|km)?$/;
const MOST_DIGITS = 9;
/** The service takes one degree at most. */
const COARSEST_M = 111000;
const METRES_PER_DEGREE = (6371008.8 * Math.PI) / 180;
/** Metres of a pixel at the equator of a map at zoom 0, in tiles of 256. */
const PIXEL_M = 156543.03;
/** A finger, or a pointer, hits a point on the glass to so many pixels. */
const TAP_PX = 4;
const [SAME, ROUNDED] = [1e-6, 0.01];

/** What is known of a place, and of the right kinds, whatever a link or an old store held. */
export function exactness({ digits, precision, datum } = {}) {
  const whole = (count) => Number.isInteger(count) && count >= 0 && count <= MOST_DIGITS;
  const typed = Array.isArray(digits) && digits.length === 2 && digits.every(whole);
  return {
    digits: typed ? digits : null,
    precision: !typed && PRECISION.test(precision ?? "") ? precision : null,
    datum: DATUMS.includes(datum) ? datum : null,
  };
}

/** Latitude and longitude as texts that keep the digits that were typed. @returns {[string, string]} */
export function texts({ latitude, longitude, digits }) {
  if (!digits) return [String(latitude), String(longitude)];
  return [latitude.toFixed(digits[0]), longitude.toFixed(digits[1])];
}

/**
 * Of coordinates that were typed.
 * @param {{latitude: number, longitude: number}|null} halves  of /v1/places: degrees to each side
 */
export function ofDigits(halves) {
  if (!halves) return exactness();
  const both = [halves.latitude, halves.longitude];
  const digits = both.map((half) => Math.min(MOST_DIGITS, Math.round(-Math.log10(2 * half))));
  const decimal = both.every((half, at) => Math.abs(2 * half * 10 ** digits[at] - 1) < SAME);
  // minutes and seconds are no decimals: there the coarser of both is told
  return exactness(decimal ? { digits } : { precision: Math.max(...both).toFixed(MOST_DIGITS) });
}

/** Of a position that is exact to so many metres. */
export function ofMetres(metres) {
  if (!Number.isFinite(metres) || metres <= 0) return exactness();
  return exactness({ precision: `${Math.min(COARSEST_M, Math.ceil(metres))}m` });
}

/** Of a point that was tapped on a map. @param {number} zoom  in tiles of 256 pixels */
export function ofTap(latitude, zoom) {
  return ofMetres((TAP_PX * PIXEL_M * Math.cos((latitude * Math.PI) / 180)) / 2 ** zoom);
}

/** Of an address: without a name its digits count, with one only if it says so. */
export function ofQuery(query) {
  const [precision, datum] = [query.get("precision"), query.get("datum")];
  if (precision && precision !== "digits") return exactness({ precision, datum });
  if (!precision && query.get("name")) return exactness({ datum });
  const digits = ["lat", "lon"].map((name) => (query.get(name).split(".")[1] ?? "").length);
  return exactness({ digits, datum });
}

/** Write it into an address, so that `ofQuery` reads the same. */
export function tell(query, { name, digits, precision, datum }) {
  if (precision) query.set("precision", precision);
  else if (digits && name) query.set("precision", "digits");
  if (datum) query.set("datum", datum);
}

/** Whether coordinates were typed, so that their datum is a question. */
export function isTyped({ digits, precision }) {
  return Boolean(digits) || (Boolean(precision) && !precision.endsWith("m"));
}

/**
 * Whether what an answer says of its coordinates is about these; one that was kept may be about others
 * at the same point. Never of a place by name.
 * @param {import("./state.js").Place} place
 * @param {Object|undefined} location  of a passport
 */
export function isAbout(place, location) {
  if (!location?.precision || location.datum !== (place.datum ?? DATUMS[0])) return false;
  const { latitude, longitude } = location.precision;
  const near = (told, meant) => Math.abs(told / meant - 1) < ROUNDED;
  if (place.digits) {
    const [north, east] = place.digits.map((count) => 0.5 * 10 ** -count);
    return near(latitude, north) && near(longitude, east);
  }
  const [, number, unit] = PRECISION.exec(place.precision ?? "") ?? [];
  if (!number) return false;
  const metres = { m: 1, km: 1000 }[unit];
  return near(latitude, metres ? (number * metres) / METRES_PER_DEGREE : Number(number));
}
