/**
 * Stores that break one rule of the contract each, in a way in which a store could.
 *
 * @module
 */

import type { BackendEntry, BackendFile, EntryKey } from "../../../lib/index.ts";
import { type Kept, MemoryStore } from "../memory-store.ts";

/** A store, the rule that it breaks, and how. */
export interface Mutant {
  readonly rule: string;
  readonly how: string;
  readonly Store: typeof MemoryStore;
}

/** Arguments of `read`, in order. */
export type Range = [key: EntryKey, file: string, position: number, target: Uint8Array];

/** A store that stores something else than it is given. */
export function storing(change: (entry: BackendEntry) => BackendEntry): typeof MemoryStore {
  return class extends MemoryStore {
    override put(key: EntryKey, entry: BackendEntry): Promise<boolean> {
      return super.put(key, change(entry));
    }
  };
}

/** An entry with other pieces of its files. */
export function withPieces(
  entry: BackendEntry,
  change: (file: BackendFile) => Iterable<Uint8Array>,
): BackendEntry {
  const files = entry.files.map((file) => ({ ...file, pieces: change(file) }));
  return { ...entry, files };
}

/** What a store in memory keeps of a key. */
export function keptOf({ entries }: MemoryStore, key: EntryKey): [string, Kept] | undefined {
  for (const [name, kept] of entries) {
    const isSame =
      kept.key.functionId === key.functionId &&
      kept.key.codeId === key.codeId &&
      kept.key.argsId === key.argsId;
    if (isSame) return [name, kept];
  }
  return undefined;
}
