/**
 * Names and marks above the map: places around its middle, the place of the page, and the point that
 * was tapped. They are drawn by the page itself, alike with both engines. No border is drawn.
 */

const MOST = 50;
const QUIET_MS = 350;
const NEAR_ZOOM = 9;
const [ROW, LETTER] = [22, 13];

/**
 * @param {import("../app.js").Context} context
 * @param {import("./engine.js").Engine} engine
 * @param {{regions: Object[], sparing: boolean}} about
 */
export function names(context, engine, { regions, sparing }) {
  const { dom } = context;
  const node = dom.el("div", { class: "map-names", attrs: { "aria-hidden": "true" } });
  const labels = dom.el("div");
  const pin = mark("map-pin", "M12 22s7-7.2 7-12.5A7 7 0 0 0 5 9.500C5 14.800 12 22 12 22Z");
  const ring = mark("map-ring", "M12 3v5m0 8v5M3 12h5m8 0h5");
  const pinName = dom.el("span", { class: "map-pin-name" });
  pin.append(pinName);
  node.append(labels, ring, pin);
  let known = [];
  let shown = [];
  let spoken = context;
  let timer = 0;
  const marks = new Map([
    [pin, null],
    [ring, null],
  ]);

  function mark(name, path) {
    const { svg, el } = dom;
    return el("div", { class: `map-mark ${name}` }, [
      svg("svg", { attrs: { viewBox: "0 0 24 24", width: 36, height: 36, focusable: "false" } }, [
        svg("path", { attrs: { d: path } }),
        name === "map-ring" ? svg("circle", { attrs: { cx: 12, cy: 12, r: 4.5 } }) : svg("circle", { attrs: { cx: 12, cy: 9.5, r: 2.4 } }),
      ]),
    ]);
  }

  /** Everything stands where its point is now. */
  function place() {
    for (const [own, point] of marks) {
      own.hidden = !point;
      if (point) move(own, engine.project(point));
    }
    for (const { label, point } of shown) move(label, engine.project(point));
  }

  function move(own, { x, y }) {
    own.style.setProperty("transform", `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`);
  }

  /** Choose names that fit, the more important first. */
  function choose() {
    const view = engine.view();
    const box = node.getBoundingClientRect();
    const taken = [];
    shown = [];
    for (const entry of candidates(view)) {
      const text = entry[spoken.state.lang] || entry.zh;
      const spot = engine.project(entry.point);
      const wide = text.length * (spoken.state.lang === "zh" ? LETTER : LETTER * 0.58) + 14;
      const own = { left: spot.x - wide / 2, right: spot.x + wide / 2, top: spot.y - ROW / 2, bottom: spot.y + ROW / 2 };
      const inside = own.left > 0 && own.right < box.width && own.top > 0 && own.bottom < box.height;
      if (!inside || taken.some((other) => overlap(own, other))) continue;
      taken.push(own);
      shown.push({ label: dom.el("span", { class: `map-name ${entry.kind}`, text }), point: entry.point });
    }
    dom.fill(labels, shown.map(({ label }) => label));
    place();
  }

  function candidates(view) {
    if (view.zoom < NEAR_ZOOM - 1) return regions;
    const rank = { zone: 0, county: 1, town: 2 };
    return known.filter(({ kind }) => view.zoom >= NEAR_ZOOM || kind !== "town").sort((one, other) => (rank[one.kind] ?? 3) - (rank[other.kind] ?? 3));
  }

  function moved() {
    choose();
    clearTimeout(timer);
    if (!sparing) timer = setTimeout(ask, QUIET_MS);
  }

  async function ask() {
    const { latitude, longitude, zoom } = engine.view();
    if (zoom < NEAR_ZOOM - 1) return;
    const digits = zoom > NEAR_ZOOM + 1 ? 2 : 1;
    const where = { latitude: Number(latitude.toFixed(digits)), longitude: Number(longitude.toFixed(digits)), limit: MOST };
    try {
      const { data } = await context.api.around(where);
      known = [...zones, ...data.places.map(entryOf)];
      choose();
    } catch {
      // a map without names is still a map
    }
  }

  let zones = [];

  /** @param {Object} collection  GeoJSON of the operator's zones */
  function setZones(collection) {
    zones = collection.features.map(zoneName).filter(Boolean);
    known = [...zones, ...known];
  }

  return {
    node,
    place,
    moved,
    setZones,
    around: () => known,
    /** @param {import("./engine.js").Point|null} point  @param {string} [name] */
    setPlace(point, name = "") {
      marks.set(pin, point);
      pinName.textContent = name;
      place();
    },
    setTap(point) {
      marks.set(ring, point);
      place();
    },
    hide: (on) => node.classList.toggle("away", on),
    update(now) {
      spoken = now;
      choose();
    },
  };
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function entryOf({ kind, name_zh: zh, name_en: en, latitude, longitude }) {
  return { kind, zh, en, point: { latitude, longitude } };
}

/** @param {Object} region  of /v1/layers */
export function regionName({ label_zh: zh, label_en: en, bounds }) {
  const point = { latitude: (bounds.south + bounds.north) / 2, longitude: (bounds.west + bounds.east) / 2 };
  return { kind: "region", zh, en, point };
}

function zoneName({ properties, geometry }) {
  const points = (geometry?.coordinates ?? []).flat(geometry?.type === "MultiPolygon" ? 2 : 1);
  if (!points.length) return null;
  const [across, down] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const middle = (list) => (list.reduce((low, next) => Math.min(low, next)) + list.reduce((high, next) => Math.max(high, next))) / 2;
  const zh = properties.name_zh ?? properties.name ?? "";
  const en = properties.name_en ?? properties.name ?? zh;
  return { kind: "zone", zh, en, point: { latitude: middle(down), longitude: middle(across) } };
}
