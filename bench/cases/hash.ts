import assert from "node:assert";
import { hash, Memory } from "ndmemo";
import type { Case } from "../case.ts";
import { LENGTH_256_MIB, walk } from "../data.ts";

export const hash256: Case = {
  title: "hash a float64 array of 256 MiB",
  beside: ["joblib", "floor"],
  targets: { joblib: 1 / 12, floor: 1 / 0.9 },
  warmUp: 1,
  samples: 5,
  prepare() {
    const array = walk(LENGTH_256_MIB);
    const expected = hash(array.slice());
    return { run: () => assert.equal(hash(array), expected) };
  },
};

export const hashMapped: Case = {
  title: "hash a mapped, unwritten result of 256 MiB",
  targets: { joblib: 1 / 12 },
  limit: 30e-6,
  warmUp: 2000,
  samples: 1000,
  prepare(directory) {
    const memory = new Memory(directory, { verbose: 0, mmapMode: "r" });
    const array = memory.eval(walk, LENGTH_256_MIB);
    const expected = hash(array.slice());
    return { run: () => assert.equal(hash(array), expected) };
  },
};
