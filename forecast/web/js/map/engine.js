/**
 * What draws the map: MapLibre GL where the browser has WebGL 2, else Leaflet, which also serves who
 * spares data (a tenth of the bytes). Both do the same things under the same names.
 *
 * @typedef {{latitude: number, longitude: number}} Point  degrees
 * @typedef {{west: number, south: number, east: number, north: number}} Bounds  degrees
 *
 * @typedef {Object} Engine
 * @property {"gl"|"flat"} kind
 * @property {HTMLElement} keys  what has the keyboard's focus
 * @property {(template: string, options: {maxZoom: number}) => void} addRaster  a layer of the ground
 * @property {(template: string|null, options: {min_zoom: number, max_zoom: number}) => void} setGround  a
 *   layer above those, or none
 * @property {(template: string|null, options?: {minZoom: number}) => Promise<boolean>} setTime  show
 *   these tiles instead of those shown, once they are loaded; false where another call came in between
 * @property {(share: number) => void} setOpacity  of these tiles, 0 to 1
 * @property {(zones: Object) => void} setData  GeoJSON whose outlines are drawn
 * @property {(point: Point) => {x: number, y: number}} project  pixels from the upper left corner
 * @property {(pixel: {x: number, y: number}) => Point} unproject  the other way
 * @property {() => Bounds & Point & {zoom: number}} view  what is seen, its middle, and the zoom of tiles
 * @property {(point: Point, zoom?: number) => void} flyTo  zoom of tiles
 * @property {(bounds: Bounds) => void} fit
 * @property {(step: number) => void} zoomBy
 * @property {(on: boolean) => void} setWheel  whether the wheel zooms
 * @property {() => void} destroy
 *
 * @typedef {Object} Options
 * @property {Bounds} bounds  seen at first
 * @property {Bounds} limits  beyond which one cannot move
 * @property {number} minZoom  of tiles
 * @property {number} maxZoom  of tiles
 * @property {number} dataZoom  the finest tiles of data that are asked; finer views enlarge them
 * @property {boolean} still  no movement but by hand
 * @property {{tap: (point: Point) => void, move: () => void, moved: () => void, zooming: (on: boolean) => void}} on
 */

/**
 * @param {HTMLElement} node  empty, with a size
 * @param {Options} options
 * @param {{sparing: boolean}} wish
 * @returns {Promise<Engine>}
 */
export async function engine(node, options, { sparing }) {
  if (!sparing && hasWebGL()) {
    try {
      const { create } = await import("./gl.js");
      return await create(node, options);
    } catch (error) {
      console.info("the map is drawn without WebGL", error);
      node.replaceChildren();
    }
  }
  const { create } = await import("./flat.js");
  return create(node, options);
}

/**
 * Take a style sheet in, once.
 * @param {string} path  below the folder of the page's files
 * @param {{own?: boolean}} [whose]  own: the page's, which has the last word over others
 */
export function styled(path, { own = false } = {}) {
  const href = new URL(`../../${path}`, import.meta.url).href;
  const there = [...document.styleSheets].some((sheet) => sheet.href === href);
  if (there) return Promise.resolve();
  return new Promise((done) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, onload: done, onerror: done });
    document.head[own ? "append" : "prepend"](link);
  });
}

function hasWebGL() {
  try {
    const drawing = document.createElement("canvas").getContext("webgl2");
    drawing?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(drawing);
  } catch {
    return false;
  }
}
