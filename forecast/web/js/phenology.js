/** The stage that the crop is in, and when the next ones are reached: early, middle and late. */

import { plain } from "./lights.js";
import { daysBetween, today } from "./lines.js";

/** @param {import("./app.js").Context} context */
export function stagesNow({ advice, dom, words, state }) {
  const several =
    advice.stages.length > 1 && advice.stages.every(({ reason }) => reason === "calendar");
  const names = advice.stages.map(({ name }) => name[state.lang]).join(words.t("advice.list"));
  const told = several
    ? [words.t("advice.stages_several", { names })]
    : advice.stages.map((stage) => plain(stage.text[state.lang]));
  const text = told.length ? told.join(state.lang === "zh" ? "" : " ") : words.t("advice.no_stage");
  const wrong = dom.el("button", {
    class: "button small no-print",
    text: words.t("advice.tell_stage"),
    attrs: { type: "button" },
    on: { click: () => dom.byId("stage").focus() },
  });
  return dom.el("div", { class: "stage-now" }, [dom.el("p", { text }), wrong]);
}

/** @param {import("./app.js").Context} context */
export function stageDates(context) {
  const { advice, dom, state, words } = context;
  const ahead = advice.phenology.filter((one) => one.p50 || one.reached);
  if (!ahead.length) return null;
  const now = today(advice);
  const known = ahead
    .flatMap((one) => (one.reached ? [one.reached] : [one.p10, one.p50, one.p90]))
    .filter(Boolean);
  const ends = [now, ...known].sort();
  const [first, last] = [ends[0], ends.at(-1)];
  const whole = Math.max(1, daysBetween(first, last));
  const at = (day) => (100 * daysBetween(first, day)) / whole;
  const rows = ahead.map((one) =>
    dom.el("li", {}, [
      dom.el("p", { text: plain(one.text[state.lang]) }),
      bar(dom, { one, at, now }),
    ]),
  );
  return dom.el("div", { class: "stage-ahead" }, [
    dom.el("ol", { class: "stage-dates" }, rows),
    dom.el("p", {
      class: "quiet",
      attrs: { "aria-hidden": "true" },
      text: words.t("advice.stage_bar"),
    }),
  ]);
}

function bar(dom, { one, at, now }) {
  const track = dom.el("div", { class: "stage-track", attrs: { "aria-hidden": "true" } });
  const put = (name, from, until = from) => {
    const mark = dom.el("span", { class: name });
    mark.style.setProperty("--from", `${at(from)}%`);
    mark.style.setProperty("--width", `${at(until) - at(from)}%`);
    track.append(mark);
  };
  put("stage-today", now);
  if (one.reached) {
    put("stage-reached", one.reached);
  } else {
    if (one.p10 && one.p90) put("stage-range", one.p10, one.p90);
    put("stage-middle", one.p50);
  }
  return track;
}
