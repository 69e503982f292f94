/** Saved fields: a name, a point, a height, a crop; kept on this phone only. */

import { byId, el, fill } from "./dom.js";
import { exactness } from "./exactness.js";
import * as format from "./format.js";
import { t } from "./words.js";

const MOST = 30;
let context = null;

/** @param {HTMLElement} root  @param {import("./app.js").Context} given */
export function mount(root, given) {
  context = given;
}

/** @param {import("./app.js").Context} given */
export function update(given) {
  context = given;
  if (document.activeElement?.id === "field-name" && document.activeElement.value) return;
  const { fields } = context.state;
  fill(byId("fields-body"), [
    fields.length
      ? el("ol", { class: "fields" }, fields.map(line))
      : el("p", { class: "quiet", text: t("fields.none") }),
    saving(),
  ]);
}

function line(field, index) {
  const { fields } = context.state;
  const sub = [
    format.coordinates(field.latitude, field.longitude),
    field.elevation === null ? "" : format.amount(field.elevation, "m"),
    field.crop ? cropName(field) : "",
  ];
  const move = (by, sign) => ({
    class: "icon-small",
    text: sign,
    attrs: {
      type: "button",
      "aria-label": t(by < 0 ? "fields.up" : "fields.down", { name: field.name }),
      disabled: index + by < 0 || index + by >= fields.length,
    },
    on: { click: () => swap(index, index + by) },
  });
  const drop = {
    class: "icon-small",
    text: "✕",
    attrs: { type: "button", "aria-label": t("fields.delete", { name: field.name }) },
    on: { click: () => remove(index) },
  };
  return el("li", { class: isShown(field) ? "field shown" : "field" }, [
    el(
      "button",
      {
        class: "field-open",
        attrs: { type: "button", "aria-current": isShown(field) ? "location" : null },
        on: { click: () => show(field) },
      },
      [
        el("span", { class: "field-name", text: field.name }),
        el("span", { class: "quiet", text: sub.filter(Boolean).join(" · ") }),
      ],
    ),
    el("button", move(-1, "↑")),
    el("button", move(1, "↓")),
    el("button", drop),
  ]);
}

/** The crop by the name that its profile had when the field was saved. */
function cropName({ crop, crop_name: name }) {
  return context.words.both(name) || crop.split(".")[0];
}

function isShown(field) {
  const { place } = context.state;
  return (
    Boolean(place) &&
    place.latitude === field.latitude &&
    place.longitude === field.longitude &&
    place.elevation === field.elevation &&
    JSON.stringify(exactness(place)) === JSON.stringify(exactness(field))
  );
}

function saving() {
  const { place, fields } = context.state;
  if (!place || place.latitude === null || !context.series) return null;
  if (fields.length >= MOST)
    return el("p", { class: "quiet", text: t("fields.full", { most: MOST }) });
  const input = el("input", {
    id: "field-name",
    attrs: { type: "text", maxlength: 40, value: place.name, required: true },
  });
  const submit = (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (!name) return;
    input.blur();
    save(name);
  };
  return el("form", { class: "saving", on: { submit } }, [
    el("label", { text: t("fields.name"), attrs: { for: "field-name" } }),
    el("div", { class: "row" }, [
      input,
      el("button", { class: "button small", text: t("fields.save"), attrs: { type: "submit" } }),
    ]),
  ]);
}

function save(name) {
  const { place, crop, stage, situation, fields } = context.state;
  const cropNames = context.advice?.crop.id === crop ? context.advice.crop.name : null;
  const { latitude, longitude, elevation } = place;
  const id = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  const others = fields.filter((field) => !(field.name === name && isShown(field)));
  const about = { crop, crop_name: cropNames, stage, situation };
  const field = { id, name, latitude, longitude, elevation, ...exactness(place), ...about };
  context.store.set({ fields: [...others, field], place: { ...place, name } });
  context.actions.say(t("fields.saved", { name }));
}

function show(field) {
  const { name, latitude, longitude, elevation, crop, stage, situation } = field;
  const { crop: present } = context.state;
  const more = crop
    ? { crop, stage: stage ?? null, situation: situation ?? {} }
    : { crop: present };
  context.actions.open({ name, latitude, longitude, elevation, ...exactness(field) }, more);
  byId("content").focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

function swap(index, other) {
  const fields = [...context.state.fields];
  [fields[index], fields[other]] = [fields[other], fields[index]];
  context.store.set({ fields });
}

function remove(index) {
  const gone = context.state.fields[index];
  context.store.set({ fields: context.state.fields.filter((_, place) => place !== index) });
  context.actions.say(t("fields.deleted", { name: gone.name }));
}
