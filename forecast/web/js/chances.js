/** What the members say of a hazard's levels, in words. */

import { levelName } from "./crop_list.js";

/**
 * The chance of each level or a higher one; of those that no member reaches only the lowest is told.
 * @param {import("./app.js").Context} context
 * @param {string} rule
 * @param {Array<{level: string, chance: number|null}>} known  from the lowest level on
 * @returns {string[]} a sentence a level
 */
export function levelChances({ advice, words, format }, rule, known) {
  const told = known.filter(({ chance }) => chance !== null);
  const never = told.findIndex(({ chance }) => chance === 0);
  return told.slice(0, never < 0 ? told.length : never + 1).map(({ level, chance }) => {
    const name = words.both(levelName(advice.crop.id, rule, level));
    const values = { name, level, chance: format.chance(chance) };
    return words.t(name ? "advice.named_chance" : "advice.level_chance", values);
  });
}
