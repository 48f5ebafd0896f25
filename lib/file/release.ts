/**
 * Maps given up by hand.
 *
 * @module
 */

import { types } from "node:util";
import { wrongType } from "../errors.ts";
import { releaseMap } from "../store/map/shared-map.ts";
import { memoryOfTable } from "./arrow-file.ts";

/** What may lie on a map: arrays and buffers, ndarrays and objects of Arrow. */
export type Releasable =
  | NodeJS.ArrayBufferView
  | ArrayBufferLike
  | {
      /** What an ndarray, or a vector or record batch of Arrow, lies on. */
      readonly data: object;
    }
  | {
      /** What a table of Arrow consists of. */
      readonly batches: readonly object[];
    };

/**
 * Unmaps an array at once: it, and every view of its memory, is empty afterwards.
 *
 * Without this call the garbage collector unmaps an array that nobody uses any more. An array that
 * is not mapped, or was mapped by `mmap-io`, which cannot unmap, is left as it is.
 *
 * Arrays of 4 MiB and more that were loaded from one path with `mmapMode: "r"` may share one map.
 * It goes with the last of them: to release one of several leaves all of them as they are and
 * returns `false`. Only what was loaded counts: a `subarray` of it, or its `buffer`, releases the
 * map if nothing else was loaded from it, and otherwise does nothing.
 *
 * Of Arrow's objects those that were loaded are released, not what was made of them.
 *
 * @returns whether something was unmapped.
 */
export function release(array: Releasable): boolean {
  const memory = memoryOfTable(array);
  if (memory) return releaseMap(array, memory);
  const data = "data" in Object(array) ? Reflect.get(array, "data") : array;
  const buffer: unknown = types.isAnyArrayBuffer(data) ? data : Reflect.get(Object(data), "buffer");
  if (types.isAnyArrayBuffer(buffer)) return releaseMap(data, buffer);
  throw wrongType(
    "what is to be released",
    "an array, an ndarray, a loaded table or a buffer",
    array,
  );
}
