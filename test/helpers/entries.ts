/**
 * Entries of chosen sizes and times in a store, without a function or a value behind them.
 *
 * @module
 */

import { digestBytes } from "../../lib/hash/xxh3.ts";
import { now } from "../../lib/store/clock.ts";
import type { EntryKey } from "../../lib/store/layout.ts";
import { storedEntries } from "../../lib/store/listing.ts";
import type { LocalStore } from "../../lib/store/local.ts";

/** What an entry is like. */
export interface EntryLook {
  /** Bytes of its manifest. */
  readonly bytes?: number;
  /** Bytes of a sidecar, if it is to have one. */
  readonly sidecar?: number;
  /** When it was last used, in milliseconds since 1970; by default now. */
  readonly lastUse?: number;
  readonly functionId?: string;
}

/** The key of an entry by a name for people. */
export function keyOf(name: string, functionId = "a.ts#f"): EntryKey {
  return { functionId, codeId: "c".repeat(32), argsId: digestBytes(Buffer.from(name)) };
}

/** Stores an entry, in the place of one that is there; returns the path of its manifest. */
export function addEntry(store: LocalStore, name: string, look: EntryLook = {}): string {
  const { bytes = 100, sidecar, lastUse = now(), functionId } = look;
  const key = keyOf(name, functionId);
  const draft = store.draft();
  try {
    if (sidecar !== undefined) draft.write("0-0123abcd.npy", [Buffer.alloc(sidecar)]);
    draft.write("entry.json", [Buffer.alloc(bytes)], lastUse);
    store.publish(draft, key, () => ({ "code.js": "source", "code.json": "{}" }), {
      replace: true,
      isWhole: () => true,
    });
  } finally {
    draft.discard();
  }
  return store.path(key, "entry.json");
}

/** Which of some names have an entry. */
export function stored(store: LocalStore, names: readonly string[]): string[] {
  const there = new Set(Array.from(storedEntries(store.layout), ({ argsId }) => argsId));
  return names.filter((name) => there.has(keyOf(name).argsId));
}

/** How many entries there are. */
export function countEntries(store: LocalStore): number {
  return Array.from(storedEntries(store.layout)).length;
}
