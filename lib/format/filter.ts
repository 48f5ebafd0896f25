/**
 * What is done to the bytes of numbers before zstd, so that it finds more in them.
 *
 * The addon does it at the speed of memory; without it the same is done many times slower.
 *
 * @module
 */

import { native } from "../native.ts";
import * as plain from "./shuffle.ts";

/**
 * How bytes are reordered before they are compressed: not at all; the first bytes of all elements,
 * then the second ones, and so on; or the same with bits.
 */
export type Filter = "none" | "shuffle" | "bitshuffle";

/** Every filter; the position is its number between threads. */
export const FILTERS: readonly Filter[] = ["none", "shuffle", "bitshuffle"];

/** Writes the bytes of `source` in the order of the filter to as many bytes that are not its own. */
export function applyFilter(
  filter: Exclude<Filter, "none">,
  source: Uint8Array,
  destination: Uint8Array,
  itemSize: number,
): void {
  (native() ?? plain)[filter](source, destination, itemSize);
}

/** Undoes {@link applyFilter}. */
export function undoFilter(
  filter: Exclude<Filter, "none">,
  source: Uint8Array,
  destination: Uint8Array,
  itemSize: number,
): void {
  const kernels = native() ?? plain;
  if (filter === "shuffle") kernels.unshuffle(source, destination, itemSize);
  else kernels.bitunshuffle(source, destination, itemSize);
}
