/**
 * What the page tells when it shows something kept: how old it is, why, and what is not advised from it;
 * and the worker that keeps it.
 */

import { ageOf } from "./age.js";

const CHECK_MS = 60e3;
const TRY_AGAIN_MS = 2 * 60e3;
const LOOK_FOR_NEW_MS = 3600e3;
const BASE = new URL(".", document.baseURI);

let context = null;
let tried = 0;
let looked = Date.now();
let registration = null;
let toldAt = Date.now();

/** @param {HTMLElement} root  @param {import("./app.js").Context} given */
export async function mount(root, given) {
  context = given;
  addEventListener("online", again);
  addEventListener("offline", notices);
  setInterval(check, CHECK_MS);
  document.addEventListener("visibilitychange", () => !document.hidden && check());
  try {
    await register();
  } catch (error) {
    // without a worker the page works, but for the time without a network
    console.info("no worker", error);
  }
}

/** @param {import("./app.js").Context} given */
export function update(given) {
  context = given;
  toldAt = Date.now();
  notices();
}

function notices() {
  const { series, kept, notices: lines } = context;
  lines.set("kept", series && kept ? (series.bundle ? bundled() : stored()) : null);
  lines.set("bundle-place", series?.bundle ? elsewhere(series.bundle) : null);
  lines.set("bundle-situation", context.advice?.bundle ? unheeded(context.advice.bundle) : null);
}

/** `没有网络：这是3小时前的预报（10日14时发布）。` */
function stored() {
  const { words, format, kept, actions } = context;
  const values = { age: format.ago(Date.now() - kept), issued: issued() };
  const text = navigator.onLine ? words.t("offline.kept.slow", values) : words.t("offline.kept.none", values);
  return { text, kind: "warn", action: { label: words.t("offline.again"), run: actions.reload } };
}

/** When the forecast was published; for an archived cycle, published since, when its run began. */
function issued() {
  const { words, format, series, now } = context;
  const { published_at: published, run_time: run } = series.passport;
  const archived = Date.parse(published) > now.getTime();
  const [key, instant] = archived ? ["offline.run", run] : ["offline.published", published];
  return words.t(key, { time: format.instant(instant, series.timezone) });
}

function bundled() {
  const { words, format, kept, series } = context;
  const values = {
    made: format.instant(kept, series.timezone),
    age: format.ago(Date.now() - kept),
    issued: issued(),
  };
  return { text: words.t("offline.bundle", values), kind: "info" };
}

function elsewhere({ place, distance_m: far, near, height, shifted }) {
  const { words, format } = context;
  const name = (words.lang() === "zh" ? place.name_zh : place.name_en) || place.name_zh || place.name_en;
  if (!near) {
    const text = words.t("offline.bundle.nearest", { name, distance: format.distance(far) });
    return { text, kind: "warn" };
  }
  const unheeded = [!height && "offline.bundle.height", shifted && "offline.bundle.datum"].filter(Boolean);
  return unheeded.length ? { text: unheeded.map((key) => words.t(key)).join(" "), kind: "warn" } : null;
}

function unheeded({ ignored }) {
  return ignored.length ? { text: context.words.t("offline.bundle.situation"), kind: "info" } : null;
}

/** Ask anew where the network is back. */
function again() {
  tried = Date.now();
  if (context.kept && !context.series?.bundle) context.actions.reload();
}

/** What is shown grows old; what was kept may be had anew; the page itself may be renewed. */
function check() {
  if (document.hidden) return;
  const { age, series, kept, now, actions } = context;
  const waited = Date.now() - tried > TRY_AGAIN_MS;
  const moment = new Date(now.getTime() + Date.now() - toldAt);
  if (kept) notices();
  if (kept && navigator.onLine && waited) again();
  else if (age && waited && ageOf(series.passport, moment).state !== age.state) {
    tried = Date.now();
    actions.reload();
  }
  if (registration && navigator.onLine && Date.now() - looked > LOOK_FOR_NEW_MS) {
    looked = Date.now();
    registration.update().catch(() => {});
  }
}

async function register() {
  const workers = navigator.serviceWorker;
  // a bundle is its own store; and browsers give workers to safe origins only
  if (!workers || document.querySelector('meta[name="zhitian-bundle"]')) return;
  workers.addEventListener("message", ({ data }) => data?.renewed && context.kept && context.actions.reload());
  const options = { scope: BASE.pathname, updateViaCache: "none" };
  const first = !workers.controller;
  registration = await workers.register(new URL("sw.js", BASE), options);
  offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => coming.state === "installed" && offer(coming));
  });
  if (first) {
    const { active } = await workers.ready;
    active.postMessage({ keep: asked() });
  }
}

/** What this page has asked before there was a worker. */
function asked() {
  const names = performance.getEntriesByType("resource").map((entry) => entry.name);
  return [...new Set(names)].filter((name) => name.startsWith(new URL("v1/", BASE).href));
}

/** A quiet line: there is a new version, and whoever likes takes it. */
function offer(worker) {
  if (!worker || !navigator.serviceWorker.controller) return;
  const { words, notices: lines } = context;
  const run = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
    worker.postMessage({ go: true });
  };
  lines.set("new-page", { text: words.t("offline.new"), kind: "info", action: { label: words.t("offline.reload"), run } });
}
