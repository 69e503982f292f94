/** How good forecast and advice have been here: in plain words, with numbers, or that nothing is known. */

import { heading } from "./lights.js";

const OWN = ["zhitian", "calibrated"];
const ALL = "all";
/** Sentences of the service by how they begin. */
const REASONS = [
  [/^nothing measured yet: no obs/, "skill.reason.not_measured"],
  [/^nothing measured yet for/, "skill.reason.not_this_variable"],
  [/^measured on simulated/, "skill.reason.simulated"],
  [/^no issued advice of this region/, "skill.reason.not_scored"],
  [/^no issued advice of this kind/, "skill.reason.not_this"],
  [/^advice was issued, but/, "skill.reason.no_truth"],
  [/^too few days to judge by: (?<had>\d+) of at least (?<least>\d+)/, "skill.reason.few_days"],
  [/^too few events to judge by: (?<had>\d+) of at least (?<least>\d+)/, "skill.reason.few_events"],
];

let root = null;
let asked = "";
let answer = null;
let failed = null;
let drawn = "";

/** @param {HTMLElement} given */
export function mount(given) {
  root = given;
}

/** @param {import("./app.js").Context} context */
export async function update(context) {
  const { state, api } = context;
  if (!state.place || state.place.latitude === null) return;
  const query = api.asked(state.place);
  const key = JSON.stringify([query, context.series?.passport.cycle ?? null]);
  if (key !== asked && context.series) {
    asked = key;
    [answer, failed] = [null, null];
    try {
      const got = await api.skill({ lat: query.lat, lon: query.lon });
      if (asked === key) answer = got.data;
    } catch (problem) {
      if (asked === key) failed = problem;
      if (!(problem instanceof api.Problem)) console.error(problem);
    }
  }
  draw(context);
}

function draw(context) {
  const { state, advice, dom, words } = context;
  const now = JSON.stringify([
    state.lang,
    asked,
    Boolean(answer),
    failed?.kind,
    advice?.crop.id,
    advice?.now,
  ]);
  if (now === drawn) return;
  drawn = now;
  dom.fill(root, [
    dom.el("h3", { text: words.t("skill.weather") }),
    ...weather(context),
    dom.el("h3", { text: words.t("skill.advice") }),
    ...advised(context),
    dom.el("p", { class: "quiet" }, [
      `${words.t("skill.how")} `,
      dom.el("a", { text: words.t("skill.docs"), attrs: { href: context.api.url("docs") } }),
    ]),
  ]);
}

/** A sentence of the service in the page's language; one that is not known stays as it is. */
function reason({ dom, words }, sentence) {
  for (const [begins, key] of REASONS) {
    const found = begins.exec(sentence);
    if (found) return dom.el("p", { text: words.t(key, found.groups ?? {}) });
  }
  return dom.el("p", { text: sentence, attrs: { lang: "en" } });
}

function weather(context) {
  const { dom, words, format } = context;
  if (failed) return [dom.el("p", { text: words.problem(failed) })];
  if (!answer) return [dom.el("p", { class: "quiet", text: words.t("skill.loading") })];
  if (!answer.measured) return [reason(context, answer.sentence)];
  const rows = ownRows(answer);
  const { period, place } = answer;
  const about = words.t("skill.about", {
    stations: period.stations,
    cycles: period.cycles,
    from: format.day(period.from, { weekday: false }),
    until: format.day(period.until, { weekday: false }),
  });
  const height = place.sentence
    ? words.t("skill.no_class")
    : words.t("skill.class", { dz: place.dz });
  return [
    answer.simulated ? reason(context, answer.sentence) : null,
    dom.el("p", { class: "quiet", text: `${about}${height}` }),
    dom.el(
      "ul",
      { class: "skill-rows" },
      rows.map((row) => variableRow(context, row)),
    ),
    byLead(context, rows),
  ].filter(Boolean);
}

/** One row a variable, of the place's height class where it was measured, all leads and hours together. */
function ownRows({ rows, place }) {
  const whole = rows.filter(
    (row) => row.lead === ALL && row.sun === ALL && row.mae !== null && OWN.includes(row.method),
  );
  const fits = (row) => (row.dz === place.dz ? 0 : 1) * 10 + OWN.indexOf(row.method);
  const best = new Map();
  for (const row of [...whole].sort((a, b) => fits(a) - fits(b))) {
    if (!best.has(row.variable)) best.set(row.variable, row);
  }
  return [...best.values()];
}

