/** Whose weather this is: the place, the cell that answers, its height, and the height of the field. */

import * as api from "./api.js";
import { byId, el, fill } from "./dom.js";
import * as format from "./format.js";
import { nameOf, whereOf } from "./search.js";
import { t } from "./words.js";

const HEIGHT = { least: -500, most: 9000 };
const near = { key: "", place: null };
let context = null;
let opened = false;

/** @param {HTMLElement} root  @param {import("./app.js").Context} given */
export function mount(root, given) {
  context = given;
  root.classList.add("where");
}

/** @param {import("./app.js").Context} given */
export function update(given) {
  context = given;
  const { place } = context.state;
  if (!place) return;
  const busy =
    document.activeElement?.id === "height" &&
    byId("height").value !== byId("height").dataset.shown;
  if (busy) return;
  fill(byId("where"), [
    el("div", { class: "where-names" }, [
      el("h1", { id: "where-name", text: shownName() }),
      el("p", { class: "where-above", text: above() }),
      facts(),
    ]),
    context.series ? heightForm(place) : null,
  ]);
  askAround(place);
}

function shownName() {
  const { state, series } = context;
  const { name, query, latitude, longitude, digits } = state.place;
  const known = series?.place?.name_zh ? series.place : near.place;
  const names = [known?.name_zh, known?.name_en];
  if (known && (names.includes(name) || (known === series?.place && !name))) return nameOf(known);
  if (name) return name;
  return latitude === null ? query : format.coordinates(latitude, longitude, shownDigits(digits));
}

/** Coordinates are shown as they were typed, not finer. */
function shownDigits(digits) {
  return digits ? Math.min(5, Math.max(...digits)) : 4;
}

/** Province of a named place; for a bare point, which place is nearest. */
function above() {
  const { series, loading } = context;
  if (loading.series && !series) return t("page.loading");
  if (series?.place?.province) return whereOf(series.place);
  if (!near.place) return "";
  const far = near.place.distance_m;
  if (shownName() === nameOf(near.place)) return whereOf(near.place);
  const whole = [whereOf(near.place).split(" · ")[0], nameOf(near.place)];
  if (context.state.lang === "en") whole.reverse();
  const name = whole.filter(Boolean).join(context.state.lang === "zh" ? "" : ", ");
  return far < 1500 ? name : t("where.near", { name, distance: format.distance(far) });
}

async function askAround({ latitude, longitude }) {
  const key = `${latitude},${longitude}`;
  if (latitude === null || near.key === key || !context.series || context.series.place) return;
  Object.assign(near, { key, place: null });
  try {
    const { data } = await api.around({ latitude, longitude });
    if (near.key !== key) return;
    near.place = data.places[0] ?? null;
    update(context);
  } catch {
    // the point is enough
  }
}

/** Cell, heights and correction, in short; the passport tells all. */
function facts() {
  const { series } = context;
  if (!series) return null;
  const origin = series.passport;
  const { cell } = origin;
  const parts = [
    t("where.cell", { distance: format.distance(cell.distance_m) }),
    cell.reason === "nearest" ? "" : t(`where.moved.${cell.reason}`),
    t("where.used", { elevation: format.amount(origin.elevation_used_m, "m") }),
    correction(origin),
  ];
  return el("p", { class: "quiet where-facts", text: parts.filter(Boolean).join(" · ") });
}

function correction({ mean_temperature_correction_k: mean, height_difference_m: difference }) {
  if (mean !== null && Math.abs(mean) >= 0.05) {
    return t("where.corrected", { kelvin: format.signed(mean), difference: height(difference) });
  }
  if (mean === null && Math.abs(difference) >= 1) {
    return t("where.differs", { difference: height(difference) });
  }
  return t("where.not_corrected");
}

function height(metres) {
  return t(metres < 0 ? "where.lower" : "where.higher", {
    metres: format.amount(Math.abs(metres), "m"),
  });
}

function heightForm(place) {
  const own = place.elevation;
  const input = el("input", {
    id: "height",
    attrs: {
      type: "number",
      inputmode: "numeric",
      step: "any",
      min: HEIGHT.least,
      max: HEIGHT.most,
      value: own,
      placeholder: Math.round(context.series.passport.cell.elevation_m),
      "aria-describedby": "height-hint",
    },
  });
  input.dataset.shown = own ?? "";
  const submit = (event) => {
    event.preventDefault();
    const typed = input.value.trim();
    input.blur();
    set(typed === "" ? null : Number(typed));
  };
  const clear = el("button", {
    class: "button small",
    text: t("where.height.clear"),
    attrs: { type: "button" },
    on: { click: () => set(null) },
  });
  const form = el("form", { class: "height", on: { submit } }, [
    el("label", { text: t("where.height.label"), attrs: { for: "height" } }),
    el("div", { class: "row" }, [
      input,
      el("button", { class: "button", text: t("where.height.apply"), attrs: { type: "submit" } }),
      own === null ? null : clear,
    ]),
    el("p", { id: "height-hint", class: "quiet", text: t("where.height.hint") }),
  ]);
  const used =
    own === null
      ? t("where.height.of_cell")
      : t("where.height.own", { metres: format.amount(own, "m") });
  const box = el("details", { class: "no-print height-box", attrs: { open: opened } }, [
    el("summary", { text: used }),
    form,
  ]);
  box.addEventListener("toggle", () => {
    opened = box.open;
  });
  return box;
}

function set(elevation) {
  const { place, crop, stage, situation } = context.state;
  if (elevation === place.elevation) return;
  context.actions.open({ ...place, elevation }, { crop, stage, situation });
}
