/**
 * Reduction of a store to limits, by request: the least recently used entries go first.
 *
 * @module
 */

import { dirname } from "node:path";
import { inBackground } from "../background.ts";
import { now } from "../clock.ts";
import { removedName } from "../layout.ts";
import { type StoredEntry, storedEntries } from "../listing.ts";
import type { LocalStore } from "../local.ts";
import { hideEntry, removeFiles, removeLeftover } from "../remove.ts";
import { sweep } from "../temporary.ts";
import { clearAway } from "./clear-away.ts";
import { isBusy } from "./evict.ts";
import { removeEmptyParents } from "./parents.ts";
import { byLastUse, exceeds, hasLimits, type SizeLimits, type Tally } from "./size-limits.ts";

/** What a reduction did, or would do. */
export interface Reduction {
  /** What is gone by it. */
  readonly removed: Tally;
  /** What is left. */
  readonly kept: Tally;
}

/** How a reduction is made. */
export interface ReduceOptions {
  /** Whether only to tell what would be removed. */
  readonly dryRun?: boolean | undefined;
  /** How many entries are deleted before it returns; where there are more, all are deleted later. */
  readonly mostAtOnce?: number | undefined;
}

/**
 * Removes the least recently used entries until every limit holds; entries that were stored just now
 * are no exception. Then clears away what interrupted removals and dead writers left, and empty
 * directories. An entry that vanished meanwhile counts neither as removed nor as kept.
 *
 * Where more than a thousand entries go, no reader finds them any more when this returns, and their
 * files are deleted in the background. Mappings of removed arrays stay valid. Without any limit, and
 * with `dryRun`, nothing is changed.
 *
 * @throws errors of the file system other than that something is not there; what was removed until
 * then stays removed.
 */
export function reduce(
  { layout }: Pick<LocalStore, "layout">,
  limits: SizeLimits,
  { dryRun = false, mostAtOnce = 1000 }: ReduceOptions = {},
): Reduction {
  const leftovers: string[] = [];
  const shards = new Set<string>();
  const entries = [
    ...storedEntries(layout, {
      onLeftover: (directory) => leftovers.push(directory),
      onEmpty: (shard) => shards.add(shard),
    }),
  ];
  const start = now();
  entries.sort(byLastUse(start));
  const planned = plan(entries, limits, start, () => "removed");
  if (dryRun || !hasLimits(limits)) return planned;

  const isLater = planned.removed.items + leftovers.length > mostAtOnce;
  const { randomBytes } = process.getBuiltinModule("node:crypto");
  const removedAs = removedName(randomBytes(4).toString("hex"));
  const done = plan(entries, limits, start, (entry) => {
    const outcome = remove(entry, isLater ? removedAs : undefined);
    shards.add(entry.shard.directory);
    if (isLater && outcome === "removed") leftovers.push(entry.directory);
    return outcome;
  });

  for (const leftover of leftovers) shards.add(dirname(leftover));
  if (isLater) {
    inBackground(layout.tmp, async () => {
      await clearAway(leftovers);
      removeEmptyParents(shards);
    });
  } else {
    for (const leftover of leftovers) removeLeftover(leftover);
    removeEmptyParents(shards);
  }
  sweep(layout.tmp);
  return done;
}

type Outcome = "removed" | "gone" | "busy";

/** Goes through the entries until the limits hold; says what was removed and what is left. */
function plan(
  entries: readonly StoredEntry[],
  limits: SizeLimits,
  start: number,
  remove: (entry: StoredEntry) => Outcome,
): Reduction {
  const removed = { items: 0, bytes: 0 };
  const kept = { items: entries.length, bytes: 0 };
  for (const { bytes } of entries) kept.bytes += bytes;
  for (const entry of entries) {
    if (!exceeds(limits, kept, entry.lastUse, start)) break;
    const outcome = remove(entry);
    if (outcome === "busy") continue;
    kept.items--;
    kept.bytes -= entry.bytes;
    if (outcome === "gone") continue;
    removed.items++;
    removed.bytes += entry.bytes;
  }
  return { removed, kept };
}

function remove({ directory, files }: StoredEntry, removedAs: string | undefined): Outcome {
  try {
    const existed =
      removedAs === undefined ? removeFiles(directory, files) : hideEntry(directory, removedAs);
    return existed ? "removed" : "gone";
  } catch (error) {
    if (isBusy(error)) return "busy";
    throw error;
  }
}
