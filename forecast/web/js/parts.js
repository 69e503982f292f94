/**
 * Which part of the page comes when, on a slow network: what is read first comes with the page, advice
 * right behind it, the rest after the first answer, charts when they are near, the map when asked.
 */

import * as banner from "./banner.js";
import { byId, whenNear } from "./dom.js";
import * as glance from "./glance.js";
import { fetchPart, join } from "./joining.js";
import * as search from "./search.js";
import * as settings from "./settings.js";
import * as where from "./where.js";
import { t } from "./words.js";

const FIRST = [
  ["search", search],
  ["banner", banner],
  ["settings", settings],
  ["where", where],
  ["glance-body", glance],
];

const waiting = { rest: true };

/**
 * Parts that are there from the beginning, and the advice.
 * @param {() => import("./app.js").Context} context
 */
export function joinFirst(context) {
  for (const [id, module] of FIRST) join(id, module);
  if (!context().state.place) fetchPart("welcome", () => import("./welcome.js"), context);
  fetchPart("doubt", () => import("./doubt.js"), context);
  fetchPart("crop-chooser", () => import("./crop.js"), context);
  fetchPart("advice-body", () => import("./advice.js"), context);
  byId("map-open").addEventListener("click", () => mapPressed(context));
}

/**
 * Parts that would only hold up the first answer; called when it has come, or has failed.
 * @param {() => import("./app.js").Context} context
 */
export function joinRest(context) {
  if (!waiting.rest) return;
  waiting.rest = false;
  const { place } = context().state;
  if (place) fetchPart("welcome", () => import("./welcome.js"), context);
  fetchPart("passport-body", () => import("./passport.js"), context);
  fetchPart("fields-body", () => import("./fields.js"), context);
  fetchPart("share-body", () => import("./share.js"), context);
  const near = (id, module) => whenNear(byId(id), () => fetchPart(id, module, context));
  near("meteogram-body", () => import("./meteogram.js"));
  near("skill-body", () => import("./skill.js"));
  const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 1500));
  idle(() => fetchPart("offline", () => import("./offline.js"), context));
}

/** The passport of an hour, in a dialog. @param {number} index */
export async function showPassport(index) {
  const { show } = await import("./passport.js");
  show(index);
}

function mapPressed(context) {
  const [button, map] = [byId("map-open"), byId("map")];
  const opening = map.hidden;
  map.hidden = !opening;
  button.setAttribute("aria-expanded", String(opening));
  button.dataset.word = opening ? "page.map_close" : "page.map_open";
  button.textContent = t(button.dataset.word);
  if (map.dataset.asked) {
    context().actions.refresh();
    return;
  }
  map.dataset.asked = "yes";
  fetchPart("map-body", () => import("./map/map.js"), context);
}
