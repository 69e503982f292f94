/**
 * What the map shows at each step of the slider: tiles are fetched first, then shown; while one step
 * is on its way only the newest wish is kept, so that a moving slider never queues up.
 */

import { covering, fetched } from "./tiles.js";

const GIVE_UP_MS = 400;

/**
 * @param {import("./engine.js").Engine} engine
 * @param {{dataZoom: number, sparing: boolean, busy: (on: boolean) => void,
 *   waiting: (seconds: number) => void, far: () => void, problem: (problem: Error|null) => void}} about
 */
export function frames(engine, { dataZoom, sparing, busy, waiting, far, problem }) {
  let running = null;
  let next;
  let shown = null;
  let ahead = null;

  const tiles = () => covering(engine.view(), dataZoom);

  /**
   * @param {string|null} template  tiles to show
   * @param {{following?: string[], slow?: boolean, minZoom?: number}} [more]  tiles that are likely to
   *   be wanted after these; whether they are worked out when asked; the coarsest that there are
   * @returns {Promise<boolean>} whether they were shown, and not others that were wished later
   */
  function show(template, { following = [], slow = false, minZoom = 0 } = {}) {
    ahead?.abort();
    next?.done(false);
    const wish = { template, following, slow, minZoom };
    const promise = new Promise((done) => {
      wish.done = done;
    });
    next = wish;
    if (!running) run();
    else if (performance.now() - running.since > GIVE_UP_MS) running.stop.abort();
    return promise;
  }

  async function run() {
    const wish = next;
    next = null;
    if (!wish) return;
    const stop = new AbortController();
    running = { stop, since: performance.now() };
    busy(true);
    let good = false;
    try {
      good = await step(wish, stop.signal);
      if (good) problem(null);
    } catch (error) {
      if (!stop.signal.aborted) {
        await engine.setTime(null);
        shown = null;
        problem(error);
      }
    }
    running = null;
    wish.done(good);
    if (next) {
      run();
      return;
    }
    busy(false);
    if (good && wish.template && isFar(wish)) far();
    else if (good && !sparing) prefetch(wish.following);
  }

  async function step(wish, signal) {
    const { template, slow, minZoom } = wish;
    if (template && !isFar(wish)) await fetched(template, tiles(), { signal, waiting, slow });
    const done = await engine.setTime(template, { minZoom });
    if (done) shown = wish;
    return done;
  }

  function isFar({ minZoom }) {
    return engine.view().zoom < minZoom;
  }

  async function prefetch(following) {
    ahead = new AbortController();
    const { signal } = ahead;
    try {
      for (const template of following) await fetched(template, tiles(), { signal, low: true });
    } catch {
      // what is not fetched ahead is fetched when it is wanted
    }
  }

  /** The view has moved: wait for tiles there that are still being worked out, and draw them. */
  async function moved() {
    if (!shown?.template || running) return;
    const { template, slow, minZoom } = shown;
    if (isFar(shown)) {
      far();
      return;
    }
    const stop = new AbortController();
    running = { stop, since: performance.now() };
    try {
      const late = await fetched(template, tiles(), { signal: stop.signal, waiting, slow });
      if (late) await engine.setTime(template, { minZoom });
      problem(null);
    } catch (error) {
      if (!stop.signal.aborted) problem(error);
    }
    running = null;
    busy(false);
    if (next) run();
  }

  return { show, moved };
}
