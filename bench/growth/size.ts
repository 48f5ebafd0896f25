import assert from "node:assert";
import { hash, Memory, release } from "ndmemo";
import type { Series } from "./series.ts";

const KIB = 2 ** 10;
const GIB = 2 ** 30;
/** A map ends at 4 GiB on Node 20. */
const LARGEST_MAP = Number.parseInt(process.versions.node, 10) < 22 ? 2 * GIB : 8 * GIB;

function constant(bytes: number): Float64Array {
  return new Float64Array(bytes / 8).fill(1.5);
}

export const size: Series = {
  title: "One array, by its size",
  axis: "bytes of the array",
  cost: "seconds a call",
  sizes: Array.from({ length: 24 }, (_, i) => KIB * 2 ** i),
  lines: {
    "hit, mapped": {
      to: LARGEST_MAP,
      measure(bytes, directory) {
        const memory = new Memory(directory, { verbose: 0, mmapMode: "r" });
        const cached = memory.cache(constant);
        release(cached(bytes));
        return {
          run() {
            const array = cached(bytes);
            assert.equal(array[10], 1.5);
            release(array);
          },
        };
      },
    },
    "hit, read": {
      to: GIB,
      measure(bytes, directory) {
        const cached = new Memory(directory, { verbose: 0 }).cache(constant);
        cached(bytes);
        return { run: () => assert.equal(cached(bytes)[10], 1.5) };
      },
    },
    "hit, as an argument": {
      measure(bytes, directory) {
        const array = constant(bytes);
        const cached = new Memory(directory, { verbose: 0 }).cache(function first(x: Float64Array) {
          return x[0];
        });
        cached(array);
        return { run: () => assert.equal(cached(array), 1.5) };
      },
    },
    "hash of a mapped result": {
      to: LARGEST_MAP,
      measure(bytes, directory) {
        const memory = new Memory(directory, { verbose: 0, mmapMode: "r" });
        const array = memory.cache(constant)(bytes);
        const expected = hash(array);
        return { run: () => assert.equal(hash(array), expected) };
      },
    },
    store: {
      to: GIB,
      measure(bytes, directory) {
        const array = constant(bytes);
        const cached = new Memory(directory, { verbose: 0 }).cache(function ready(_turn: number) {
          return array;
        });
        let turn = 0;
        return { run: () => assert.equal(cached(turn++), array) };
      },
    },
  },
};
