/**
 * All texts of the page, from words/zh.json and words/en.json: flat keys, `{name}` where something is
 * filled in. A key without a text is shown as itself, so that it is seen.
 */

import { Problem } from "./api.js";
import { language } from "./state.js";

const FOLDER = new URL("../words/", import.meta.url);
const TAGS = { zh: "zh-CN", en: "en" };
const books = {};
let spoken = "zh";

/** The texts of the language that the visit begins with are fetched beside the other modules. */
export const ready = speak(language()).catch(() => {});

/**
 * Fetch a language's texts and speak it from now on.
 * @param {"zh"|"en"} wanted
 */
export async function speak(wanted) {
  books[wanted] ??= await fetched(wanted);
  spoken = wanted;
  document.documentElement.lang = TAGS[wanted];
}

async function fetched(wanted) {
  const answer = await fetch(new URL(`${wanted}.json`, FOLDER));
  if (!answer.ok) throw new Problem({ kind: "server", status: answer.status });
  return answer.json();
}

/** @returns {"zh"|"en"} the language spoken */
export function lang() {
  return spoken;
}

/** @param {"zh"|"en"} [which]  @returns {string} its tag for `lang` attributes and formats */
export function tag(which = spoken) {
  return TAGS[which];
}

/**
 * @param {string} key
 * @param {Object<string, string|number>} [values]  what fills the slots
 * @returns {string}
 */
export function t(key, values = {}) {
  const text = books[spoken]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (slot, name) => (name in values ? String(values[name]) : slot));
}

/** @param {string} key  @returns {boolean} whether there is such a text */
export function has(key) {
  return Boolean(books[spoken] && key in books[spoken]);
}

/** @param {{zh: string, en: string}|null|undefined} pair  @returns {string} the one that is spoken */
export function both(pair) {
  return pair?.[spoken] ?? "";
}

/** @param {string} name  of a variable  @returns {string} its short label */
export function variable(name) {
  return t(`variable.${name}`);
}

/**
 * What went wrong and what helps, as a sentence.
 * @param {Problem} problem
 */
export function problem(problem) {
  const known = `problem.${(problem.title ?? "").toLowerCase().replaceAll(" ", "-")}`;
  if (has(known)) return t(known);
  const kind = problem.kind ?? "server";
  return t(`problem.${kind}`, { detail: problem.detail ?? "" });
}

/**
 * Put the texts into what index.html marks: `data-word` for the text, `data-word-label` for
 * aria-label, `data-word-hint` for placeholder, `data-word-title` for title.
 * @param {ParentNode} root
 */
export function apply(root) {
  for (const node of root.querySelectorAll("[data-word]")) node.textContent = t(node.dataset.word);
  for (const [name, attribute] of [
    ["wordLabel", "aria-label"],
    ["wordHint", "placeholder"],
    ["wordTitle", "title"],
  ]) {
    const marked = `[data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`;
    for (const node of root.querySelectorAll(marked)) {
      node.setAttribute(attribute, t(node.dataset[name]));
    }
  }
}
