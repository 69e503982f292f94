/** What else is told of the field: days, film, soil. All may stay empty; every change is asked at once. */

const SOILS = [
  "sand",
  "loamy_sand",
  "sandy_loam",
  "loam",
  "silt_loam",
  "silty_clay_loam",
  "silty_clay",
  "clay",
];
const FARTHEST_BACK_DAYS = 400;
const WETTEST_PERCENT = 150;
const DAY_MS = 86400e3;

let parts = null;
let said = {};
let give = null;
let say = null;

/**
 * @param {HTMLElement} root
 * @param {{dom: Object, set: (situation: Object) => void, clear: () => void}} given
 */
export function mount(root, { dom, set, clear }) {
  give = set;
  const input = (name, attrs) =>
    dom.el("input", { id: `field-${name}`, attrs, on: { change: () => changed(name) } });
  parts = {
    summary: dom.el("summary"),
    stage_on: input("stage_on", { type: "date" }),
    sown: input("sown", { type: "date" }),
    covered: input("covered", { type: "checkbox" }),
    soil: dom.el("select", { id: "field-soil", on: { change: () => changed("soil") } }),
    soil_moisture: input("soil_moisture", {
      type: "number",
      min: "0",
      max: String(WETTEST_PERCENT),
      step: "1",
      inputmode: "numeric",
    }),
    labels: new Map(),
    problem: dom.el("p", { class: "told-warn", attrs: { role: "alert" } }),
    note: dom.el("p", { class: "quiet" }),
    clear: dom.el("button", {
      class: "button small",
      attrs: { type: "button" },
      on: { click: clear },
    }),
  };
  const rows = ["stage_on", "sown", "soil", "soil_moisture", "covered"].map((name) => {
    const label = dom.el("label", { attrs: { for: `field-${name}` } });
    const row = dom.el("p", { class: `field-row field-row-${name}` }, [label, parts[name]]);
    parts.labels.set(name, { label, row });
    return row;
  });
  const box = dom.el("details", { class: "field-more no-print" }, [
    parts.summary,
    parts.note,
    ...rows,
    parts.problem,
    parts.clear,
  ]);
  root.append(box);
}

/**
 * @param {import("./app.js").Context} context
 * @param {{today: string|null, sown: boolean}} about  date at the field; whether the crop has a time of sowing
 */
export function draw({ state, words, dom }, { today, sown }) {
  said = state.situation;
  const { t } = words;
  say = t;
  const count = Object.keys(said).filter((name) => name !== "stage_on").length;
  parts.summary.textContent = count ? t("crop.more_told", { count }) : t("crop.more");
  parts.note.textContent = t("crop.more_note");
  parts.clear.textContent = t("crop.clear");
  parts.clear.hidden = !count && !state.stage;
  parts.problem.textContent = "";
  for (const [name, { label }] of parts.labels) label.textContent = t(`crop.field.${name}`);
  parts.labels.get("stage_on").row.hidden = !state.stage;
  parts.labels.get("covered").row.hidden = !sown;
  for (const name of ["stage_on", "sown"]) {
    parts[name].value = said[name] ?? "";
    if (!today) continue;
    parts[name].max = today;
    parts[name].min = new Date(Date.parse(today) - FARTHEST_BACK_DAYS * DAY_MS)
      .toISOString()
      .slice(0, 10);
  }
  dom.fill(parts.soil, [
    dom.el("option", { text: t("crop.soil_unknown"), attrs: { value: "" } }),
    ...SOILS.map((soil) =>
      dom.el("option", { text: t(`crop.soil.${soil}`), attrs: { value: soil } }),
    ),
  ]);
  parts.soil.value = said.soil ?? "";
  parts.soil_moisture.value = said.soil_moisture ?? "";
  parts.covered.checked = said.covered === true;
}

function changed(name) {
  const part = parts[name];
  if (!part.checkValidity()) {
    parts.problem.textContent = say(`crop.problem.${part.type}`, {
      least: part.min,
      most: part.max,
    });
    part.setAttribute("aria-invalid", "true");
    return;
  }
  part.removeAttribute("aria-invalid");
  const { [name]: _, ...rest } = said;
  const value =
    part.type === "checkbox"
      ? part.checked
      : part.type === "number"
        ? part.valueAsNumber
        : part.value;
  const given = value !== "" && value !== false && !Number.isNaN(value);
  give(given ? { ...rest, [name]: value } : rest);
}
