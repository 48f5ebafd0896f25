/**
 * The modes of a map, and the choice between mapping and reading.
 *
 * | mode | reads | writes |
 * |---|---|---|
 * | `"r"` | the file | a private copy of the page, never the file |
 * | `"c"` | the file | a private copy of the page, never the file |
 * | `"r+"`, `"w+"` | the file | the file |
 *
 * @module
 */

import { CacheError, wrongType } from "../errors.ts";
import { type MmapMode, mapper, warnNoMapper } from "./mapper.ts";

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
 * @returns the memory, or `undefined` where the range is to be read instead: without a mapper (said
 * once), or for a range too large for `mmap-io`.
 * @throws CacheError `ERR_NATIVE` for a range beyond the 4 GiB that a map has on Node 20.
 */
export function mapRange(
  fd: number,
  offset: number,
  byteLength: number,
  mode: MmapMode,
  label: string,
): { buffer: ArrayBuffer; byteOffset: number } | undefined {
  const chosen = mapper();
  if (chosen === undefined) {
    warnNoMapper();
    return undefined;
  }
  if (byteLength <= chosen.maxBytes) return chosen.map(fd, offset, byteLength, mode);
  if (chosen.name === "mmap-io") return undefined;
  throw new CacheError(
    "ERR_NATIVE",
    `${label} holds ${byteLength} bytes, and a map ends at ${chosen.maxBytes} bytes on Node ` +
      `${process.versions.node}: use Node 22 or later, or mmapMode: null to read it into memory`,
    { path: label },
  );
}