function variableRow({ dom, words, format }, row) {
  const reference = words.t("skill.reference");
  const facts = [words.t("skill.typical", { error: format.amount(row.mae, row.unit, 1) })];
  if (row.within !== null && row.tolerance !== null) {
    facts.push(
      words.t("skill.within", {
        share: percent(row.within),
        tolerance: format.amount(row.tolerance, row.unit),
      }),
    );
  }
  if (row.skill !== null) facts.push(better(words, row, reference));
  facts.push(words.t(row.small ? "skill.small" : "skill.n", { n: row.n, stations: row.stations }));
  return dom.el("li", {}, [
    dom.el("strong", { text: words.variable(row.variable) }),
    ...facts.map((fact) => dom.el("p", { text: fact })),
  ]);
}

function better(words, { skill, low, high }, reference) {
  const values = { share: percent(Math.abs(skill)), reference };
  const told = words.t(skill >= 0 ? "skill.better" : "skill.worse", values);
  if (low === null || high === null) return told + words.t("skill.no_interval");
  const [from, until] = skill >= 0 ? [low, high] : [-high, -low];
  const between = words.t("skill.interval", { low: percent(from), high: percent(until) });
  return told + between + (low < 0 && high > 0 ? words.t("skill.not_sure") : "");
}

function percent(share) {
  return `${Math.round(100 * share)}%`.replace("-", "−");
}

function byLead({ dom, words, format }, [first]) {
  if (!first) return null;
  const alike = (row) =>
    ["variable", "method", "dz", "sun"].every((name) => row[name] === first[name]);
  const leads = answer.rows.filter((row) => row.lead !== ALL && alike(row) && row.mae !== null);
  if (leads.length < 2) return null;
  const lines = leads.map((row) =>
    dom.el("tr", {}, [
      dom.el("th", {
        text: row.lead.replace(" h", words.t("skill.lead_hours")),
        attrs: { scope: "row" },
      }),
      dom.el("td", { text: format.amount(row.mae, row.unit, 1) }),
      dom.el("td", { text: String(row.n) }),
    ]),
  );
  const heads = ["skill.lead", "skill.error", "skill.pairs"].map((key) =>
    dom.el("th", { text: words.t(key), attrs: { scope: "col" } }),
  );
  return dom.el("details", {}, [
    dom.el("summary", {
      text: words.t("skill.by_lead", { variable: words.variable(first.variable) }),
    }),
    dom.el("table", { class: "table" }, [
      dom.el("thead", {}, [dom.el("tr", {}, heads)]),
      dom.el("tbody", {}, lines),
    ]),
  ]);
}

function advised(context) {
  const { advice, dom, words, format, state } = context;
  if (!advice) return [dom.el("p", { class: "quiet", text: words.t("skill.no_advice") })];
  const { measured, reason: why, period, rules } = advice.score;
  if (!measured) return [reason(context, why)];
  const named = new Map(
    advice.advisories.map((one) => [one.rule, heading(one, advice.crop, state.lang)]),
  );
  const values = { days: period.days, cycles: period.cycles, spots: period.spots };
  const days = {
    from: format.day(period.from, { weekday: false }),
    until: format.day(period.until, { weekday: false }),
  };
  return [
    why && reason(context, why),
    dom.el("p", { class: "quiet", text: words.t("skill.advice_about", { ...values, ...days }) }),
    dom.el(
      "ul",
      { class: "skill-rows" },
      rules.map((row) => ruleRow(context, row, named.get(row.rule) ?? row.rule)),
    ),
  ].filter(Boolean);
}

function ruleRow({ dom, words }, row, name) {
  const level =
    row.kind === "window"
      ? words.t(`advice.work.${row.level}`)
      : words.t("skill.level", { level: row.level });
  const counts = {
    n: row.n,
    events: row.events,
    hits: row.hits,
    misses: row.misses,
    alarms: row.false_alarms,
  };
  const facts = [words.t(row.kind === "window" ? "skill.windows" : "skill.counts", counts)];
  if (row.pod !== null)
    facts.push(
      words.t("skill.pod", {
        share: percent(row.pod),
        ...bounds(words, row.pod_low, row.pod_high),
      }),
    );
  if (row.far !== null)
    facts.push(
      words.t("skill.far", {
        share: percent(row.far),
        ...bounds(words, row.far_low, row.far_high),
      }),
    );
  if (row.small) facts.push(words.t("skill.small_events"));
  return dom.el("li", {}, [
    dom.el("strong", { text: `${name} ${level}` }),
    ...facts.map((fact) => dom.el("p", { text: fact })),
  ]);
}

function bounds(words, low, high) {
  if (low === null || high === null) return { interval: words.t("skill.no_interval") };
  return { interval: words.t("skill.interval", { low: percent(low), high: percent(high) }) };
}
