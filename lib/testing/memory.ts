/**
 * Rules about what a `Memory` does with a store.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { types } from "node:util";
import { Memory } from "../memory.ts";
import { type BackendEntry, type ListedEntry, StoreBackend } from "../store/backend.ts";
import type { EntryKey } from "../store/layout.ts";
import { expect, type Rule } from "./rule.ts";
import { listedKeys } from "./sample.ts";

const quiet = { verbose: 0 } as const;
// Which code it is does not matter, and where it lies must not.
const identity = { module: "contract", track: "none" } as const;

/** Values of which each takes another way into the store. */
const values: Readonly<Record<string, () => unknown>> = {
  number: () => 1.5,
  undefined: () => undefined,
  "long text": () => Array.from({ length: 50_000 }, (_, i) => `${i * i}`).join(),
  array: () => new Float64Array([1, Number.NaN, -0, Number.POSITIVE_INFINITY]),
  "empty array": () => new Float32Array(0),
  "array of 3 MB": () => new Float64Array(400_000).map((_, i) => i / 7),
  "part of a buffer": () => new Int16Array([0, -1, 2, 3]).subarray(1, 3),
  ArrayBuffer: () => new Uint8Array([1, 2, 3]).buffer,
  nested: () => ({
    first: new BigInt64Array([1n, -1n]),
    rest: [Buffer.from("bytes"), new Map([["key", new Uint8Array(3)]])],
    when: new Date(5),
  }),
};

/** Rules about what a `Memory` does with a store. */
export const memory: readonly Rule[] = [
  {
    name: "a cached function returns promises, and each value comes back as it was",
    async check({ store }) {
      for (const mmapMode of [null, "r"] as const) {
        const cache = new Memory(store, { ...quiet, mmapMode, verify: "full" });
        let calls = 0;
        const make = cache.cache(
          (name: string) => {
            calls++;
            return values[name]?.();
          },
          { ...identity, name: `make, ${mmapMode}` },
        );
        for (const [name, value] of Object.entries(values)) {
          calls = 0;
          for (const which of ["first", "second"]) {
            const promise: unknown = make(name);
            expect(`whether the ${which} call returns a promise`, types.isPromise(promise), true);
            expect(`the ${which} result, mmapMode ${mmapMode}, ${name}`, await promise, value());
          }
          expect(`how often a function was run for two calls (${name})`, calls, 1);
        }
      }
    },
  },
  {
    name: "references to results load them, and members of a cached function see its entries",
    async check({ store }) {
      const cache = new Memory(store, quiet);
      let calls = 0;
      const func = (x: number): Float64Array => new Float64Array([x, ++calls]);
      const double = cache.cache(func, { ...identity, name: "double" });
      const other = cache.cache(func, { ...identity, name: "other" });
      expect("checkCallInCache before a call", await double.checkCallInCache(1), false);
      const shelved = await double.callAndShelve(1);
      expect("the location of what callAndShelve returns", shelved.location, store.location);
      expect("get of what callAndShelve returns", await shelved.get(), new Float64Array([1, 1]));
      expect("checkCallInCache after a call", await double.checkCallInCache(1), true);
      expect("forget of a call", await double.forget(1), true);
      expect("forget of a call once more", await double.forget(1), false);
      expect("a call that was forgotten", await double(1), new Float64Array([1, 2]));
      const { value } = await double.recompute(1);
      expect("recompute", value, new Float64Array([1, 3]));
      expect("a call after recompute", await double(1), new Float64Array([1, 3]));
      await double.set([1], new Float64Array([9]));
      expect("a call after set", await double(1), new Float64Array([9]));
      await other(1);
      await double.clear({ warn: false });
      expect("checkCallInCache after clear", await double.checkCallInCache(1), false);
      expect("checkCallInCache of another function", await other.checkCallInCache(1), true);
      await cache.clear({ warn: false });
      expect("the list after clear of all", await listedKeys(store), []);
    },
  },
  {
    name: "a store that fails costs a warning, and not the value",
    async check({ store }) {
      const warnings: string[] = [];
      const listener = (warning: Error): void => {
        if (warning.message.includes(Broken.message)) warnings.push(warning.name);
      };
      process.on("warning", listener);
      try {
        const cache = new Memory(new Broken(store), quiet);
        const f = cache.cache((x: number) => new Float64Array([x]), { ...identity, name: "f" });
        expect("the result of a function", await f(1), new Float64Array([1]));
        await setImmediate();
        expect("warnings", warnings, ["CacheWarning"]);
        expect("the list of the store", await listedKeys(store), []);
      } finally {
        process.off("warning", listener);
      }
    },
  },
];

/** A store that is given entries which end in an error. */
class Broken extends StoreBackend {
  static readonly message = "this entry fails on purpose";
  readonly location: string;
  readonly #store: StoreBackend;

  constructor(store: StoreBackend) {
    super();
    this.location = store.location;
    this.#store = store;
  }

  get(key: EntryKey, isUse: boolean): Promise<Uint8Array | undefined> {
    return this.#store.get(key, isUse);
  }

  read(key: EntryKey, file: string, position: number, target: Uint8Array): Promise<number> {
    return this.#store.read(key, file, position, target);
  }

  put(key: EntryKey, { files, replace }: BackendEntry): Promise<boolean> {
    const manifest = (): never => {
      throw new Error(Broken.message);
    };
    return this.#store.put(key, { files, replace, manifest });
  }

  remove(key: EntryKey): Promise<boolean> {
    return this.#store.remove(key);
  }

  list(functionId?: string): AsyncIterable<ListedEntry> {
    return this.#store.list(functionId);
  }
}
