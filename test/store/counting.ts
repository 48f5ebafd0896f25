/**
 * A function that counts its runs, cached in a store.
 *
 * @module
 */

import * as assert from "uvu/assert";
import { type MemorizedFunc, Memory, type StoreBackend } from "../../lib/index.ts";
import type { Kept, MemoryStore } from "../helpers/memory-store.ts";

/** What {@link counting} gives. */
export interface Counting {
  readonly f: MemorizedFunc<(n: number) => Float64Array<ArrayBuffer>, "promise">;
  readonly counts: { calls: number };
}

/** A cached function of an array of `n` times `n`, and how often it ran. */
export function counting(store: StoreBackend, options: object = {}): Counting {
  const counts = { calls: 0 };
  const f = new Memory(store, { verbose: 0, ...options }).cache(
    function f(n: number) {
      counts.calls++;
      return new Float64Array(n).fill(n);
    },
    { track: "none" },
  );
  return { f, counts };
}

/** The only entry of a store. */
export function onlyEntry(store: MemoryStore): Kept {
  const [entry] = store.entries.values();
  assert.is(store.entries.size, 1);
  return entry as Kept;
}
