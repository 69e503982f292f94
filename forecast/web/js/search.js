/** Looking a place up: a combobox after ARIA 1.2, typed coordinates, or the phone's own position. */

import * as api from "./api.js";
import { byId, el, fill } from "./dom.js";
import { ofDigits, ofMetres } from "./exactness.js";
import * as format from "./format.js";
import * as words from "./words.js";

const WAIT_MS = 220;
const POSITION = { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 };

let context = null;
let found = [];
let chosen = -1;
let waiting = 0;
let asking = null;
let answered = "";

/** @param {HTMLElement} form  @param {import("./app.js").Context} given */
export function mount(form, given) {
  context = given;
  const input = byId("place");
  input.addEventListener("input", typed);
  input.addEventListener("keydown", pressed);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => setTimeout(close, 150));
  form.addEventListener("submit", submitted);
  byId("locate").addEventListener("click", locate);
  byId("results").addEventListener("mousedown", (event) => event.preventDefault());
}

/** @param {import("./app.js").Context} now */
export function update(now) {
  context = now;
}

function typed() {
  clearTimeout(waiting);
  waiting = setTimeout(() => look(byId("place").value.trim()), WAIT_MS);
}

/** Ask for a text and show what fits. */
async function look(text) {
  asking?.abort();
  if (!text) {
    close();
    return;
  }
  asking = new AbortController();
  const { signal } = asking;
  try {
    const { data } = await api.places(text, { signal });
    answered = text;
    show(data.places);
    say(
      found.length
        ? words.t("search.count", { count: found.length })
        : words.t("search.none", { text }),
    );
  } catch (problem) {
    if (signal.aborted) return;
    show([]);
    say(problem.status === 400 ? words.t("search.not_a_place") : words.problem(problem));
  }
}

function say(text) {
  byId("search-said").textContent = text;
}

function show(places) {
  found = places;
  chosen = -1;
  const input = byId("place");
  fill(byId("results"), places.map(row));
  const open = places.length > 0;
  byId("results").hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  input.removeAttribute("aria-activedescendant");
}

function row(place, index) {
  const served = place.region !== null;
  const region = served ? words.t("search.served") : words.t("search.not_served");
  const attrs = { role: "option", "aria-selected": "false" };
  return el("li", { id: `result-${index}`, attrs, on: { click: () => choose(index) } }, [
    el("span", { class: "found-name", text: nameOf(place) }),
    el("span", {
      class: "found-where quiet",
      text: place.note ? words.both(place.note) : whereOf(place),
    }),
    el("span", { class: `found-region chip ${served ? "served" : ""}`, text: region }),
  ]);
}

/** @param {Object} place  of /v1/places  @returns {string} its name, with the other one beside it */
export function nameOf(place) {
  if (place.kind === "coordinates") return format.coordinates(place.latitude, place.longitude, 4);
  const [first, other] =
    words.lang() === "zh" ? [place.name_zh, place.name_en] : [place.name_en, place.name_zh];
  return first || other;
}

/** Prefecture and province of a place. */
export function whereOf(place) {
  const tongue = words.lang() === "zh" ? "" : "_en";
  const parts = [place[`province${tongue}`], place[`city${tongue}`]].filter(Boolean);
  if (words.lang() === "en") parts.reverse();
  const other = words.lang() === "zh" ? place.name_en : place.name_zh;
  const above = [...new Set(parts)].join(words.lang() === "zh" ? "" : ", ");
  return [above, place.kind === "coordinates" ? "" : other].filter(Boolean).join(" · ");
}

function pressed(event) {
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves && found.length) {
    event.preventDefault();
    if (byId("results").hidden) show(found);
    mark((chosen + moves[event.key] + found.length) % found.length);
  } else if (event.key === "Escape") {
    if (byId("results").hidden) byId("place").value = "";
    close();
  } else if (event.key === "Enter" && chosen >= 0) {
    event.preventDefault();
    choose(chosen);
  }
}

function mark(index) {
  chosen = index;
  for (const [place, option] of [...byId("results").children].entries()) {
    option.setAttribute("aria-selected", String(place === index));
    if (place === index) option.scrollIntoView({ block: "nearest" });
  }
  byId("place").setAttribute("aria-activedescendant", `result-${index}`);
}

async function submitted(event) {
  event.preventDefault();
  clearTimeout(waiting);
  const text = byId("place").value.trim();
  if (!text) return;
  if (text !== answered) await look(text);
  const first = found.findIndex((place) => place.region !== null);
  if (found.length) choose(Math.max(first, 0));
}

function choose(index) {
  const place = found[index];
  const input = byId("place");
  if (place.region === null) {
    say(words.t("search.outside", { name: nameOf(place) }));
    return;
  }
  const name = place.kind === "coordinates" ? "" : nameOf(place);
  close();
  say("");
  input.value = name || input.value;
  input.blur();
  const exact = ofDigits(place.precision);
  const [latitude, longitude] = [place.latitude, place.longitude].map((degrees, at) =>
    exact.digits ? Number(degrees.toFixed(exact.digits[at])) : rounded(degrees),
  );
  const { elevation = null } = place;
  context.actions.open({ name, latitude, longitude, elevation, ...exact });
}

/** Five decimals of a degree are a metre. */
function rounded(degrees) {
  return Number(degrees.toFixed(5));
}

function close() {
  byId("results").hidden = true;
  byId("place").setAttribute("aria-expanded", "false");
  byId("place").removeAttribute("aria-activedescendant");
}

function locate() {
  if (!navigator.geolocation) {
    say(words.t("search.position.unsupported"));
    return;
  }
  say(words.t("search.position.asking"));
  navigator.geolocation.getCurrentPosition(located, notLocated, POSITION);
}

function located({ coords }) {
  const [latitude, longitude] = [coords.latitude, coords.longitude].map(rounded);
  say(words.t("search.position.found", { accuracy: format.distance(coords.accuracy) }));
  context.actions.open({ name: "", latitude, longitude, ...ofMetres(coords.accuracy) });
}

function notLocated({ code }) {
  say(words.t(`search.position.error.${code}`));
}
