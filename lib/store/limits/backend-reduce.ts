/**
 * Reduction of a store of another kind to limits: the least recently used entries go first.
 *
 * @module
 */

import type { ListedEntry, StoreBackend } from "../backend.ts";
import type { Reduction } from "./reduce.ts";
import { exceeds, hasLimits, type SizeLimits } from "./size-limits.ts";

/**
 * Removes the least recently used entries until every limit holds. An entry that vanished meanwhile
 * counts neither as removed nor as kept, where the store can tell. Then what dead writers left is
 * removed. Without any limit, and with `dryRun`, nothing is changed.
 *
 * @throws errors of the store; what was removed until then stays removed.
 */
export async function reduceBackend(
  store: StoreBackend,
  limits: SizeLimits,
  dryRun: boolean,
): Promise<Reduction> {
  const held = { items: 0, bytes: 0 };
  const removed = { items: 0, bytes: 0 };
  const entries: ListedEntry[] = [];
  for await (const entry of store.list()) {
    entries.push(entry);
    held.items++;
    held.bytes += entry.bytes;
  }
  if (!hasLimits(limits)) return { removed, kept: held };

  const now = Date.now();
  // What the clock of another machine puts into the future counts as now.
  const used = ({ lastUsed }: ListedEntry): number => Math.min(lastUsed, now);
  const doomed: ListedEntry[] = [];
  for (const entry of entries.sort((a, b) => used(a) - used(b))) {
    if (!exceeds(limits, held, entry.lastUsed, now)) break;
    doomed.push(entry);
    held.items--;
    held.bytes -= entry.bytes;
  }
  for (const { bytes } of dryRun ? doomed : await store.removeAll(doomed)) {
    removed.items++;
    removed.bytes += bytes;
  }
  if (!dryRun) await store.sweep();
  return { removed, kept: held };
}
