import assert from "node:assert";
import { Memory } from "ndmemo";
import type { Case, Prepared } from "../case.ts";
import { LENGTH_256_MIB, walk } from "../data.ts";

const quiet = { verbose: 0 } as const;

function square(x: number): number {
  return x * x;
}

function makeArray(length: number, _turn: number): Float64Array {
  return walk(length);
}

const all = ["joblib", "diskcache", "lmdb", "cacache", "memoize-fs", "keyv", "floor"] as const;

function hitOfSquare(directory: string): Prepared {
  const cached = new Memory(directory, quiet).cache(square);
  cached(7);
  return { run: () => assert.equal(cached(7), 49) };
}

export const hitSmall: Case = {
  title: "hit, number to number",
  beside: all,
  targets: { joblib: 1 / 3 },
  // What V8 compiles for good, it has compiled by then.
  warmUp: 5000,
  samples: 1000,
  prepare: hitOfSquare,
};

export const hitFirst: Case = {
  title: "hit, number to number, the first 200 of a process",
  beside: all,
  warmUp: 0,
  samples: 200,
  prepare: hitOfSquare,
};

const miss = {
  warmUp: 500,
  samples: 1000,
  prepare(directory: string): Prepared {
    const cached = new Memory(directory, quiet).cache(square);
    return { run: (turn) => assert.equal(cached(turn), turn * turn) };
  },
};

export const missSmall: Case = {
  ...miss,
  title: "miss, number to number",
  beside: all,
  targets: { joblib: 1 / 2 },
};

export const missInMemory: Case = {
  ...miss,
  // Here no disk makes it long, and V8 has compiled it by then.
  warmUp: 2000,
  title: "the same with the store on a file system in memory",
  beside: ["joblib", "floor"],
  targets: { joblib: 1 / 2 },
  inMemory: true,
};

export const hitMapped: Case = {
  title: "hit, 256 MiB array, mapped",
  targets: { joblib: 1 / 3 },
  warmUp: 2000,
  samples: 1000,
  prepare(directory) {
    const cached = new Memory(directory, { ...quiet, mmapMode: "r" }).cache(makeArray);
    const expected = cached(LENGTH_256_MIB, 0)[1000];
    return { run: () => assert.equal(cached(LENGTH_256_MIB, 0)[1000], expected) };
  },
};

export const hitRead: Case = {
  title: "hit, 80 MB array, read into memory",
  beside: ["joblib", "diskcache", "lmdb", "cacache", "floor"],
  targets: { floor: 1.15 },
  warmUp: 1,
  samples: 7,
  prepare(directory) {
    const cached = new Memory(directory, quiet).cache(makeArray);
    const expected = cached(1e7, 0)[1000];
    return { run: () => assert.equal(cached(1e7, 0)[1000], expected) };
  },
};

export const store256: Case = {
  title: "store an array of 256 MiB",
  beside: ["joblib", "diskcache", "lmdb", "cacache", "floor"],
  targets: { joblib: 1 / 2, floor: 1.15 },
  warmUp: 1,
  samples: 3,
  prepare(directory) {
    const array = walk(LENGTH_256_MIB);
    const memory = new Memory(directory, quiet);
    const cached = memory.cache(function ready(_turn: number) {
      return array;
    });
    return {
      run: (turn) => assert.equal(cached(turn), array),
      between: () => memory.clear({ warn: false }),
    };
  },
};
