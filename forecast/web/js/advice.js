/**
 * Advice on the crop: the most urgent in one sentence, the traffic lights, and the cards. What is not
 * answered is said plainly; an answer that is old stays, with its age.
 */

import { sections } from "./cards.js";
import { fetchOnce, known } from "./crop_list.js";
import { copyButton } from "./copying.js";
import { plain, shownState, sign, tone, isWork } from "./lights.js";
import * as timeline from "./timeline.js";

const OLD_MS = 45 * 60e3;
const REFUSED = {
  "Forecast expired": "expired",
  "Outside the area": "outside",
  "Unknown name": "crop",
  "Nothing published": "nothing",
};

const nodes = {};
let drawn = "";
/** The answer that was shown last, with what it was an answer to: it stays where a new one fails. */
let last = null;
let latest = null;

/** @param {HTMLElement} root  @param {import("./app.js").Context} context */
export function mount(root, { dom }) {
  nodes.root = root;
  nodes.status = dom.el("div", { class: "advice-status" });
  nodes.first = dom.el("div", { class: "advice-first" });
  nodes.timeline = dom.byId("advice-timeline");
  nodes.cards = dom.byId("advice-cards");
  root.prepend(nodes.status, nodes.first);
}

/** @param {import("./app.js").Context} context */
export function update(context) {
  latest = context;
  if (!context.state.crop && !known())
    fetchOnce().then(() => known() && update(latest), console.error);
  const { state, dom, loading, adviceError } = context;
  if (context.advice) last = { answer: context.advice, about: about(state) };
  const advice =
    context.advice ??
    (isFailing(adviceError) && !context.expired && last?.about === about(state)
      ? last.answer
      : null);
  nodes.root.toggleAttribute("aria-busy", loading.advice);
  dom.fill(nodes.status, status({ ...context, advice }));
  const key =
    advice &&
    [
      state.lang,
      advice.passport.cycle,
      advice.now,
      advice.crop.id,
      about(state),
      JSON.stringify(advice.situation),
    ].join("|");
  if (key === drawn) return;
  drawn = key;
  if (!advice) {
    for (const name of ["first", "timeline", "cards"]) dom.clear(nodes[name]);
    return;
  }
  const shown = { ...context, advice };
  dom.fill(nodes.first, first(shown));
  timeline.draw(nodes.timeline, shown, open);
  dom.fill(nodes.cards, sections(shown));
}

function about({ place, crop }) {
  return JSON.stringify([place?.latitude, place?.longitude, place?.elevation, crop]);
}

/** Whether the service could not be asked; a refusal is an answer of its own. */
function isFailing(problem) {
  return Boolean(problem) && (problem.kind === "offline" || problem.kind === "timeout");
}

function status(context) {
  const { advice, state, loading, adviceError, dom, words, now, format, actions } = context;
  const line = (text, kind = "info") => dom.el("p", { class: `told-${kind}`, text });
  const told = [];
  if (!state.place) return told;
  if (adviceError)
    told.push(...refusal(context), ...(advice ? [line(words.t("advice.last"))] : []));
  else if (!state.crop)
    told.push(line(words.t(isSettled(state) ? "advice.choose_crop" : "advice.loading")));
  else if (loading.advice) told.push(line(words.t(advice ? "advice.renewing" : "advice.loading")));
  const age = advice ? now - Date.parse(advice.now) : 0;
  if (age > OLD_MS) told.push(line(words.t("advice.old", { age: format.ago(age) }), "warn"));
  if (advice && advice.passport.age.state === "stale")
    told.push(line(words.t("advice.stale"), "warn"));
  if (adviceError && adviceError.kind !== "refused") {
    const attrs = { type: "button" };
    told.push(
      dom.el("button", {
        class: "button small",
        text: words.t("advice.again"),
        attrs,
        on: { click: actions.reload },
      }),
    );
  }
  return told;
}

/** Whether the field and all crops are known, so that a missing crop is missing. */
function isSettled({ place }) {
  return place.latitude !== null && known() !== null;
}

function refusal({ adviceError, dom, words, store, state }) {
  const kind = REFUSED[adviceError.title];
  const text = kind ? words.t(`advice.refused.${kind}`) : words.problem(adviceError);
  const told = [dom.el("p", { class: "told-warn", text })];
  const said = state.stage || Object.keys(state.situation ?? {}).length;
  if (adviceError.title === "Invalid request" && said) {
    const clear = () => store.set({ stage: null, situation: {} });
    const attrs = { type: "button" };
    if (adviceError.detail)
      told.push(dom.el("p", { class: "quiet", text: adviceError.detail, attrs: { lang: "en" } }));
    told.push(
      dom.el("button", {
        class: "button small",
        text: words.t("crop.clear"),
        attrs,
        on: { click: clear },
      }),
    );
  }
  return told;
}

function first(context) {
  const { advice, dom, words, state } = context;
  const message = advice.messages[state.lang];
  const one = advice.advisories.find(({ text }) => text[state.lang].message === message);
  if (!one) return [];
  const shown = shownState(one);
  const chips = advice.simulated
    ? [dom.el("span", { class: "chip", text: words.t("advice.simulated") })]
    : [];
  return [
    dom.el("div", { class: `headline edge-${tone(shown)}` }, [
      sign(shown, { work: isWork(one) }),
      dom.el("p", { class: "headline-text", text: plain(message) }),
      dom.el("div", { class: "row" }, [...chips, copyButton(context, message)]),
    ]),
  ];
}

/** Bring the card of a rule, or its line among the folded, to the eye and to the keyboard. */
function open(rule) {
  const card = [...nodes.cards.querySelectorAll("[data-rule]")].find(
    (one) => one.dataset.rule === rule,
  );
  if (!card) return;
  const fold = card.closest("details.advice-fold");
  if (fold) fold.open = true;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  card.focus({ preventScroll: true });
}
