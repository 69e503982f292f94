/**
 * The worker that lets the page open without a network: its files, the last answers and some tiles.
 * `$web` is the folder of the version of the page that this worker came with.
 */

const WEB = "$web";
const SCOPE = new URL(self.registration.scope);
const OWN = `zhitian ${SCOPE.pathname}`;
const SHELL = `${OWN} shell ${WEB}`;
const ANSWERS = `${OWN} answers`;
const TILES = `${OWN} tiles`;

const PATIENCE_MS = 3000;
const MOST_PLACES = 12;
const MOST_SHARED = 60;
const MOST_BYTES = 20e6;
const MOST_TILES = 200;

const KEPT = "x-zhitian-kept";
const BYTES = "x-zhitian-bytes";
const SPOT = "x-zhitian-spot";

/** Questions whose answers are kept. */
const QUESTION = /^v1\/(forecast|advisories|places|crops|skill|scorecard|regions|layers)(\/|$)/;
/** Files that are fetched when they are wanted, and then kept. */
const ASIDE = /^(js\/map\/|css\/map\.css$|plain\/|vendor\/(?!uplot\/)|sw\.js$)|(^|\/)(LICENSE|checksums\.txt)$/;
/** Files that a phone which spares data does not fetch ahead. */
const OPTIONAL = /^(vendor\/|js\/(meteogram|skill|lines)|css\/print)/;
/** What of a question only says how much of the answer is wanted, or how exact its coordinates are. */
const EXTENT = ["hourly", "quantiles", "probability", "precision"];

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", answered);
self.addEventListener("message", told);

/** Keep the page and its files; nothing of an earlier visit is touched. */
async function install() {
  const shell = await caches.open(SHELL);
  const page = await fetch(new Request(SCOPE, { cache: "no-cache" }));
  const text = page.ok ? await page.clone().text() : "";
  if (!text.includes(`${WEB}/`)) throw new Error("the page has another version than its worker");
  await shell.put(SCOPE, page);
  const listing = await (await fetch(new URL("web/listing.json", SCOPE), { cache: "no-cache" })).json();
  const sparing = Boolean(self.navigator.connection?.saveData);
  const wanted = Object.keys(listing.files).filter(
    (name) => !ASIDE.test(name) && !(sparing && OPTIONAL.test(name)),
  );
  await shell.addAll(wanted.map((name) => new URL(`${WEB}/${name}`, SCOPE)));
  // the first worker may begin at once; a later one waits until the page asks for it
  if (!self.registration.active) await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(`${OWN} shell `) && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The page says `go` to a newer worker, and `keep` of what it fetched before there was one. */
function told(event) {
  const { go, keep: addresses = [] } = event.data ?? {};
  if (go) self.skipWaiting();
  const ours = addresses.filter((address) => QUESTION.test(pathOf(new URL(address, SCOPE)) ?? ""));
  if (ours.length) event.waitUntil(Promise.all(ours.map(fetchKept)).then(trimmed));
}

async function fetchKept(address) {
  try {
    const asked = { cache: "force-cache", headers: { accept: "application/json" } };
    await keep(address, await fetch(address, asked));
  } catch {
    // it was seen, and is asked again at the next visit
  }
}

/** @returns {string|null} the path below the page's folder */
function pathOf(url) {
  const ours = url.origin === SCOPE.origin && url.pathname.startsWith(SCOPE.pathname);
  return ours ? url.pathname.slice(SCOPE.pathname.length) : null;
}

function answered(event) {
  const { request } = event;
  const path = pathOf(new URL(request.url));
  if (request.method !== "GET" || request.headers.has("range") || path === null) return;
  if (request.mode === "navigate") {
    if (path === "" || path === "index.html") event.respondWith(page(request));
  } else if (path.startsWith(`${WEB}/`)) {
    event.respondWith(file(event));
  } else if (QUESTION.test(path)) {
    event.respondWith(answer(event));
  } else if (path.startsWith("tiles/") && !path.endsWith(".int16")) {
    event.respondWith(tile(event));
  }
}

async function page(request) {
  const shell = await caches.open(SHELL);
  return (await shell.match(SCOPE, { ignoreVary: true })) ?? fetch(request);
}

/** A file of this version never changes: what is kept is right. */
async function file(event) {
  const shell = await caches.open(SHELL);
  const kept = await shell.match(event.request.url, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(event.request);
  if (response.status === 200) event.waitUntil(shell.put(event.request.url, response.clone()));
  return response;
}

/**
 * From the network; where that takes longer than people wait, or fails, what was kept; where nothing
 * was, from the network however long it takes.
 */
async function answer(event) {
  // the browser's own store would hide that there is no network
  const network = fetch(event.request, { cache: "no-cache" });
  const keeping = network.then((response) => keep(event.request.url, response.clone()));
  const late = { kept: false };
  const after = keeping.then(trimmed).then(() => late.kept && tell(event.clientId, event.request.url));
  event.waitUntil(after.catch(() => {}));
  const first = await Promise.race([network.catch(() => null), waited(PATIENCE_MS)]);
  if (first && !unreached(first)) return first;
  const kept = await find(event.request.url);
  late.kept = Boolean(kept) && !first;
  return kept ?? network;
}

function waited(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds, null));
}

