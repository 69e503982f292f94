/** Before a place is chosen: what this is, what it covers, and a place of each region to begin with. */

import * as api from "./api.js";
import { byId, el, fill } from "./dom.js";
import { nameOf } from "./search.js";
import { both, t } from "./words.js";

const NEAR = 50;

let regions = null;
let simulated = false;
let context = null;

/** @param {import("./app.js").Context} given */
export function update(given) {
  context = given;
  const { place } = context.state;
  byId("welcome").hidden = Boolean(place);
  // said here already; of a place its own answer says it
  const warning = simulated && !place ? { text: t("banner.simulated"), kind: "warn" } : null;
  context.notices.set("simulated", warning);
  if (place) return;
  if (regions === null) ask();
  draw();
}

async function ask() {
  regions = [];
  try {
    const { data } = await api.regions();
    regions = await Promise.all(data.regions.map(withCentre));
    const status = await api.json("v1/status");
    simulated = status.data.regions.some((region) => region.simulated);
    update(context);
  } catch (problem) {
    regions = null;
    context.notices.set("regions", { text: context.words.problem(problem), kind: "warn" });
  }
}

/** A region with the county that it is called after, else one near its middle, else a place there. */
async function withCentre(region) {
  const [west, south, east, north] = region.box.split(",").map(Number);
  const latitude = ((south + north) / 2).toFixed(3);
  const longitude = ((west + east) / 2).toFixed(3);
  const { data } = await api.around({ latitude, longitude, limit: NEAR });
  const counties = data.places.filter(({ kind }) => kind === "county" || kind === "city");
  const namesake = counties.find(({ kind, name_zh: name }) => kind === "county" && region.label_zh.includes(name.slice(0, -1)));
  return { ...region, central: namesake ?? counties[0] ?? data.places[0] ?? null };
}

function draw() {
  const begin = regions
    .filter(({ central }) => central)
    .map(({ central }) => {
      const { latitude, longitude } = central;
      const name = nameOf(central);
      return el("button", {
        class: "button small",
        text: name,
        attrs: { type: "button" },
        on: { click: () => context.actions.open({ name, latitude, longitude }) },
      });
    });
  const covered = regions
    .map(({ label_zh: zh, label_en: en }) => both({ zh, en }))
    .join(t("welcome.join"));
  fill(byId("welcome"), [
    el("h1", { text: t("welcome.title") }),
    el("p", { text: t("welcome.text") }),
    covered ? el("p", { text: t("welcome.covered", { regions: covered }) }) : null,
    begin.length
      ? el("p", { class: "row" }, [el("span", { text: t("welcome.begin") }), ...begin])
      : null,
  ]);
}
