/**
 * Eviction of one entry that nobody asked to remove, while others may use, replace or evict it.
 *
 * ```
 * used or gone since it was listed? ── stored just now? ── rename into tmp/ ── still the same? ── remove
 *                                                                               └ no ── rename back
 * ```
 *
 * After the rename nobody finds the entry, and nobody can change what is removed. What a writer put
 * in its place between the look and the rename goes back.
 *
 * @module
 */

import { renameSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { errorCode } from "../../warning.ts";
import { isAbsent, isTaken } from "../file.ts";
import { lastUseOf } from "../last-use.ts";
import { isEntryFile, type Layout, MANIFEST } from "../layout.ts";
import { type StoredEntry, statIfThere } from "../listing.ts";
import { makeDirectory } from "../make-directory.ts";
import { dropEntry, list } from "../remove.ts";
import { temporaryName } from "../temporary.ts";

/** What became of an entry that was to be evicted. */
export type Eviction =
  | "evicted"
  /** Somebody else removed it. */
  | "gone"
  /** It was used or replaced since it was listed. */
  | "used"
  /** A system that does not remove what is mapped or open (Windows) kept it. */
  | "busy"
  /** It was stored less than a second ago; milliseconds until it no longer was. */
  | number;

/** How long an entry is safe after it was stored: a second, and a tick of the file system's clock. */
const PROTECTED_MS = 1010;
/** The most by which the clock of a file server is taken to be ahead of ours. */
const MOST_SKEW_MS = 10_000;

/**
 * Evicts an entry unless it was used since it was listed or stored less than a second ago.
 *
 * @throws errors of the file system other than that something is not there.
 */
export function evict(layout: Layout, entry: StoredEntry): Eviction {
  const { directory, shard, argsId, lastUse } = entry;
  const manifest = `${directory}${sep}${MANIFEST}`;
  const seen = statIfThere(manifest);
  // The rename that published the entry changed its directory.
  const published = statIfThere(directory)?.ctimeMs;
  if (seen === undefined || published === undefined) return "gone";
  if (lastUseOf(shard.codeDirectory, argsId, seen.mtimeMs) !== lastUse) return "used";
  const age = Date.now() - published;
  if (age < PROTECTED_MS && age > -MOST_SKEW_MS) return PROTECTED_MS - age;
  if (list(directory).some(({ name }) => !isEntryFile(name))) {
    // Files that are not ours must not pass through tmp/, where a crash would leave them to the sweep.
    return dropEntry(directory) ? "evicted" : "gone";
  }

  const aside = join(layout.tmp, temporaryName());
  const moved = moveAside(directory, aside, layout.tmp);
  if (moved !== "moved") return moved;
  const now = statIfThere(join(aside, MANIFEST));
  if (now?.ino !== seen.ino || now.mtimeMs !== seen.mtimeMs) {
    putBack(aside, directory);
    return "used";
  }
  dropEntry(aside);
  return "evicted";
}

function moveAside(directory: string, aside: string, tmp: string): "moved" | "gone" | "busy" {
  for (let tries = 0; tries < 2; tries++) {
    try {
      renameSync(directory, aside);
      return "moved";
    } catch (error) {
      if (isBusy(error)) return "busy";
      if (!isAbsent(error)) throw error;
    }
    // The entry is not there, or tmp/ is not.
    if (!statIfThere(directory)) return "gone";
    makeDirectory(tmp);
  }
  return "gone";
}

function putBack(aside: string, directory: string): void {
  for (let tries = 0; tries < 10; tries++) {
    try {
      renameSync(aside, directory);
      return;
    } catch (error) {
      // A third writer has stored the entry again.
      if (isTaken(error)) break;
      if (!isAbsent(error)) throw error;
    }
    makeDirectory(dirname(directory));
  }
  dropEntry(aside);
}

/** Whether a system refused to remove what is open or mapped. */
export function isBusy(error: unknown): boolean {
  const code = errorCode(error);
  return code === "EBUSY" || (process.platform === "win32" && ["EPERM", "EACCES"].includes(code));
}
