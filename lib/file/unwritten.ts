/**
 * Maps whose pages are those of a file that nobody has written to since it was stored.
 *
 * @module
 */

import { type Stats, statSync } from "node:fs";
import { mapper } from "../store/map/mapper.ts";

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
  return () => {
    const now = statSync(path, { throwIfNoEntry: false });
    return now?.ino === ino && now.mtimeMs === modified && isUnwritten();
  };
}
