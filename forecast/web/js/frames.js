/** What all cards are made of: frame, named lines, sources. */

import { sign, tone } from "./lights.js";

/**
 * A card of any kind.
 * @param {import("./app.js").Context} context
 * @param {Object} parts  state, work, called (its word), title, when, action, lines,
 *   more (behind moreTitle), rule
 */
export function frame(
  { dom },
  { state, work = false, called, title, when, action, lines, more, rule, moreTitle },
) {
  const head = dom.el("div", { class: "advice-head" }, [
    sign(state, { work, shown: true, called }),
    when && dom.el("p", { class: "when", text: when }),
    dom.el("h4", { text: title }),
  ]);
  return dom.el(
    "article",
    { class: `advice-card edge-${tone(state)}`, attrs: { "data-rule": rule, tabindex: "-1" } },
    [
      head,
      action && dom.el("p", { class: "action", text: action }),
      ...lines
        .filter(Boolean)
        .map((line) => (typeof line === "string" ? dom.el("p", { text: line }) : line)),
      more?.length
        ? dom.el("details", {}, [dom.el("summary", { text: moreTitle }), ...more])
        : null,
    ],
  );
}

/** A line with its name before it. */
export function labelled(dom, name, text) {
  return dom.el("p", { class: "labelled" }, [
    dom.el("span", { class: "label", text: name }),
    ` ${text}`,
  ]);
}

/**
 * Sources with how they are known: read, told by another, or from memory.
 * @param {import("./app.js").Context} context
 * @param {Object<string, {title: string, where: string, evidence: string}>} cited
 */
export function citations({ dom, words }, cited) {
  const rows = Object.values(cited).map(({ title, where, evidence }) =>
    dom.el("li", {}, [
      dom.el("span", {
        class: `chip evidence-${evidence}`,
        text: words.t(`advice.evidence.${evidence}`),
      }),
      ` ${title}`,
      where ? dom.el("span", { class: "quiet", text: ` ${where}` }) : null,
    ]),
  );
  if (!rows.length) return null;
  return dom.el("div", { class: "sources" }, [
    dom.el("p", { class: "label", text: words.t("advice.label.sources") }),
    dom.el("ul", {}, rows),
  ]);
}
