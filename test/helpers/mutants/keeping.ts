/**
 * Stores that list, remove or tell apart wrongly.
 *
 * @module
 */

import { posix } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { BackendEntry, EntryKey, ListedEntry } from "../../../lib/index.ts";
import { MemoryStore } from "../memory-store.ts";
import { keptOf, type Mutant, type Range } from "./mutant.ts";

/** A store that lists other entries, or says something else of them. */
function listing(
  change: (entry: ListedEntry, functionId: string | undefined) => Iterable<ListedEntry>,
): typeof MemoryStore {
  return class extends MemoryStore {
    override async *list(functionId?: string): AsyncGenerator<ListedEntry> {
      for await (const entry of super.list()) yield* change(entry, functionId);
    }
  };
}

/** A store that keeps entries under other keys. */
function naming(change: (functionId: string) => string): typeof MemoryStore {
  const other = ({ functionId, ...ids }: EntryKey): EntryKey => {
    return { ...ids, functionId: change(functionId) };
  };
  return class extends MemoryStore {
    override get(key: EntryKey, isUse: boolean): Promise<Uint8Array | undefined> {
      return super.get(other(key), isUse);
    }
    override read(...[key, file, position, target]: Range): Promise<number> {
      return super.read(other(key), file, position, target);
    }
    override put(key: EntryKey, entry: BackendEntry): Promise<boolean> {
      return super.put(other(key), { ...entry, replace: true });
    }
    override remove(key: EntryKey): Promise<boolean> {
      return super.remove(other(key));
    }
  };
}

/** A store that clears other entries. */
function clearing(
  clear: (store: MemoryStore, functionId: string | undefined) => Promise<void>,
): typeof MemoryStore {
  return class extends MemoryStore {
    override clear(functionId?: string): Promise<void> {
      return clear(this, functionId);
    }
  };
}

const isOf = ({ key }: ListedEntry, functionId: string | undefined): boolean =>
  functionId === undefined || key.functionId === functionId;

/** Stores that list, remove or tell apart wrongly. */
export const keeping: readonly Mutant[] = [
  {
    rule: "every entry is listed once, with the bytes of its files and its manifest",
    how: "lists an entry for each of its files",
    Store: listing((entry) => [entry, entry]),
  },
  {
    rule: "every entry is listed once, with the bytes of its files and its manifest",
    how: "counts the manifest not",
    Store: listing((entry, functionId) =>
      isOf(entry, functionId) ? [{ ...entry, bytes: entry.bytes - 1 }] : [],
    ),
  },
  {
    rule: "the list of a function has its entries only",
    how: "lists all entries",
    Store: listing((entry) => [entry]),
  },
  {
    rule: "the list of a function has its entries only",
    how: "lists those of functions whose names begin alike",
    Store: listing((entry, id = "") => (entry.key.functionId.startsWith(id) ? [entry] : [])),
  },
  {
    rule: "the last use is in milliseconds, renewed by a use and not by a look",
    how: "tells seconds",
    Store: listing((entry) => [{ ...entry, lastUsed: entry.lastUsed / 1000 }]),
  },
  {
    rule: "the last use is in milliseconds, renewed by a use and not by a look",
    how: "counts a look as a use",
    Store: class extends MemoryStore {
      override get(key: EntryKey): Promise<Uint8Array | undefined> {
        return super.get(key, true);
      }
    },
  },
  {
    rule: "the last use is in milliseconds, renewed by a use and not by a look",
    how: "records no use",
    Store: class extends MemoryStore {
      override get(key: EntryKey): Promise<Uint8Array | undefined> {
        return super.get(key, false);
      }
    },
  },
  {
    rule: "remove takes an entry away with its files, and tells whether there was one",
    how: "tells nothing",
    Store: class extends MemoryStore {
      override async remove(key: EntryKey): Promise<boolean> {
        await super.remove(key);
        return false;
      }
    },
  },
  {
    rule: "remove takes an entry away with its files, and tells whether there was one",
    how: "leaves the files",
    Store: class extends MemoryStore {
      readonly #left: MemoryStore = new MemoryStore("left over");
      override async remove(key: EntryKey): Promise<boolean> {
        const [name, kept] = keptOf(this, key) ?? [];
        if (name !== undefined && kept) this.#left.entries.set(name, kept);
        return super.remove(key);
      }
      override read(...range: Range): Promise<number> {
        return super.read(...range).catch(() => this.#left.read(...range));
      }
    },
  },
  {
    rule: "entries can be removed while they are listed",
    how: "skips an entry for each that is removed",
    Store: class extends MemoryStore {
      override async *list(functionId?: string): AsyncGenerator<ListedEntry> {
        for (let i = 0; i < this.entries.size; i++) {
          const listed: ListedEntry[] = [];
          for await (const entry of super.list(functionId)) listed.push(entry);
          const entry = listed[i];
          if (entry) yield entry;
        }
      }
    },
  },
  {
    rule: "clear removes the entries of a function",
    how: "removes all entries",
    Store: clearing(async (store) => store.entries.clear()),
  },
  {
    rule: "clear removes the entries of a function",
    how: "removes those of one version of its code",
    Store: clearing(async (store, functionId) => {
      for await (const { key } of store.list(functionId)) {
        if (key.codeId.endsWith("1")) await store.remove(key);
      }
    }),
  },
  {
    rule: "clear removes all entries, and others can be stored then",
    how: "removes nothing",
    Store: clearing(async () => {}),
  },
  {
    rule: "keys are told apart, whatever is in them",
    how: "does not tell upper from lower case",
    Store: naming((functionId) => functionId.toLowerCase()),
  },
  {
    rule: "keys are told apart, whatever is in them",
    how: "cuts long names",
    Store: naming((functionId) => functionId.slice(0, 255)),
  },
  {
    rule: "keys are told apart, whatever is in them",
    how: "follows paths",
    Store: naming((functionId) => posix.normalize(`/${functionId}`)),
  },
  {
    rule: "keys are told apart, whatever is in them",
    how: "normalises characters",
    Store: naming((functionId) => functionId.normalize()),
  },
  {
    rule: "a hundred operations go on at once",
    how: "has too few connections",
    Store: class extends MemoryStore {
      #running = 0;
      override async put(key: EntryKey, entry: BackendEntry): Promise<boolean> {
        if (this.#running === 50) throw new Error("too many connections");
        this.#running++;
        await setImmediate();
        this.#running--;
        return super.put(key, entry);
      }
    },
  },
  {
    rule: "another instance sees what is stored, replaced and removed",
    how: "keeps what it read",
    Store: class extends MemoryStore {
      readonly #read = new Map<string, Promise<Uint8Array | undefined>>();
      override async get(key: EntryKey, isUse: boolean): Promise<Uint8Array | undefined> {
        const name = JSON.stringify(key);
        const found = this.#read.get(name) ?? super.get(key, isUse);
        this.#read.set(name, found);
        return (await found)?.slice();
      }
      override put(key: EntryKey, entry: BackendEntry): Promise<boolean> {
        void this.get(key, false);
        return super.put(key, entry);
      }
    },
  },
  {
    rule: "a cached function returns promises, and each value comes back as it was",
    how: "stores nothing",
    Store: class extends MemoryStore {
      override async put(key: EntryKey, entry: BackendEntry): Promise<boolean> {
        const isStored = await super.put(key, entry);
        await this.remove(key);
        return isStored;
      }
    },
  },
  {
    rule: "references to results load them, and members of a cached function see its entries",
    how: "clears nothing",
    Store: clearing(async () => {}),
  },
];
