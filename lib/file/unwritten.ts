/**
 * Maps whose pages are those of a file that nobody has written to since it was stored.
 *
 * @module
 */

import { type Stats, statSync } from "node:fs";
import { fileState, hasState } from "../store/look.ts";
import { mapper } from "../store/map/mapper.ts";

/** In a millisecond. */
const NANOSECONDS = 1_000_000n;

/**
 * A test whether a map is as its file was stored, which is quick: it looks at the pages that were
 * written to, and at the file's time, which is in the past so that any write shows.
 *
 * @param modified the time that the file was given when it was stored, in milliseconds since 1970.
 * @returns undefined where the map was written to already, or nobody knows.
 */
export function unwrittenTest(
  buffer: ArrayBufferLike,
  path: string,
  { ino }: Stats,
  modified: number,
): (() => boolean) | undefined {
  // Held weakly, as what is known of a buffer must not keep it alive.
  const weak = new WeakRef(buffer);
  const isUnwritten = (): boolean => {
    const mapped = weak.deref();
    return mapped !== undefined && mapper()?.dirtyPages(mapped) === 0;
  };
  if (!isUnwritten()) return undefined;
  let state: BigUint64Array | undefined;
  const isAsStored = (): boolean => {
    if (state && hasState(path, state)) return true;
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (now === undefined || Number(now.ino) !== ino) return false;
    if (now.mtimeNs !== BigInt(modified) * NANOSECONDS) return false;
    state = fileState(now);
    return true;
  };
  return () => isAsStored() && isUnwritten();
}
