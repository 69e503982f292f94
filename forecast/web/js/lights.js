/**
 * The signs of advice: every state has a colour, a shape and a word of its own, so that none of them
 * depends on seeing colours. Levels of hazards are numbers in squares; lights of work are discs; what
 * is watched is a triangle; what cannot be told is a question mark; what is quiet is a small dot.
 */

import { el } from "./dom.js";
import { t } from "./words.js";

const SHAPES = {
  green: "●",
  amber: "◐",
  red: "○",
  danger: "!",
  watch: "△",
  none: "·",
  "no-data": "?",
  "not-applicable": "",
};

/** The mark that every text of a simulated forecast carries; the page says it once a card. */
const SIMULATED = /^(（模拟）|\(simulated\) )/;

/**
 * @param {string|number} state  of the answer, or `watch`
 * @returns {string} the shape, or the level's number
 */
export function shape(state) {
  return SHAPES[state] ?? String(state);
}

/** @param {string|number} state  @returns {string} class of its colours */
export function tone(state) {
  return typeof state === "number" ? `tone-level-${state}` : `tone-${state}`;
}

/**
 * @param {string|number} state
 * @param {{work?: boolean}} [about]  whether it is of work, not of a hazard
 * @returns {string} its word
 */
export function word(state, { work = false } = {}) {
  if (typeof state === "number") return t("advice.level", { level: state });
  return work ? t(`advice.work.${state}`) : t(`advice.state.${state}`);
}

/** A sign with its word for those who do not see it. */
export function sign(state, { work = false, shown = false, called = word(state, { work }) } = {}) {
  const mark = el("span", {
    class: `light-sign ${tone(state)}`,
    text: shape(state),
    attrs: { "aria-hidden": "true" },
  });
  const said = el("span", { class: shown ? "light-sign-word" : "visually-hidden", text: called });
  return el("span", { class: "signed" }, [mark, said]);
}

/** @param {string|null} text  @returns {string} without the mark, beginning with a capital letter */
export function plain(text) {
  const rest = (text ?? "").replace(SIMULATED, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/**
 * What an advisory is about, without the crop, which the page names already.
 * @param {Object} advisory
 * @param {{name: {zh: string, en: string}}} crop
 * @param {"zh"|"en"} lang
 */
export function heading(advisory, crop, lang) {
  const title = plain(advisory.text[lang].title);
  const name = crop.name[lang];
  if (lang === "zh") return title.startsWith(`${name}：`) ? title.slice(name.length + 1) : title;
  return title.endsWith(`: ${name}`) ? title.slice(0, -name.length - 2) : title;
}

/** @param {Object} advisory  @returns {boolean} whether it is of work: a window or sowing */
export function isWork({ kind }) {
  return kind === "window" || kind === "sowing";
}

/**
 * The state to be shown: what is watched stands above `none`.
 * @param {Object} advisory
 */
export function shownState({ state, status }) {
  return state === "none" && status === "watch" ? "watch" : state;
}
