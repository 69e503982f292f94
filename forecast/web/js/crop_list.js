/** The crop profiles and the regions of the service, fetched once. */

import { crops, Problem, regions } from "./api.js";

const RETRY_MS = 10e3;

let listing = null;
let asking = null;
let failedAt = 0;

/** @returns {{crops: Object[], regions: Object[]}|null} what is known by now */
export function known() {
  return listing;
}

/** Fetch both, or wait for them; after a failure not at once again. */
export function fetchOnce() {
  if (listing || Date.now() - failedAt < RETRY_MS) return Promise.resolve();
  asking ??= fetched().finally(() => {
    asking = null;
  });
  return asking;
}

async function fetched() {
  try {
    const [listed, served] = await Promise.all([crops(), regions()]);
    listing = { crops: listed.data.crops, regions: served.data.regions };
  } catch (error) {
    failedAt = Date.now();
    if (!(error instanceof Problem)) throw error;
  }
}

/**
 * What a profile calls a level.
 * @param {string} crop  id of the profile
 * @param {string} rule
 * @param {string|number} level
 * @returns {{zh: string, en: string}|null}
 */
export function levelName(crop, rule, level) {
  const rules = listing?.crops.find(({ id }) => id === crop)?.rules ?? [];
  const levels = rules.find(({ id }) => id === rule)?.levels ?? [];
  return levels.find((one) => String(one.level) === String(level))?.name ?? null;
}
