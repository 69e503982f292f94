/** Addresses of tiles, and fetching those of a view before they are shown. */

import { Problem } from "../api.js";

const AT_ONCE = 6;
const RETRY_SECONDS = 3;
const PATIENCE_MS = 300e3;
const MOST = 60;
/** Pixels along a tile. */
export const SIZE = 256;

/**
 * An address on our own origin with `{z}`, `{x}` and `{y}` left in it.
 * @param {string} template  of /v1/layers
 * @param {Object<string, string>} parts  what fills its other slots
 * @param {Object<string, string|number|null>} [query]
 */
export function address(template, parts, query = {}) {
  const path = template.replace(/\{(\w+)\}/g, (slot, name) =>
    name in parts ? encodeURIComponent(parts[name]) : slot,
  );
  const whole = new URL(path.replace(/^\//, ""), new URL(".", document.baseURI));
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) whole.searchParams.set(name, value);
  }
  return whole.href.replace(/%7B([zxy])%7D/gi, "{$1}");
}

/**
 * Tiles that cover a view, from its middle outwards.
 * @param {import("./engine.js").Bounds & {zoom: number}} view
 * @param {number} maxZoom  the finest that are asked
 * @returns {{z: number, x: number, y: number}[]}
 */
export function covering(view, maxZoom) {
  const z = Math.max(0, Math.min(maxZoom, view.zoom));
  const [left, top] = place(view.west, view.north, z);
  const [right, bottom] = place(view.east, view.south, z);
  const middle = [(left + right) / 2, (top + bottom) / 2];
  const found = [];
  for (let x = Math.floor(left); x <= Math.floor(right); x += 1) {
    for (let y = Math.floor(top); y <= Math.floor(bottom); y += 1) {
      const far = Math.hypot(x + 0.5 - middle[0], y + 0.5 - middle[1]);
      if (x >= 0 && y >= 0 && x < 2 ** z && y < 2 ** z) found.push({ z, x, y, far });
    }
  }
  return found.sort((one, other) => one.far - other.far).slice(0, MOST);
}

/**
 * The tile over a point, and the point's pixel in it.
 * @param {import("./engine.js").Point} point
 * @param {number} z
 * @returns {{tile: {z: number, x: number, y: number}, row: number, column: number}}
 */
export function pixelAt({ latitude, longitude }, z) {
  const [across, down] = place(longitude, latitude, z);
  const [x, y] = [Math.floor(across), Math.floor(down)];
  return { tile: { z, x, y }, row: Math.floor((down - y) * SIZE), column: Math.floor((across - x) * SIZE) };
}

function place(longitude, latitude, z) {
  const sine = Math.sin((Math.max(-85, Math.min(85, latitude)) * Math.PI) / 180);
  const down = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return [(longitude / 360 + 0.5) * 2 ** z, down * 2 ** z];
}

/**
 * Fetch tiles into the browser's own store, so that they show at once when they are drawn. One that
 * is still being worked out (503) is asked again when the service says so.
 * @param {string} template  with `{z}`, `{x}`, `{y}`
 * @param {{z: number, x: number, y: number}[]} tiles
 * @param {{signal: AbortSignal, waiting?: (seconds: number) => void, low?: boolean, slow?: boolean}} options
 *   low: ahead of need; slow: the first is worked out for all, and takes seconds
 * @returns {Promise<boolean>} whether any was refused at first
 * @throws {Problem} the first that cannot be had
 */
export async function fetched(template, tiles, { signal, waiting, low = false, slow = false }) {
  const queue = [...tiles];
  const since = Date.now();
  const seconds = () => Math.round((Date.now() - since) / 1000);
  let refused = false;
  const again = () => (refused = true);
  const worker = async (most) => {
    for (let done = 0; done < most && queue.length; done += 1) {
      await one(fill(template, queue.shift()), { signal, low, again, until: since + PATIENCE_MS });
    }
  };
  const telling = slow && waiting ? setInterval(() => waiting(seconds()), 1000) : 0;
  try {
    // what is being worked out is asked for once, so that it does not keep other questions waiting
    if (slow) await worker(1);
    await Promise.all(Array.from({ length: low ? 2 : AT_ONCE }, () => worker(MOST)));
  } finally {
    clearInterval(telling);
  }
  return refused;
}

/** @param {string} template  with `{z}`, `{x}`, `{y}`  @param {{z: number, x: number, y: number}} tile */
export function fill(template, { z, x, y }) {
  return template.replace("{z}", z).replace("{x}", x).replace("{y}", y);
}

async function one(url, { signal, low, again, until }) {
  for (;;) {
    const answer = await asked(url, { signal, priority: low ? "low" : "auto" });
    if (answer.ok) {
      await answer.blob();
      return;
    }
    const told = await answer.json().catch(() => ({}));
    const later = answer.headers.get("retry-after");
    if (answer.status !== 503 || later === null || low || Date.now() > until) {
      const kind = answer.status >= 500 ? "server" : "refused";
      throw new Problem({ kind, status: answer.status, title: told.title, detail: told.detail });
    }
    again();
    await pause(1000 * Math.min(15, Math.max(1, Number(later) || RETRY_SECONDS)), signal);
  }
}

async function asked(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem({ kind: "offline" });
  }
}

/** @param {number} ms  @param {AbortSignal} [signal]  ends it with an error */
export function pause(ms, signal) {
  return new Promise((done, failed) => {
    const stop = () => {
      clearTimeout(timer);
      failed(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      done();
    }, ms);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
