/**
 * Names and marks above the map: places in view, the place of the page, and the point that
 * was tapped. They are drawn by the page itself, alike with both engines. No border is drawn.
 */

const MOST = 30;
const QUIET_MS = 350;
const NEAR_ZOOM = 9;
const [ROW, LETTER] = [22, 13];

/**
 * @param {import("../app.js").Context} context
 * @param {import("./engine.js").Engine} engine
 * @param {{areas: Object[], sparing: boolean}} about  areas: regions of /v1/layers, beyond which nothing is named
 */
export function names(context, engine, { areas, sparing }) {
  const regions = areas.map(regionName);
  const { dom } = context;
  const node = dom.el("div", { class: "map-names", attrs: { "aria-hidden": "true" } });
  const labels = dom.el("div");
  const pin = mark("map-pin", "M12 22s7-7.2 7-12.5A7 7 0 0 0 5 9.500C5 14.800 12 22 12 22Z");
  const ring = mark("map-ring", "M12 3v5m0 8v5M3 12h5m8 0h5");
  const pinName = dom.el("span", { class: "map-pin-name" });
  pin.append(pinName);
  node.append(labels, ring, pin);
  let known = [];
  let zones = [];
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
    for (const { label, spot } of shown) move(label, spot());
  }

  function move(own, { x, y }) {
    own.style.setProperty("transform", `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`);
  }

  /** Where the middle of a name may be: at its point, or below an outline, which is first if that is narrower. */
  function spotsOf({ point, box }, wide) {
    const at = () => engine.project(point);
    if (!box) return [at];
    const corner = (latitude, longitude) => engine.project({ latitude, longitude });
    const below = () => {
      const [low, high] = [corner(box.south, box.west), corner(box.south, box.east)];
      return { x: (low.x + high.x) / 2, y: low.y + ROW / 2 };
    };
    const narrow = corner(box.south, box.east).x - corner(box.south, box.west).x < wide;
    return narrow ? [below] : [at, below];
  }

  /** Choose names that fit, the more important first. */
  function choose() {
    const view = engine.view();
    const box = node.getBoundingClientRect();
    const taken = [...pinned(), ...covered(box)];
    shown = [];
    for (const entry of candidates(view)) {
      const text = entry[spoken.state.lang] || entry.zh;
      if (!text) continue;
      const wide = widthOf(text);
      const spot = spotsOf(entry, wide).find((one) => {
        const own = around(one(), wide);
        const inside = own.left > 0 && own.right < box.width && own.top > 0 && own.bottom < box.height;
        return inside && !taken.some((other) => overlap(own, other));
      });
      if (!spot) continue;
      taken.push(around(spot(), wide));
      shown.push({ label: dom.el("span", { class: `map-name ${entry.kind}`, text }), spot });
    }
    dom.fill(labels, shown.map(({ label }) => label));
    place();
  }

  /** Where the pin and its name stand. */
  function pinned() {
    const point = marks.get(pin);
    if (!point) return [];
    const { x, y } = engine.project(point);
    const wide = widthOf(pinName.textContent) * 1.1;
    return [
      { left: x - 18, right: x + 18, top: y - 36, bottom: y },
      { left: x - wide / 2, right: x + wide / 2, top: y, bottom: y + 28 },
    ];
  }

  /** What lies above the names. */
  function covered(box) {
    return [...node.parentNode.querySelectorAll(".map-buttons, .map-simulated, .map-credit:not([hidden])")].map((other) => {
      const { left, right, top, bottom } = other.getBoundingClientRect();
      return { left: left - box.left, right: right - box.left, top: top - box.top, bottom: bottom - box.top };
    });
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
    const view = engine.view();
    if (view.zoom < NEAR_ZOOM - 1) return;
    try {
      const answers = await Promise.all(quarters(view).map((point) => context.api.around({ ...point, limit: MOST })));
      const found = answers.flatMap(({ data }) => data.places.filter(served));
      const places = new Map(found.map((one) => [one.code, one]));
      known = [...zones, ...[...places.values()].map(entryOf)];
      choose();
    } catch {
      // a map without names is still a map
    }
  }

  function served({ latitude, longitude }) {
    return areas.some(({ bounds }) => longitude > bounds.west && longitude < bounds.east && latitude > bounds.south && latitude < bounds.north);
  }

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
    /** @param {import("./engine.js").Point|null} point  @param {string} [name] */
    setPlace(point, name = "") {
      const same = marks.get(pin) === point && pinName.textContent === name;
      marks.set(pin, point);
      pinName.textContent = name;
      if (!same) choose();
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

/** Middles of the four quarters of a view, rounded so that a small move asks nothing new. */
function quarters({ west, south, east, north, zoom }) {
  const digits = zoom > NEAR_ZOOM + 1 ? 2 : 1;
  const along = (from, to, share) => Number((from + share * (to - from)).toFixed(digits));
  return [0.25, 0.75].flatMap((down) =>
    [0.25, 0.75].map((across) => ({ latitude: along(south, north, down), longitude: along(west, east, across) })),
  );
}

/** About how wide a name is, pixels. */
function widthOf(text) {
  return [...text].reduce((sum, letter) => sum + (letter.codePointAt(0) > 0x2e7f ? LETTER : LETTER * 0.58), 14);
}

function around({ x, y }, wide) {
  return { left: x - wide / 2, right: x + wide / 2, top: y - ROW / 2, bottom: y + ROW / 2 };
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function entryOf({ kind, name_zh: zh, name_en: en, latitude, longitude }) {
  return { kind, zh, en, point: { latitude, longitude } };
}

function regionName({ label_zh: zh, label_en: en, bounds }) {
  const point = { latitude: (bounds.south + bounds.north) / 2, longitude: (bounds.west + bounds.east) / 2 };
  return { kind: "region", zh, en, point };
}

/** A zone is named in the largest of its parts. */
function zoneName({ properties, geometry }) {
  const rings = geometry?.type === "MultiPolygon" ? geometry.coordinates.map(([outer]) => outer) : [geometry?.coordinates?.[0] ?? []];
  const { ring, point } = rings.map(middleOf).reduce((one, other) => (other.area > one.area ? other : one));
  if (!ring.length) return null;
  const [across, down] = [0, 1].map((axis) => ring.map((corner) => corner[axis]));
  const box = { west: least(across), east: -least(across.map((x) => -x)), south: least(down), north: -least(down.map((y) => -y)) };
  const { name_zh: zh, name_en: en } = properties;
  return { kind: "zone", zh: zh || en, en: en || zh, point, box };
}

/** Centroid of a ring in degrees, and its area. */
function middleOf(ring) {
  const sums = { area: 0, x: 0, y: 0 };
  const [x0, y0] = ring[0] ?? [0, 0];
  for (let at = 1; at < ring.length; at += 1) {
    const [[x1, y1], [x2, y2]] = [ring[at - 1], ring[at]].map(([x, y]) => [x - x0, y - y0]);
    const twice = x1 * y2 - x2 * y1;
    sums.area += twice / 2;
    sums.x += (twice * (x1 + x2)) / 6;
    sums.y += (twice * (y1 + y2)) / 6;
  }
  const point = { latitude: y0 + sums.y / (sums.area || 1), longitude: x0 + sums.x / (sums.area || 1) };
  return { ring, area: Math.abs(sums.area), point };
}

/** Also of lists that are too long to be arguments. */
function least(list) {
  return list.reduce((low, next) => Math.min(low, next));
}
