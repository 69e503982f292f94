/**
 * The traffic lights: hazards, work and sowing by day in a table that is read by row and column, moved in
 * by arrow keys, and told of cell by cell; below it the hours of the chosen day.
 */

import { levelChances } from "./chances.js";
import { strip } from "./hours.js";
import { dayOf, table, today } from "./lines.js";
import { heading, plain, shape, sign, tone, word } from "./lights.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** The cell that was chosen, by rule and day; it outlives a drawing. */
let chosen = { rule: null, day: null };
let shownFor = null;

/**
 * Draw all anew.
 * @param {HTMLElement} root
 * @param {import("./app.js").Context} context
 * @param {(rule: string) => void} open  shows the card of a rule
 */
export function draw(root, context, open) {
  const { advice, dom, words } = context;
  const { days, rows } = table(advice);
  const about = `${advice.crop.id} ${advice.passport.cell.row} ${advice.passport.cell.column} ${advice.passport.cycle}`;
  if (about !== shownFor) chosen = { rule: null, day: null };
  shownFor = about;
  if (!rows.length) {
    dom.fill(root, [dom.el("p", { class: "calm", text: words.t("advice.nothing") })]);
    return;
  }
  const told = dom.el("div", { class: "cell-told", attrs: { "aria-live": "polite" } });
  const hours = dom.el("div", { class: "work-hours" });
  const called = new Map(days.map((day) => [day, context.format.day(day)]));
  const seen = { context, days, rows, told, hours, open, called };
  const lights = grid(seen);
  dom.fill(root, [
    dom.el("div", { class: "scroll-x lights-scroll" }, [lights]),
    told,
    hours,
    legend(context),
  ]);
  const row = rows.findIndex((one) => one.advisory.rule === chosen.rule);
  const day = days.indexOf(chosen.day);
  tellHours(seen, day >= 0 ? chosen.day : null);
  if (row >= 0 && day >= 0)
    choose(seen, lights.tBodies[0].rows[row].cells[day + 1].firstChild, { row, day });
  else dom.fill(told, [dom.el("p", { class: "quiet", text: words.t("advice.tap") })]);
}

function grid(seen) {
  const { context, days, rows } = seen;
  const { dom, words, format, advice } = context;
  const now = today(advice);
  const columns = days.map((day) =>
    dom.el(
      "th",
      {
        class: day === now ? "today" : "",
        attrs: { scope: "col", "aria-label": seen.called.get(day) },
      },
      [
        dom.el("span", {
          class: "weekday",
          text: day === now ? format.relativeDay(day, now) : format.weekdayOf(day),
        }),
        dom.el("span", { class: "date", text: String(Number(day.slice(8))) }),
      ],
    ),
  );
  const head = dom.el("thead", {}, [
    dom.el("tr", {}, [dom.el("td", { class: "corner" }), ...columns]),
  ]);
  const body = dom.el(
    "tbody",
    {},
    rows.map((row, index) => line(seen, row, index)),
  );
  const lights = dom.el(
    "table",
    {
      class: "lights",
      on: { keydown: (event) => moved(seen, event), click: (event) => clicked(seen, event) },
    },
    [dom.el("caption", { class: "visually-hidden", text: words.t("advice.caption") }), head, body],
  );
  lights.querySelector("tbody button").tabIndex = 0;
  return lights;
}

function line(seen, row, index) {
  const { context } = seen;
  const { dom, advice, state } = context;
  const name = heading(row.advisory, advice.crop, state.lang);
  const cells = row.cells.map((cell, day) => {
    const inside = [
      dom.el("span", { class: "shape", text: shape(cell.state), attrs: { "aria-hidden": "true" } }),
    ];
    if (cell.hours && (cell.state === "green" || cell.state === "amber")) {
      const count = context.words.t("advice.hours_short", { count: cell.hours });
      inside.push(
        dom.el("span", { class: "count", text: count, attrs: { "aria-hidden": "true" } }),
      );
    }
    const attrs = {
      type: "button",
      tabindex: "-1",
      "aria-pressed": "false",
      "data-at": `${index},${day}`,
      "aria-label": spoken(seen, name, row, cell),
    };
    return dom.el("td", {}, [
      dom.el("button", { class: `cell ${tone(cell.state)}`, attrs }, inside),
    ]);
  });
  return dom.el("tr", {}, [dom.el("th", { text: name, attrs: { scope: "row" } }), ...cells]);
}

