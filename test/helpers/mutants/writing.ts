/**
 * Stores that write wrongly.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { BackendEntry, EntryKey } from "../../../lib/index.ts";
import { type Kept, MemoryStore } from "../memory-store.ts";
import { keptOf, type Mutant, storing, withPieces } from "./mutant.ts";

/** A store whose `put` is something else. */
function putting(
  put: (
    store: MemoryStore,
    key: EntryKey,
    entry: BackendEntry,
    original: (entry: BackendEntry) => Promise<boolean>,
  ) => Promise<boolean>,
): typeof MemoryStore {
  return class extends MemoryStore {
    override put(key: EntryKey, entry: BackendEntry): Promise<boolean> {
      return put(this, key, entry, (changed) => super.put(key, changed));
    }
  };
}

/** Changes what is kept of an entry. */
function rewrite(store: MemoryStore, key: EntryKey, change: (kept: Kept) => Kept): void {
  const [name, kept] = keptOf(store, key) ?? [];
  if (name !== undefined && kept) store.entries.set(name, change(kept));
}

/** Stores that write wrongly. */
export const writing: readonly Mutant[] = [
  {
    rule: "a piece is used before the next one is taken",
    how: "takes all pieces, and then copies them",
    Store: storing((entry) => withPieces(entry, ({ pieces }) => [...pieces])),
  },
  {
    rule: "what is written to the memory of an entry after it was stored does not reach it",
    how: "keeps the manifest that it is given",
    Store: putting(async (store, key, entry, original) => {
      const manifest = entry.manifest();
      const won = await original({ ...entry, manifest: () => manifest });
      rewrite(store, key, (kept) => ({ ...kept, manifest }));
      return won;
    }),
  },
  {
    rule: "the manifest is asked for once all pieces were taken to the end",
    how: "asks for the manifest first",
    Store: storing((entry) => {
      const manifest = entry.manifest();
      return { ...entry, manifest: () => manifest };
    }),
  },
  {
    rule: "the manifest is asked for once all pieces were taken to the end",
    how: "stops as soon as it has all bytes",
    Store: storing((entry) =>
      withPieces(entry, function* ({ byteLength, pieces }) {
        let left = byteLength;
        const iterator = pieces[Symbol.iterator]();
        while (left > 0) {
          const { value } = iterator.next() as IteratorYieldResult<Uint8Array>;
          yield value;
          left -= value.byteLength;
        }
      }),
    ),
  },
  {
    rule: "an entry that is there stays where another one does not replace it",
    how: "always replaces",
    Store: storing((entry) => ({ ...entry, replace: true })),
  },
  {
    rule: "an entry that is there stays where another one does not replace it",
    how: "says that it stored what gave way",
    Store: putting(async (_store, _key, entry, original) => {
      await original(entry);
      return true;
    }),
  },
  {
    rule: "an entry that is there stays where another one does not replace it",
    how: "leaves the files of the loser",
    Store: putting(async (store, key, entry, original) => {
      const before = keptOf(store, key)?.[1].files ?? [];
      if (await original(entry)) return true;
      const files = new Map(before);
      for (const { name, byteLength } of entry.files) files.set(name, new Uint8Array(byteLength));
      rewrite(store, key, (kept) => ({ ...kept, files }));
      return false;
    }),
  },
  {
    rule: "an entry that is there gives way where another one replaces it",
    how: "never replaces",
    Store: storing((entry) => ({ ...entry, replace: false })),
  },
  {
    rule: "an entry that is there gives way where another one replaces it",
    how: "counts the files that gave way",
    Store: putting(async (store, key, entry, original) => {
      const before = keptOf(store, key)?.[1].files ?? [];
      const won = await original(entry);
      rewrite(store, key, (kept) => ({ ...kept, files: new Map([...before, ...kept.files]) }));
      return won;
    }),
  },
  {
    rule: "of writers at the same time one wins, and its entry is whole",
    how: "looks whether there is an entry before it writes",
    Store: putting(async (store, key, entry, original) => {
      const isThere = keptOf(store, key) !== undefined;
      await setImmediate();
      return isThere && !entry.replace ? false : original({ ...entry, replace: true });
    }),
  },
  {
    rule: "of writers that replace at the same time one stays, and its entry is whole",
    how: "writes the manifest late, to whatever entry there is by then",
    Store: putting(async (store, key, entry, original) => {
      const isFirst = keptOf(store, key) === undefined;
      const won = await original(entry);
      const manifest = entry.manifest();
      await setImmediate();
      if (isFirst) rewrite(store, key, (kept) => ({ ...kept, manifest }));
      return won;
    }),
  },
  {
    rule: "where a piece cannot be had, put rejects with that error and leaves nothing",
    how: "takes an error for a writer that lost",
    Store: putting((_store, _key, entry, original) => original(entry).catch(() => false)),
  },
  {
    rule: "where a piece cannot be had, put rejects with that error and leaves nothing",
    how: "leaves the files there are",
    Store: putting(async (store, key, entry, original) => {
      try {
        return await original(entry);
      } catch (error) {
        await original({ files: [], manifest: () => new Uint8Array(), replace: false });
        const files = new Map(entry.files.map(({ name }) => [name, new Uint8Array()]));
        rewrite(store, key, (kept) => ({ ...kept, files }));
        throw error;
      }
    }),
  },
  {
    rule: "where the manifest cannot be had, put rejects with that error and leaves nothing",
    how: "rejects with an error of its own",
    Store: storing((entry) => ({
      ...entry,
      manifest() {
        try {
          return entry.manifest();
        } catch {
          throw new Error("no manifest");
        }
      },
    })),
  },
  {
    rule: "where the manifest cannot be had, put rejects with that error and leaves nothing",
    how: "publishes an empty manifest first",
    Store: putting(async (_store, _key, entry, original) => {
      await original({ files: [], manifest: () => new Uint8Array(), replace: entry.replace });
      return original({ ...entry, replace: true });
    }),
  },
  {
    rule: "a replacement that fails leaves the entry that is there",
    how: "removes the entry before it writes",
    Store: putting(async (store, key, entry, original) => {
      if (entry.replace) await store.remove(key);
      return original(entry);
    }),
  },
  {
    rule: "a reader beside a writer that replaces an entry sees one entry, whole",
    how: "writes the new manifest before the new files",
    Store: putting(async (store, key, entry, original) => {
      const before = keptOf(store, key)?.[1];
      const won = await original(entry);
      const after = keptOf(store, key)?.[1];
      if (!before || !after) return won;
      rewrite(store, key, () => ({ ...after, files: before.files }));
      await setImmediate();
      rewrite(store, key, () => after);
      return won;
    }),
  },
  {
    rule: "a reader beside a writer that stores and removes an entry sees all of it or nothing",
    how: "removes the files before the manifest",
    Store: class extends MemoryStore {
      override async remove(key: EntryKey): Promise<boolean> {
        rewrite(this, key, (kept) => ({ ...kept, files: new Map() }));
        await setImmediate();
        return super.remove(key);
      }
    },
  },
  {
    rule: "a store that fails costs a warning, and not the value",
    how: "keeps errors to itself",
    Store: putting((_store, _key, entry, original) => original(entry).catch(() => true)),
  },
];
