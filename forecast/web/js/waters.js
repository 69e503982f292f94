/** Cards of watering and of standing water. */

import { citations, frame, labelled } from "./frames.js";
import { plain, sign } from "./lights.js";

/** Lights of the answer as they are shown: water that must be acted on is no work that does not suit. */
const SHOWN = { red: "danger", amber: "watch", green: "green" };

/**
 * @param {import("./app.js").Context} context
 * @returns {{urgent: Node[], watched: Node[], calm: Node[], idle: Node[]}} by how pressing they are
 */
export function waterCards(context) {
  const { irrigation, standing_water: standing } = context.advice;
  const sorted = { urgent: [], watched: [], calm: [], idle: [] };
  for (const [value, make] of [
    [standing, standingCard],
    [irrigation, irrigationCard],
  ]) {
    if (value) sorted[sort(value)].push(make(context, value));
  }
  return sorted;
}

function sort({ state, amount_mm: amount, depth_mm_p90: depth, hours_until_entry_p90: wait }) {
  if (state === "red") return "urgent";
  if (state === "green" && wait > 0) return "calm";
  if (state === "amber") return amount !== null || depth ? "watched" : "calm";
  return "idle";
}

function irrigationCard(context, value) {
  const { dom, words, format, state } = context;
  const title = words.t("advice.irrigation");
  if (sort(value) === "idle") return item(context, value, title);
  const amount =
    value.amount_mm !== null &&
    words.t("advice.irrigate_amount", {
      mm: format.number(value.amount_mm),
      mu: format.number(value.amount_m3_per_mu),
    });
  return frame(context, {
    state: SHOWN[value.state],
    rule: "irrigation",
    title,
    when: value.median && format.day(value.median),
    action: amount,
    lines: [plain(value.text[state.lang]), postponed(context, value)],
    moreTitle: words.t("advice.more"),
    more: [...basis(context, value), citations(context, value.citations)].filter(Boolean),
  });
}

function postponed({ words, format }, { postpone, postpone_mm: mm, postpone_probability: chance }) {
  if (!postpone) return null;
  const values = {
    day: format.day(postpone),
    mm: format.number(mm),
    chance: format.chance(chance),
  };
  return words.t("advice.irrigate_postpone", values);
}

function standingCard(context, value) {
  const { words, format, advice, state } = context;
  const title = words.t("advice.standing");
  if (sort(value) === "idle") return item(context, value, title);
  const chance = value.probability
    ? words.t("advice.chance", { chance: format.chance(value.probability) })
    : null;
  return frame(context, {
    state: value.state === "green" ? "watch" : SHOWN[value.state],
    rule: "standing_water",
    title,
    when:
      value.begins &&
      words.t("advice.from", { when: format.instant(value.begins, advice.timezone) }),
    action: null,
    lines: [plain(value.text[state.lang]), chance],
    moreTitle: words.t("advice.more"),
    more: basis(context, value),
  });
}

function basis({ dom, words, format }, value) {
  const soil =
    words.t(`crop.soil.${value.soil}`) + (value.soil_assumed ? words.t("advice.assumed") : "");
  const start = words.t(`advice.start.${value.start}`);
  const day = value.start_day
    ? `${words.t("advice.comma")}${format.day(value.start_day, { weekday: false })}`
    : "";
  return [
    labelled(dom, words.t("crop.soil"), soil),
    labelled(dom, words.t("advice.label.start"), `${start}${day}`),
  ];
}

/** What is quiet, as a line among the quiet. */
function item({ dom, state }, value, title) {
  return dom.el("li", { attrs: { tabindex: "-1" } }, [
    sign(SHOWN[value.state] ?? value.state),
    dom.el("div", {}, [
      dom.el("strong", { text: title }),
      dom.el("p", { class: "quiet", text: plain(value.text[state.lang]) }),
    ]),
  ]);
}
