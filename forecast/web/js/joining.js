/**
 * Joining parts to the page. A part is a module with `mount(root, context)`, called once, and
 * `update(context)`, called after it and on every change. A part that fails, or is not there, leaves
 * the others alone.
 */

import { byId } from "./dom.js";

const parts = [];

/**
 * A part that comes with the page.
 * @param {string} id  of its root
 * @param {{mount?: Function, update?: Function}} module
 */
export function join(id, module) {
  parts.push({ id, module, mounted: false });
}

/**
 * A part that is fetched when it is wanted.
 * @param {string} id  of its root
 * @param {() => Promise<Object>} fetchModule  a dynamic import
 * @param {() => Object} context  as it is when the part has come
 * @returns {Promise<boolean>} whether it came
 */
export async function fetchPart(id, fetchModule, context) {
  let module;
  try {
    module = await fetchModule();
  } catch (error) {
    console.info(`${id}: this part is not there`, error);
    return false;
  }
  const part = { id, module, mounted: false };
  parts.push(part);
  await show(part, context());
  return true;
}

/** Mount what is new and tell every part. @param {Object} context */
export function tell(context) {
  for (const part of parts) show(part, context);
}

async function show(part, context) {
  try {
    if (!part.mounted) {
      part.mounted = true;
      await part.module.mount?.(byId(part.id), context);
    }
    await part.module.update?.(context);
  } catch (error) {
    console.error(`${part.id}: this part failed`, error);
  }
}
