/**
 * Which crop is grown in which field, and what was told of it: kept on the phone, by the field's point.
 * Nothing here draws.
 */

const MOST_FIELDS = 60;
const DEFAULTS = { tianjin: "rice.xiaozhan.ninghe", yuexi: "tea.cuilan.yuexi" };

/** What a field keeps when its crop changes: it is of the ground, not of the plants. */
const OF_THE_GROUND = ["soil", "soil_moisture"];

/** @param {import("./state.js").Place|null} place  @returns {string|null} null until its point is known */
export function fieldOf(place) {
  if (!place || place.latitude === null) return null;
  return `${place.latitude.toFixed(3)},${place.longitude.toFixed(3)}`;
}

/**
 * A profile by its id or the first parts of it.
 * @param {Object[]} crops  of GET /v1/crops
 * @param {string|null} asked
 */
export function cropNamed(crops, asked) {
  if (!asked) return null;
  return (
    crops.find(({ id }) => id === asked) ??
    crops.find(({ id }) => id.startsWith(`${asked}.`)) ??
    null
  );
}

/**
 * Profiles that are written for a region, and the others.
 * @param {Object[]} crops
 * @param {{label_zh: string}|null} region
 * @returns {{own: Object[], others: Object[]}}
 */
export function byRegion(crops, region) {
  const stem = region?.label_zh.split("（")[0];
  const isOwn = (crop) => Boolean(stem) && crop.region.zh.includes(stem);
  return { own: crops.filter(isOwn), others: crops.filter((crop) => !isOwn(crop)) };
}

/** The region that a point lies in, by the boxes of GET /v1/regions. */
export function regionAt(regions, place) {
  return (
    regions.find(({ box }) => {
      const [west, south, east, north] = box.split(",").map(Number);
      const { latitude, longitude } = place;
      return west <= longitude && longitude <= east && south <= latitude && latitude <= north;
    }) ?? null
  );
}

/**
 * What is told of a field's crop.
 * @param {Object} memory  of the state
 * @param {string} field
 * @param {string} crop
 * @returns {{stage: string|null, situation: Object}}
 */
export function told(memory, field, crop) {
  const known = memory.crop?.fields?.[field]?.told?.[crop];
  return { stage: known?.stage ?? null, situation: known?.situation ?? {} };
}

/**
 * The crop of a field: the one that was chosen there, else the last one of the region, else the region's
 * own. Null: nothing is known that fits.
 */
export function cropOf(memory, { field, region, crops }) {
  const kept = memory.crop ?? {};
  const wanted = [kept.fields?.[field]?.crop, kept.regions?.[region?.name], DEFAULTS[region?.name]];
  const known = wanted.find((id) => crops.some((crop) => crop.id === id));
  return known ?? byRegion(crops, region).own[0]?.id ?? null;
}

/**
 * The memory with what is grown in a field now.
 * @param {Object} state  memory, crop, stage, situation
 * @param {{field: string, region: {name: string}|null, chosen: boolean}} about  chosen: by a person
 */
export function remembered({ memory, crop, stage, situation }, { field, region, chosen }) {
  const kept = memory.crop ?? {};
  const { [field]: before, ...rest } = kept.fields ?? {};
  const toldOf = { ...before?.told, [crop]: { stage, situation } };
  const fields = Object.fromEntries([
    ...Object.entries(rest).slice(1 - MOST_FIELDS),
    [field, { crop, told: toldOf }],
  ]);
  const regions = chosen && region ? { ...kept.regions, [region.name]: crop } : kept.regions;
  return { ...memory, crop: { at: field, fields, regions: regions ?? {} } };
}

/** What stays told when another crop is chosen. */
export function ofTheGround(situation) {
  return Object.fromEntries(
    Object.entries(situation).filter(([name]) => OF_THE_GROUND.includes(name)),
  );
}