/** Whether something between the phone and the service answered in its stead. */
function unreached(response) {
  const told = (response.headers.get("content-type") ?? "").startsWith("application/problem+json");
  return [502, 503, 504].includes(response.status) && !told;
}

/** Tell the page that the answer it was given has meanwhile come anew. */
async function tell(client, address) {
  (await self.clients.get(client))?.postMessage({ renewed: address });
}

/**
 * @param {string} address
 * @param {Response} response  kept only when it is whole and right
 */
async function keep(address, response) {
  const type = response.headers.get("content-type") ?? "";
  if (response.status !== 200 || !type.startsWith("application/json")) return;
  const text = await response.text();
  const bytes = new TextEncoder().encode(text).length;
  const headers = {
    "content-type": type,
    [KEPT]: new Date().toISOString(),
    [BYTES]: String(bytes),
    [SPOT]: spotOf(address, text),
  };
  const answers = await caches.open(ANSWERS);
  await answers.put(address, new Response(text, { headers }));
}

/** Where an answer is about, as `lat,lon`; empty where it is about no one place. */
function spotOf(address, text) {
  const query = new URL(address).searchParams;
  const path = pathOf(new URL(address));
  if (path === "v1/places") return "";
  if (query.has("lat")) return `${Number(query.get("lat"))},${Number(query.get("lon"))}`;
  if (!query.has("place")) return "";
  const asked = JSON.parse(text).passport?.asked;
  return asked ? `${asked.latitude},${asked.longitude}` : "";
}

/** What a question is about, but for the place and for how much is wanted. */
function matterOf(address) {
  const url = new URL(address);
  const query = url.searchParams;
  if (query.get("hourly") === "none") query.set("nothing-hourly", "");
  for (const name of [...EXTENT, "lat", "lon", "place"]) query.delete(name);
  query.sort();
  return `${url.pathname}?${query}`;
}

/** The kept answer to a question, or to the same one asked in other words. */
async function find(address) {
  const answers = await caches.open(ANSWERS);
  const same = await answers.match(address);
  if (same) return same;
  const query = new URL(address).searchParams;
  if (!query.has("lat") && !query.has("place")) return null;
  const spot = `${Number(query.get("lat"))},${Number(query.get("lon"))}`;
  for (const { request, response } of await listed(answers)) {
    if (matterOf(request.url) !== matterOf(address)) continue;
    const named = query.has("place") && new URL(request.url).searchParams.get("place") === query.get("place");
    if (named || (query.has("lat") && response.headers.get(SPOT) === spot)) return response;
  }
  return null;
}

/** All that is kept, newest first. */
async function listed(answers) {
  const requests = await answers.keys();
  const all = await Promise.all(requests.map(async (request) => ({ request, response: await answers.match(request) })));
  const age = ({ response }) => response.headers.get(KEPT) ?? "";
  return all.filter(({ response }) => response).sort((one, other) => (age(one) < age(other) ? 1 : -1));
}

/** Forget the oldest: places beyond the last few, lookups beyond the last, and bytes beyond the limit. */
async function trimmed() {
  const answers = await caches.open(ANSWERS);
  const places = new Set();
  let [shared, bytes] = [0, 0];
  for (const { request, response } of await listed(answers)) {
    const spot = response.headers.get(SPOT);
    if (spot) places.add(spot);
    else shared += 1;
    bytes += Number(response.headers.get(BYTES));
    const old = spot ? places.size > MOST_PLACES && [...places].indexOf(spot) >= MOST_PLACES : shared > MOST_SHARED;
    if (old || bytes > MOST_BYTES) await answers.delete(request);
  }
}

/** A tile of a named cycle never changes; of others the newest, and the kept one without a network. */
async function tile(event) {
  const tiles = await caches.open(TILES);
  const kept = await tiles.match(event.request.url);
  if (kept && new URL(event.request.url).searchParams.has("cycle")) return kept;
  let response;
  try {
    response = await fetch(event.request);
  } catch (problem) {
    if (kept) return kept;
    throw problem;
  }
  if (response.status === 200) event.waitUntil(keepTile(tiles, event.request.url, response.clone()));
  return response;
}

async function keepTile(tiles, address, response) {
  await tiles.put(address, response);
  const requests = await tiles.keys();
  await Promise.all(requests.slice(0, Math.max(0, requests.length - MOST_TILES)).map((one) => tiles.delete(one)));
}
