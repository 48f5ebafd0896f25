/**
 * Ndarrays in canonical bytes: what they are, and the digest of their elements in order.
 *
 * Strides and offset do not count, so that a view has the key of its packed copy.
 *
 * @module
 */

import { isMemory } from "../array/bytes.ts";
import type { Elements } from "../array/elements.ts";
import { hasMemory, type Ndarray, ndarrayOf, sourceOf } from "../array/ndarray.ts";
import { countOf, eachPlace } from "../array/strides.ts";
import { knownDigest } from "./known-digest.ts";
import { writeExtras, writeOwn } from "./property.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";
import { Digest, rawDigest } from "./xxh3.ts";

// A shared array of at least this size is worth remembering within one pass.
const REMEMBERED_BYTES = 4096;

/**
 * Writes an ndarray, unless the object is none.
 *
 * @throws CacheError `ERR_UNHASHABLE` for one that is not what it claims to be.
 */
export function writeNdarray(walk: Walk, value: object): boolean {
  const ndarray = ndarrayOf(value);
  if (ndarray === undefined) return false;
  if ("problem" in ndarray) throw walk.refusal(value, `is an ndarray ${ndarray.problem}`);
  const extras = ndarray
    .ownKeys()
    .filter((key) => typeof key === "string" && isVisible(value, key));
  writeExtras(walk, value, extras);
  const { sink } = walk;
  const { form, layout } = ndarray;
  const { library, kind = "", dtype, description, mode = "", submode = [], data } = form;
  sink.byte(Tag.ndarray);
  const texts = [library, kind, dtype, description === undefined ? "" : `=${description}`];
  for (const text of [...texts, mode, submode.join(), data]) sink.text(text);
  sink.uint64(layout.shape.length);
  for (const extent of layout.shape) sink.uint64(extent);
  sink.text(layout.order);
  if (hasMemory(ndarray)) sink.raw(digestOf(walk, value, ndarray));
  else writeElements(walk, ndarray);
  return true;
}

/** The digest of the elements in order, which is that of the file which they are stored in. */
function digestOf(
  walk: Walk,
  value: object,
  { layout, data }: Ndarray & { data: Elements },
): Buffer {
  const remembered = walk.arrays.get(value);
  if (remembered) return remembered;
  const source = sourceOf(layout, data);
  let found: Buffer | undefined;
  if (!isMemory(source)) {
    const digest = new Digest();
    for (const piece of source.pieces()) digest.update(piece);
    found = digest.raw();
  } else {
    const known = source instanceof DataView ? knownDigest(source) : undefined;
    if (known) return known;
    found = rawDigest(source);
  }
  if (source.byteLength >= REMEMBERED_BYTES) walk.arrays.set(value, found);
  return found;
}

/** Writes the elements of one over a plain array. */
function writeElements(walk: Walk, { layout, data }: Ndarray): void {
  walk.sink.uint64(countOf(layout.shape));
  eachPlace(layout, (place) => writeOwn(walk, data, place));
}

function isVisible(value: object, key: string): boolean {
  return Object.getOwnPropertyDescriptor(value, key)?.enumerable === true;
}
