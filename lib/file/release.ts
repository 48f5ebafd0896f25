/**
 * Maps given up by hand.
 *
 * @module
 */

import { types } from "node:util";
import { wrongType } from "../errors.ts";
import { releaseMap } from "../store/shared-map.ts";

/**
 * Unmaps an array at once: it, and every view of its memory, is empty afterwards.
 *
 * Without this call the garbage collector unmaps an array that nobody uses any more. An array that
 * is not mapped, or was mapped by `mmap-io`, which cannot unmap, is left as it is.
 *
 * Arrays of 4 MiB and more that were loaded from one file with `mmapMode: "r"` may share one map.
 * It goes with the last of them: to release one of several leaves all of them as they are and
 * returns `false`. Only what was loaded counts: a `subarray` of it, or its `buffer`, releases the
 * map if nothing else was loaded from it, and otherwise does nothing.
 *
 * @returns whether something was unmapped.
 */
export function release(array: NodeJS.ArrayBufferView | ArrayBufferLike): boolean {
  const buffer = ArrayBuffer.isView(array) ? array.buffer : array;
  if (!types.isAnyArrayBuffer(buffer)) {
    throw wrongType("what is to be released", "an array or a buffer", array);
  }
  return releaseMap(array);
}
