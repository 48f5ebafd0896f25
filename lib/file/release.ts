/**
 * Maps given up by hand.
 *
 * @module
 */

import { types } from "node:util";
import { wrongType } from "../errors.ts";
import { unmap } from "../store/mapping.ts";

/**
 * Unmaps an array at once: it, and every view of its memory, is empty afterwards.
 *
 * Without this call the garbage collector unmaps an array that nobody uses any more. An array that
 * is not mapped, or was mapped by `mmap-io`, which cannot unmap, is left as it is.
 *
 * @returns whether something was unmapped.
 */
export function release(array: NodeJS.ArrayBufferView | ArrayBufferLike): boolean {
  const buffer = ArrayBuffer.isView(array) ? array.buffer : array;
  if (!types.isAnyArrayBuffer(buffer)) {
    throw wrongType("what is to be released", "an array or a buffer", array);
  }
  return unmap(buffer);
}
