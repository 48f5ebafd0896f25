/**
 * Maps whose pages are those of a file that nobody has written to since it was stored.
 *
 * @module
 */

import { statSync } from "node:fs";
import { fileState, hasState, isModifiedAt } from "../store/look.ts";
import { mapper } from "../store/map/mapper.ts";

/**
 * A test whether a map is as its file was stored, which is quick: it looks at the pages that were
 * written to, and at the file's time, which is in the past so that any write shows.
 *
 * @param ino the number of the file.
 * @param modified the time that the file was given when it was stored, in milliseconds since 1970.
 * @returns the test, which refers to the buffer and is to be kept with it; undefined where the map was
 * written to already, or nobody knows.
 */
export function unwrittenTest(
  buffer: ArrayBufferLike,
  path: string,
  ino: number,
  modified: number,
): (() => boolean) | undefined {
  const isUnwritten = (): boolean => mapper()?.dirtyPages(buffer) === 0;
  if (!isUnwritten()) return undefined;
  let state: BigUint64Array | undefined;
  const isAsStored = (): boolean => {
    if (state && hasState(path, state)) return true;
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (now === undefined || Number(now.ino) !== ino) return false;
    const found = fileState(now);
    if (!isModifiedAt(found, modified)) return false;
    state = found;
    return true;
  };
  return () => isAsStored() && isUnwritten();
}
