/** Hours of one day in which work suits: a bar of 24 hours for each kind of work, and the same in words. */

import { spans, today } from "./lines.js";
import { heading } from "./lights.js";

let kept = null;

/**
 * @param {HTMLElement} root
 * @param {Object} about
 * @param {import("./app.js").Context} about.context
 * @param {import("./lines.js").Row[]} about.rows  of hourly work
 * @param {string[]} about.days
 * @param {string|null} about.day  that was chosen; without one the first day that has a good hour
 */
export function strip(root, { context, rows, days, day }) {
  const { dom, words, format, advice } = context;
  const known = days.filter((one) => rows.some((row) => row.hours.has(one)));
  if (!known.length) {
    dom.clear(root);
    return;
  }
  const good = (one) => rows.some((row) => row.hours.get(one)?.includes("green"));
  kept = [day, known.find(good), known[0]].find((one) => known.includes(one));
  const turn = (step) => {
    const next = known[known.indexOf(kept) + step];
    if (!next) return;
    strip(root, { context, rows, days, day: next });
    root.querySelector(step < 0 ? ".earlier" : ".later").focus();
  };
  const button = (name, text, label, step) =>
    dom.el("button", {
      class: `button small ${name}`,
      text,
      attrs: {
        type: "button",
        "aria-label": label,
        "aria-disabled": known[known.indexOf(kept) + step] ? null : "true",
      },
      on: { click: () => turn(step) },
    });
  const title = `${format.relativeDay(kept, today(advice))} ${format.day(kept, { weekday: false })}`;
  dom.fill(root, [
    dom.el("div", { class: "work-hours-head" }, [
      button("earlier", "‹", words.t("advice.day_before"), -1),
      dom.el("h3", {
        text: words.t("advice.hours_of", { day: title }),
        attrs: { "aria-live": "polite" },
      }),
      button("later", "›", words.t("advice.day_after"), 1),
    ]),
    ...rows.map((row) => work(context, row)),
    dom.el(
      "p",
      { class: "work-hour-marks", attrs: { "aria-hidden": "true" } },
      [0, 6, 12, 18, 24].map((hour) => dom.el("span", { text: String(hour) })),
    ),
  ]);
}

function work({ dom, advice, state, words }, row) {
  const hours = row.hours.get(kept) ?? Array(24).fill(null);
  const name = heading(row.advisory, advice.crop, state.lang);
  const cells = hours.map((light) =>
    dom.el("span", { class: `work-hour work-hour-${light ?? "past"}` }),
  );
  return dom.el("div", { class: "work-hours-of" }, [
    dom.el("p", {}, [dom.el("strong", { text: name }), ` ${inWords(words, hours)}`]),
    dom.el("div", { class: "work-hour-bar", attrs: { "aria-hidden": "true" } }, cells),
  ]);
}

function inWords(words, hours) {
  const told = [];
  for (const light of ["green", "amber"]) {
    const found = spans(hours, light).map(({ from, until }) =>
      words.t("advice.hour_span", { from, until }),
    );
    if (found.length)
      told.push(`${words.t(`advice.work.${light}`)} ${found.join(words.t("advice.list"))}`);
  }
  if (told.length) return told.join(words.t("advice.comma"));
  const known = hours.filter((light) => light === "red" || light === "not-applicable");
  if (!known.length) return words.t("advice.work.no-data");
  return known.includes("red") ? words.t("advice.no_hour") : words.t("advice.work.not-applicable");
}
