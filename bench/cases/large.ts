import assert from "node:assert";
import { type MemorizedFunc, Memory, release } from "ndmemo";
import type { Case } from "../case.ts";
import { LENGTH_6_GIB } from "../data.ts";

const mapped = { verbose: 0, mmapMode: "r" } as const;
/** One process of each side writes 6 GiB, and the peer hashes them in 10 s. */
const large = { node: 22, processes: 1 } as const;

function makeConstant(length: number): Float64Array {
  return new Float64Array(length).fill(1.5);
}

function ends(array: Float64Array): number {
  return (array[0] ?? 0) + (array[array.length - 1] ?? 0);
}

/** A function whose result for this length is in the cache. */
function stored(directory: string): MemorizedFunc<typeof makeConstant> {
  const cached = new Memory(directory, mapped).cache(makeConstant);
  release(cached(LENGTH_6_GIB));
  return cached;
}

export const storeLarge: Case = {
  ...large,
  title: "store an array of 6 GiB",
  targets: { joblib: 1 / 2 },
  warmUp: 0,
  samples: 1,
  prepare(directory) {
    const array = makeConstant(LENGTH_6_GIB);
    const cached = new Memory(directory, { verbose: 0 }).cache(function ready(_turn: number) {
      return array;
    });
    return { run: (turn) => assert.equal(cached(turn), array) };
  },
};

export const hitLarge: Case = {
  ...large,
  title: "hit, 6 GiB array, mapped",
  targets: { joblib: 1 / 3 },
  warmUp: 2000,
  samples: 1000,
  prepare(directory) {
    const cached = stored(directory);
    return { run: () => assert.equal(cached(LENGTH_6_GIB)[1000], 1.5) };
  },
};

export const chainLarge: Case = {
  ...large,
  title: "hit whose argument is a mapped result of 6 GiB",
  targets: { joblib: 1 / 3 },
  warmUp: 2000,
  samples: 1000,
  prepare(directory) {
    const array = stored(directory)(LENGTH_6_GIB);
    const cached = new Memory(directory, mapped).cache(ends);
    return {
      run: () => assert.equal(cached(array), 3),
    };
  },
};
