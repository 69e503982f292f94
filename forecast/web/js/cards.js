/** Cards of advice: one for each hazard that is warned of or watched and each kind of work; the quiet folded. */

import { levelChances } from "./chances.js";
import { copyButton } from "./copying.js";
import { citations, frame, labelled } from "./frames.js";
import { heading, isWork, plain, shownState, sign, word } from "./lights.js";
import { ordered } from "./lines.js";
import { stageDates, stagesNow } from "./phenology.js";
import { waterCards } from "./waters.js";

/**
 * @param {import("./app.js").Context} context
 * @returns {HTMLElement[]} sections, the most urgent first
 */
export function sections(context) {
  const { advice, words } = context;
  const sorted = { urgent: [], watched: [], work: [], unknown: [], quiet: [], idle: [] };
  for (const one of ordered(advice.advisories)) sorted[sort(one)].push(one);
  const waters = waterCards(context);
  const made = (list) => list.map((one) => card(context, one));
  return [
    section(context, words.t("advice.section.urgent"), [...made(sorted.urgent), ...waters.urgent]),
    section(context, words.t("advice.section.watched"), [
      ...made(sorted.watched),
      ...waters.watched,
    ]),
    section(context, words.t("advice.section.work"), [...made(sorted.work), ...waters.calm]),
    section(context, words.t("advice.section.unknown"), made(sorted.unknown)),
    folded(context, sorted.quiet, waters.idle),
    idle(context, sorted.idle),
    section(context, words.t("advice.section.stage"), [stagesNow(context), stageDates(context)]),
    caveats(context),
    source(context),
  ].filter(Boolean);
}

function sort(one) {
  if (one.status === "warn") return "urgent";
  if (one.status === "watch") return "watched";
  if (one.state === "not-applicable") return "idle";
  if (one.state === "no-data" && !(isWork(one) && one.window)) return "unknown";
  if (isWork(one)) return one.window ? "work" : "quiet";
  return "quiet";
}

function section({ dom }, title, cards) {
  const kept = cards.filter(Boolean);
  if (!kept.length) return null;
  return dom.el("section", { class: "advice-group" }, [dom.el("h3", { text: title }), ...kept]);
}

function card(context, one) {
  const { advice, dom, words, state } = context;
  const text = one.text[state.lang];
  const said = (name) => (text[name] ? plain(text[name]) : null);
  const line = (name) =>
    text[name] && labelled(dom, words.t(`advice.label.${name}`), plain(text[name]));
  const work = isWork(one);
  const changed = !["first", "unchanged"].includes(one.change) && said("change");
  const sure = [line("margin"), line("confidence")];
  const lacking = text.missing && dom.el("p", { class: "quiet lacking", text: said("missing") });
  return frame(context, {
    ...titled(context, one),
    rule: one.rule,
    action: said("action"),
    lines: [
      changed &&
        dom.el("p", { class: "changed" }, [
          dom.el("span", { class: "chip", text: words.t("advice.changed") }),
          ` ${changed}`,
        ]),
      one.state === "no-data" && (one.kind !== "sowing" || one.no_data === "few-members") ? said("state") : null,
      said("next_window") && dom.el("p", { class: "next", text: said("next_window") }),
      line("reason"),
      ...(work ? [] : [...sure, lacking]),
    ],
    moreTitle: words.t(work ? "advice.more_work" : "advice.more"),
    more: [
      ...(work ? [...sure, lacking] : []),
      !changed && line("change"),
      chances(context, one),
      duration(context, one),
      citations(context, one.citations),
      labelled(dom, words.t("advice.label.profile"), profile(context)),
      dom.el("p", { class: "advice-message", text: text.message }),
      copyButton(context, text.message),
    ].filter(Boolean),
  });
}

/**
 * Light, name and time of a card. A hazard is called by its rule, with the level beside the light; the
 * light of sowing is that of today, its days may be others.
 */
