/** The map by Leaflet, without WebGL. @see engine.js for what each function does */

import "../../vendor/leaflet/leaflet.js";
import { styled } from "./engine.js";

const { L } = window;
const ZONES = { color: "#3a352b", weight: 1.6, opacity: 0.9, fill: false, smoothFactor: 0.3 };
const HALO = { ...ZONES, color: "#fffdf6", weight: 4, opacity: 0.6 };

/**
 * @param {HTMLElement} node
 * @param {import("./engine.js").Options} options
 * @returns {Promise<import("./engine.js").Engine>}
 */
export async function create(node, options) {
  await styled("vendor/leaflet/leaflet.css");
  const map = L.map(node, looks(options));
  map.createPane("ground").style.setProperty("z-index", "190");
  map.fitBounds(box(options.bounds), { padding: [12, 12], animate: false });
  const zones = [HALO, ZONES].map((style) => L.geoJSON(undefined, { style, interactive: false, smoothFactor: style.smoothFactor }).addTo(map));
  const watcher = new ResizeObserver(() => node.clientWidth && map.invalidateSize({ pan: false }));
  watcher.observe(node);
  node.setAttribute("role", "region");
  listen(map, options.on);
  const still = options.still ? { animate: false } : {};
  return {
    kind: "flat",
    keys: node,
    addRaster: (template, { maxZoom }) => addRaster(map, template, { maxZoom }),
    setGround: grounds(map),
    ...frames(map, options.dataZoom),
    setData: (collection) => zones.forEach((layer) => layer.clearLayers().addData(collection)),
    project: ({ latitude, longitude }) => map.latLngToContainerPoint([latitude, longitude]),
    unproject: ({ x, y }) => pointOf(map.containerPointToLatLng([x, y])),
    view: () => seen(map),
    flyTo: ({ latitude, longitude }, zoom) =>
      map.setView([latitude, longitude], zoom ?? map.getZoom(), still),
    fit: (bounds) => map.fitBounds(box(bounds), { padding: [12, 12], ...still }),
    zoomBy: (step) => map.setZoom(map.getZoom() + step, still),
    setWheel: (on) => map.scrollWheelZoom[on ? "enable" : "disable"](),
    destroy: () => {
      watcher.disconnect();
      map.remove();
    },
  };
}

function looks({ limits, minZoom, maxZoom, still }) {
  return {
    minZoom,
    maxZoom,
    maxBounds: box(limits),
    zoomControl: false,
    attributionControl: false,
    scrollWheelZoom: false,
    fadeAnimation: false,
    zoomAnimation: !still,
    inertia: !still,
  };
}

function box({ west, south, east, north }) {
  return [
    [south, west],
    [north, east],
  ];
}

function pointOf({ lat: latitude, lng: longitude }) {
  return { latitude, longitude };
}

function listen(map, on) {
  map.on("click", ({ latlng }) => on.tap(pointOf(latlng)));
  map.on("move resize viewreset", on.move);
  map.on("moveend", on.moved);
  map.on("zoomstart", () => on.zooming(true));
  map.on("zoomend", () => on.zooming(false));
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
    zoom: map.getZoom(),
  };
}

function addRaster(map, template, { maxZoom }) {
  L.tileLayer(template, { maxNativeZoom: maxZoom, maxZoom: map.getMaxZoom(), pane: "ground" }).addTo(map);
}

function grounds(map) {
  let own = null;
  return (template, { min_zoom: minZoom, max_zoom: maxNativeZoom }) => {
    own?.remove();
    own = template && L.tileLayer(template, { minZoom, maxNativeZoom, maxZoom: map.getMaxZoom(), pane: "ground", zIndex: 2 }).addTo(map);
  };
}

/** The tiles of one time are loaded unseen, and take the place of the others at once. */
function frames(map, maxNativeZoom) {
  let shown = null;
  let coming = null;
  let opacity = 1;

  async function setTime(template, { minZoom = 0 } = {}) {
    coming?.remove();
    coming = null;
    if (!template) {
      shown?.remove();
      shown = null;
      return true;
    }
    const given = { minZoom, maxNativeZoom, maxZoom: map.getMaxZoom(), opacity: 0, className: "map-crisp" };
    const layer = L.tileLayer(template, given).addTo(map);
    coming = layer;
    if (layer.isLoading()) await new Promise((done) => layer.once("load remove", done));
    if (coming !== layer) return false;
    layer.setOpacity(opacity);
    shown?.remove();
    [shown, coming] = [layer, null];
    return true;
  }

  function setOpacity(share) {
    opacity = share;
    shown?.setOpacity(share);
  }

  return { setTime, setOpacity };
}
