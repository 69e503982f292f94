/** The map by MapLibre GL. @see engine.js for what each function does */

import { Map as GLMap, setWorkerUrl } from "../../vendor/maplibre/maplibre-gl.mjs";
import { styled } from "./engine.js";

const WORKER = "../../vendor/maplibre/maplibre-gl-worker.mjs";
const TILE = 256;
/** MapLibre's zoom counts in tiles of 512 pixels; ours are half as wide. */
const FINER = 1;
/** The lowest of the outlines; they lie above all else. */
const TOP = "zones-halo";
const OUTLINES = { [TOP]: { "line-color": "#fffdf6", "line-width": 4, "line-opacity": 0.6 }, zones: { "line-color": "#3a352b", "line-width": 1.6, "line-opacity": 0.9 } };
/** Below this layer lies all ground, above it what is forecast. */
const ABOVE_GROUND = "above-ground";
const OWN_GROUND = "own-ground";
const PATIENCE_MS = 10000;

/**
 * @param {HTMLElement} node
 * @param {import("./engine.js").Options} options
 * @returns {Promise<import("./engine.js").Engine>}
 */
export async function create(node, options) {
  await styled("vendor/maplibre/maplibre-gl.css");
  setWorkerUrl(new URL(WORKER, import.meta.url).href);
  const map = await ready(new GLMap({ container: node, ...looks(options) }));
  map.keyboard.disableRotation();
  map.touchZoomRotate.disableRotation();
  map.scrollZoom.disable();
  listen(map, options.on);
  map.addSource(TOP, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: ABOVE_GROUND, type: "background", layout: { visibility: "none" } });
  for (const [id, paint] of Object.entries(OUTLINES)) map.addLayer({ id, type: "line", source: TOP, paint });
  const still = options.still ? { animate: false } : {};
  return {
    kind: "gl",
    keys: map.getCanvas(),
    addRaster: (template, { maxZoom }) => addRaster(map, template, { maxZoom }),
    setGround: (template, zooms) => setGround(map, template, zooms),
    ...frames(map, options.dataZoom),
    setData: (zones) => map.getSource(TOP).setData(zones),
    project: ({ latitude, longitude }) => map.project([longitude, latitude]),
    unproject: ({ x, y }) => pointOf(map.unproject([x, y])),
    view: () => seen(map),
    flyTo: ({ latitude, longitude }, zoom) =>
      map.easeTo({ center: [longitude, latitude], ...(zoom ? { zoom: zoom - FINER } : {}), ...still }),
    fit: (bounds) => map.fitBounds(box(bounds), { padding: 12, ...still }),
    zoomBy: (step) => map.easeTo({ zoom: map.getZoom() + step, ...still }),
    setWheel: (on) => map.scrollZoom[on ? "enable" : "disable"](),
    destroy: () => map.remove(),
  };
}

function looks({ bounds, limits, minZoom, maxZoom, still }) {
  return {
    // where nothing is drawn the colour of the page's own style is seen
    style: { version: 8, sources: {}, layers: [] },
    bounds: box(bounds),
    fitBoundsOptions: { padding: 12 },
    maxBounds: box(limits),
    minZoom: minZoom - FINER,
    maxZoom: maxZoom - FINER,
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    attributionControl: false,
    fadeDuration: 0,
    reduceMotion: still || undefined,
    refreshExpiredTiles: false,
    validateStyle: false,
  };
}

function box({ west, south, east, north }) {
  return [
    [west, south],
    [east, north],
  ];
}

function ready(map) {
  return new Promise((done, failed) => {
    map.once("style.load", () => done(map));
    map.once("error", ({ error }) => failed(error));
  });
}

function pointOf({ lat: latitude, lng: longitude }) {
  return { latitude, longitude };
}

function listen(map, on) {
  map.on("click", ({ lngLat }) => on.tap(pointOf(lngLat)));
  map.on("move", on.move);
  map.on("resize", on.move);
  map.on("moveend", on.moved);
  // tiles that fail are told by who asked for them first
  map.on("error", ({ error }) => console.info("map", error?.message));
}

function seen(map) {
  const [bounds, centre] = [map.getBounds(), map.getCenter()];
  return {
    west: bounds.getWest(),
    south: bounds.getSouth(),
    east: bounds.getEast(),
    north: bounds.getNorth(),
    latitude: centre.lat,
    longitude: centre.lng,
    zoom: Math.round(map.getZoom() + FINER),
  };
}

function addRaster(map, template, { maxZoom }) {
  const id = `ground-${map.getStyle().layers.length}`;
  map.addSource(id, { type: "raster", tiles: [template], tileSize: TILE, maxzoom: maxZoom });
  map.addLayer({ id, type: "raster", source: id, paint: { "raster-fade-duration": 0 } }, ABOVE_GROUND);
}

function setGround(map, template, { min_zoom: minzoom, max_zoom: maxzoom }) {
  drop(map, OWN_GROUND);
  if (!template) return;
  map.addSource(OWN_GROUND, { type: "raster", tiles: [template], tileSize: TILE, minzoom, maxzoom });
  map.addLayer({ id: OWN_GROUND, type: "raster", source: OWN_GROUND, paint: { "raster-fade-duration": 0 } }, ABOVE_GROUND);
}

function drop(map, id) {
  if (!id || !map.getLayer(id)) return;
  map.removeLayer(id);
  map.removeSource(id);
}

/** The tiles of one time are loaded unseen, and take the place of the others at once. */
function frames(map, maxZoom) {
  let shown = null;
  let coming = null;
  let count = 0;
  let opacity = 1;

  async function setTime(template, { minZoom = 0 } = {}) {
    drop(map, coming);
    coming = null;
    if (!template) {
      drop(map, shown);
      shown = null;
      return true;
    }
    const id = `time-${(count += 1)}`;
    coming = id;
    map.addSource(id, { type: "raster", tiles: [template], tileSize: TILE, minzoom: minZoom, maxzoom: maxZoom });
    map.addLayer({ id, type: "raster", source: id, paint: hidden() }, TOP);
    await loaded(map, id);
    if (coming !== id) return false;
    map.setPaintProperty(id, "raster-opacity", opacity);
    drop(map, shown);
    [shown, coming] = [id, null];
    return true;
  }

  function setOpacity(share) {
    opacity = share;
    if (shown) map.setPaintProperty(shown, "raster-opacity", share);
  }

  return { setTime, setOpacity };
}

function hidden() {
  const none = { duration: 0, delay: 0 };
  return {
    "raster-opacity": 0,
    "raster-opacity-transition": none,
    "raster-fade-duration": 0,
    "raster-resampling": "nearest",
  };
}

function loaded(map, id) {
  return new Promise((done) => {
    const events = ["sourcedata", "idle", "error"];
    const late = setTimeout(finish, PATIENCE_MS);
    function finish() {
      clearTimeout(late);
      for (const event of events) map.off(event, look);
      done();
    }
    function look() {
      if (!map.getSource(id) || map.isSourceLoaded(id)) finish();
    }
    for (const event of events) map.on(event, look);
  });
}