function titled({ advice, words, state }, one) {
  const work = isWork(one);
  const shown = shownState(one);
  const text = one.text[state.lang];
  const when = text.window && plain(text.window);
  const title = heading(one, advice.crop, state.lang);
  const level = !work && one.rule_name && one.name ? words.both(one.name) : "";
  if (level && one.status === "warn") {
    const called = words.t("advice.level_named", { level: one.state, name: level });
    return { state: shown, work, title, called, when };
  }
  if (level && shown === "watch") return { state: shown, work, title, called: plain(text.state), when };
  if (one.kind !== "sowing" || !one.window) return { state: shown, work, title, when };
  const called = words.t("advice.today_is", { state: word(shown, { work }) });
  return { state: shown, work, title, called, when: words.t("advice.suits_on", { when }) };
}

function chances(context, { rule, chances: known }) {
  const { dom, words } = context;
  const told = levelChances(
    context,
    rule,
    Object.entries(known).map(([level, chance]) => ({ level, chance })),
  );
  return told.length
    ? labelled(dom, words.t("advice.label.chances"), told.join(words.t("advice.list")))
    : null;
}

function duration({ dom, words, format }, { duration: lasting }) {
  if (!lasting) return null;
  const key = lasting.unit === "h" ? "advice.lasts_hours" : "advice.lasts_days";
  const text = words.t(key, { expected: format.number(lasting.expected, 0), worst: lasting.worst });
  return labelled(dom, words.t("advice.label.duration"), text);
}

function profile({ advice, words }) {
  const { id, version, signed } = advice.crop;
  const by = signed
    ? words.t("advice.signed", { by: signed.by, on: signed.on })
    : words.t("advice.unsigned");
  return `${id} ${version}${words.t("advice.comma")}${by}`;
}

/** What does not reach its level, in one line that opens; what could not be judged stands with it. */
function folded(context, quiet, waters) {
  const { advice, dom, words, state } = context;
  if (!quiet.length && !waters.length) return null;
  const rows = quiet.map((one) => {
    const text = one.text[state.lang];
    const facts = [text.state, text.reason, text.missing].filter(Boolean).map(plain);
    return dom.el("li", { attrs: { "data-rule": one.rule, tabindex: "-1" } }, [
      sign(one.state, { work: isWork(one) }),
      dom.el("div", {}, [
        dom.el("strong", { text: heading(one, advice.crop, state.lang) }),
        ...facts.map((fact) => dom.el("p", { class: "quiet", text: fact })),
      ]),
    ]);
  });
  const lacking = quiet.filter((one) => one.missing).length;
  const title = words.t("advice.quiet", { count: rows.length + waters.length });
  const also = lacking ? words.t("advice.quiet_lacking", { count: lacking }) : "";
  return dom.el("details", { class: "advice-fold" }, [
    dom.el("summary", {}, [dom.el("span", { text: `${title}${also}` })]),
    dom.el("ul", {}, [...rows, ...waters]),
  ]);
}

function idle({ advice, dom, words, state }, list) {
  if (!list.length) return null;
  const rows = list.map((one) => {
    const why = one.text[state.lang].reason;
    const text =
      heading(one, advice.crop, state.lang) +
      (why ? `${words.t("advice.colon")}${plain(why)}` : "");
    return dom.el("li", { text, attrs: { "data-rule": one.rule, tabindex: "-1" } });
  });
  return dom.el("details", { class: "advice-fold" }, [
    dom.el("summary", { text: words.t("advice.idle", { count: list.length }) }),
    dom.el("ul", {}, rows),
  ]);
}

function caveats({ advice, dom, words }) {
  const rows = advice.caveats.map((one) => dom.el("li", { text: words.both(one) }));
  if (!rows.length) return null;
  return dom.el("details", { class: "advice-fold caveats" }, [
    dom.el("summary", { text: words.t("advice.caveats", { count: rows.length }) }),
    dom.el("ul", { class: "bulleted" }, rows),
  ]);
}

function source(context) {
  const { advice, dom, words } = context;
  const { read, secondary, memory } = advice.crop.evidence;
  const evidence = words.t("advice.evidence_counts", { read, secondary, memory });
  const compared = advice.compared
    ? words.t("advice.compared", {
        when: context.format.instant(advice.compared.run_time, advice.timezone),
      })
    : words.t("advice.not_compared");
  return dom.el("p", {
    class: "quiet",
    text: [profile(context), evidence, compared].join(words.t("advice.comma")),
  });
}