function spoken({ context, called }, name, row, cell) {
  const { format, words } = context;
  const parts = [name, called.get(cell.day), word(cell.state, row)];
  if (cell.hours && (cell.state === "green" || cell.state === "amber")) {
    parts.push(words.t("advice.hours", { count: cell.hours }));
  }
  const first = row.work ? null : cell.chances.find(({ chance }) => chance);
  if (first) parts.push(words.t("advice.chance", { chance: format.chance(first.chance) }));
  return parts.join(words.t("advice.comma"));
}

function clicked(seen, event) {
  const button = event.target.closest("button.cell");
  if (button) choose(seen, button, place(button));
}

function moved(seen, event) {
  const button = event.target.closest("button.cell");
  if (!button) return;
  const { row, day } = place(button);
  const [rows, days] = [seen.rows.length, seen.days.length];
  let to = null;
  if (MOVES[event.key]) to = [row + MOVES[event.key][0], day + MOVES[event.key][1]];
  if (event.key === "Home") to = [event.ctrlKey ? 0 : row, 0];
  if (event.key === "End") to = [event.ctrlKey ? rows - 1 : row, days - 1];
  if (!to || to[0] < 0 || to[1] < 0 || to[0] >= rows || to[1] >= days) return;
  event.preventDefault();
  const next = event.currentTarget.querySelector(`[data-at="${to[0]},${to[1]}"]`);
  next.focus();
  choose(seen, next, { row: to[0], day: to[1] });
}

function place(button) {
  const [row, day] = button.dataset.at.split(",").map(Number);
  return { row, day };
}

/** Mark a cell, and tell what it stands for. */
function choose(seen, button, at) {
  const body = button.closest("tbody");
  for (const other of body.querySelectorAll('[aria-pressed="true"]'))
    other.setAttribute("aria-pressed", "false");
  for (const other of body.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  button.setAttribute("aria-pressed", "true");
  button.tabIndex = 0;
  const row = seen.rows[at.row];
  const cell = row.cells[at.day];
  chosen = { rule: row.advisory.rule, day: cell.day };
  tellCell(seen, row, cell);
  tellHours(seen, cell.day);
}

function tellCell({ context, told, open }, row, cell) {
  const { dom, words, format, advice, state } = context;
  const { advisory } = row;
  const text = advisory.text[state.lang];
  const name = heading(advisory, advice.crop, state.lang);
  const facts = [...chanceLines(context, row, cell)];
  const { because } = advisory;
  if (because && dayOf(because.at, advice.timezone) === cell.day) facts.push(plain(text.reason));
  if (cell.state === "no-data") facts.push(unknown(words, advisory, text));
  dom.fill(told, [
    dom.el("p", { class: "cell-title" }, [
      sign(cell.state, { ...row, shown: true }),
      dom.el("strong", { text: `${format.day(cell.day)} · ${name}` }),
    ]),
    ...facts.map((fact) => dom.el("p", { text: fact })),
    dom.el("button", {
      class: "button small",
      text: words.t("advice.to_card"),
      attrs: { type: "button" },
      on: { click: () => open(advisory.rule) },
    }),
  ]);
}

/** Why a day is not told: what the forecast lacks of all days, or that this day is not complete. */
function unknown(words, { no_data: why }, text) {
  return why === "lacking" || why === "few-members"
    ? plain(text.state)
    : words.t("advice.day_unknown");
}

/** What the members say of a day; of hourly work the hours below say it. */
function chanceLines(context, row, cell) {
  const { words, format } = context;
  if (row.hourly || cell.state === "not-applicable" || cell.state === "no-data") return [];
  const known = cell.chances.filter(({ chance }) => chance !== null);
  if (!cell.chances.length) return [words.t("advice.single")];
  if (!known.length) return [];
  if (!row.work) return levelChances(context, row.advisory.rule, known);
  return [words.t("advice.suits_chance", { chance: format.chance(known.at(-1).chance) })];
}

function tellHours(seen, day) {
  const { context, hours, rows, days } = seen;
  strip(hours, { context, rows: rows.filter((row) => row.hourly), days, day });
}

function legend({ dom, words }) {
  const sorts = [
    [1, false],
    [4, false],
    ["watch", false],
    ["none", false],
    ["green", true],
    ["amber", true],
    ["red", true],
    ["no-data", false],
  ];
  const signs = sorts.map(([state, work]) =>
    dom.el("li", {}, [sign(state, { work, shown: true })]),
  );
  return dom.el("details", { class: "legend" }, [
    dom.el("summary", { text: words.t("advice.legend") }),
    dom.el("ul", { class: "row" }, signs),
    dom.el("p", { class: "quiet", text: words.t("advice.legend_more") }),
  ]);
}
