/**
 * Reduction of a store of another kind to limits: the least recently used entries go first.
 *
 * @module
 */

import type { ListedEntry, StoreBackend } from "./backend.ts";
import type { Reduction } from "./reduce.ts";
import { exceeds, hasLimits, type SizeLimits } from "./size-limits.ts";

/**
 * Removes the least recently used entries until every limit holds. An entry that vanished meanwhile
 * counts neither as removed nor as kept. Without any limit, and with `dryRun`, nothing is changed.
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
  for (const entry of entries.sort((a, b) => used(a) - used(b))) {
    const { key, bytes, lastUsed } = entry;
    if (!exceeds(limits, held, lastUsed, now)) break;
    const isRemoved = dryRun || (await store.remove(key));
    held.items--;
    held.bytes -= bytes;
    if (!isRemoved) continue;
    removed.items++;
    removed.bytes += bytes;
  }
  return { removed, kept: held };
}
