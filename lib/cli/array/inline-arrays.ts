/**
 * The small arrays of a value that lie in the manifest, found in the value again.
 *
 * @module
 */

import type { ArrayForm } from "../../format/manifest.ts";

const MOST_OBJECTS = 10_000;

/**
 * The bytes of each array, where one of its class and size is in the value; arrays are found in the
 * order in which they were stored.
 */
export function inlineBytes(
  value: unknown,
  forms: readonly ArrayForm[],
): readonly (Uint8Array | undefined)[] {
  const views = viewsIn(value);
  return forms.map(({ className, bytes }) => {
    const at = views.findIndex(
      (view) => view.constructor.name === className && view.byteLength === bytes,
    );
    const [view] = at === -1 ? [] : views.splice(at, 1);
    return view && new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  });
}

/** The views in plain objects, arrays, maps and sets. */
function viewsIn(value: unknown): ArrayBufferView[] {
  const views: ArrayBufferView[] = [];
  const seen = new Set<object>();
  const look = (each: unknown): void => {
    if (typeof each !== "object" || each === null) return;
    if (seen.has(each) || seen.size > MOST_OBJECTS) return;
    seen.add(each);
    if (ArrayBuffer.isView(each)) views.push(each);
    else if (each instanceof Map) for (const pair of each) pair.forEach(look);
    else if (each instanceof Set) for (const item of each) look(item);
    else Object.values(each).forEach(look);
  };
  look(value);
  return views;
}
