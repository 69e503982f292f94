/**
 * How old a forecast is now, which is not how old it was when it was fetched: a page may stand open
 * for days, and an answer may have been kept. Nothing is advised from an expired one.
 */

import { Problem } from "./api.js";

const HOUR_MS = 3600e3;

/** Ages of the model run, h, up to which it is called so; an older one is expired. As the service does. */
export const LIMITS_H = [
  ["fresh", 12],
  ["late", 18],
  ["stale", 36],
];
const EXPIRED = "expired";

/**
 * @param {{run_time: string}} passport
 * @param {Date} now  the service's clock
 * @returns {{hours: number, state: "fresh"|"late"|"stale"|"expired"}}
 */
export function ageOf(passport, now) {
  const hours = (now - Date.parse(passport.run_time)) / HOUR_MS;
  const [state] = LIMITS_H.find(([, limit]) => hours <= limit) ?? [EXPIRED];
  return { hours, state };
}

/**
 * What of the answers may still be told: the service refuses advice from an expired forecast, and
 * advice that was given before and has expired since is refused in the same words.
 * @param {{series: Object|null, advice: Object|null, adviceError: Problem|null}} told
 * @param {Date} now
 * @returns {{age: Object|null, expired: boolean, advice: Object|null, adviceError: Problem|null}}
 */
export function judged({ series, advice, adviceError }, now) {
  const [age, adviceAge] = [series, advice].map((answer) => answer && ageOf(answer.passport, now));
  const expired = age?.state === EXPIRED;
  if (adviceAge?.state !== EXPIRED) return { age, expired, advice, adviceError };
  const problem = new Problem({ kind: "refused", status: 503, title: "Forecast expired" });
  return { age, expired, advice: null, adviceError: problem };
}
