/** What must be known before any number is read: simulated, old, degraded, kept, or not answered. */

import { byId, el, fill } from "./dom.js";
import * as format from "./format.js";
import * as words from "./words.js";

const given = new Map();

/** Lines that other parts add. */
export const notices = {
  /**
   * @param {string} id
   * @param {{text: string, kind?: "warn"|"info", action?: {label: string, run: () => void}}|null} notice
   */
  set(id, notice) {
    if (notice) given.set(id, notice);
    else given.delete(id);
    draw();
  },
};

let own = [];
let drawn = "";

/** @param {import("./app.js").Context} context */
export function update(context) {
  own = lines(context);
  draw();
}

function lines({ series, error, kept, age, loading, state, actions }) {
  const { t } = words;
  const told = [];
  const again = { label: t("banner.again"), run: actions.reload };
  if (series?.simulated) told.push({ text: t("banner.simulated"), kind: "warn" });
  if (series?.passport.degraded) told.push({ text: t("banner.degraded"), kind: "warn" });
  if (age && age.state !== "fresh") {
    const values = { age: format.ago(age.hours * 3600e3) };
    const kind = age.state === "late" ? "info" : "warn";
    told.push({ text: t(`banner.age.${age.state}`, values), kind });
  }
  if (kept) {
    told.push({
      id: "kept",
      text: t("banner.kept", { age: format.ago(Date.now() - kept) }),
      kind: "warn",
      action: again,
    });
  }
  if (error && state.place) {
    told.push({
      text: words.problem(error),
      kind: "warn",
      action: loading.series || error.kind === "refused" ? null : again,
    });
    if (series && !kept) told.push({ text: t("banner.old_shown"), kind: "info" });
  }
  return told;
}

function draw() {
  // of one and the same matter the part that knows more tells
  const all = [...own.filter(({ id }) => !given.has(id)), ...given.values()];
  const now = JSON.stringify(all);
  // drawn again, an alert is read out again
  if (now === drawn) return;
  drawn = now;
  fill(byId("notices"), all.map(line));
}

function line({ text, kind = "info", action }) {
  const button =
    action &&
    el("button", {
      class: "button small",
      text: action.label,
      attrs: { type: "button" },
      on: { click: action.run },
    });
  const sign = el("span", {
    class: "notice-sign",
    text: kind === "warn" ? "!" : "i",
    attrs: { "aria-hidden": "true" },
  });
  return el(
    "div",
    { class: `notice ${kind}`, attrs: { role: kind === "warn" ? "alert" : "status" } },
    [sign, el("p", { text }), button],
  );
}
