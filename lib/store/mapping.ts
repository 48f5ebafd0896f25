/**
 * The modes of a map, and the choice between mapping and reading.
 *
 * | mode | reads | writes |
 * |---|---|---|
 * | `"r"` | the file | a private copy of the page, never the file; the first one is warned of |
 * | `"c"` | the file | a private copy of the page, never the file |
 * | `"r+"`, `"w+"` | the file | the file |
 *
 * @module
 */

import { wrongType } from "../errors.ts";
import { errorCode } from "../warning.ts";
import { type Mapped, type MmapMode, mapper, warnNoMapper } from "./mapper.ts";

export type { MmapMode } from "./mapper.ts";

const modes: readonly unknown[] = ["r", "c", "r+", "w+", null];

/** A mode, or the error for what is none. */
export function checkMmapMode(name: string, given: unknown): MmapMode | null {
  if (modes.includes(given)) return given as MmapMode | null;
  throw wrongType(name, '"r", "c", "r+", "w+" or null', given);
}

/** Whether writes in this mode reach the file. */
export function isWritable(mode: MmapMode | null): boolean {
  return mode === "r+" || mode === "w+";
}

/**
 * Maps a range of an open file.
 *
 * @param label what warnings about the map call it.
 * @returns the memory, or `undefined` where the range is to be read instead: without a mapper (said
 * once), in a runtime that forbids buffers over memory of others (said once, too), or for a range
 * too large for `mmap-io`.
 * @throws CacheError `ERR_NATIVE` for a range beyond the 4 GiB that a map has on Node 20.
 */
export function mapRange(
  fd: number,
  offset: number,
  byteLength: number,
  mode: MmapMode,
  label: string,
): Mapped | undefined {
  const chosen = mapper();
  if (chosen?.name === "mmap-io" && offset + byteLength > chosen.maxBytes) return undefined;
  try {
    if (chosen) return chosen.map(fd, offset, byteLength, mode, { label });
  } catch (error) {
    if (errorCode(error) !== "ERR_NO_EXTERNAL_BUFFERS") throw error;
  }
  warnNoMapper();
  return undefined;
}
