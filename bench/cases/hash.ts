import assert from "node:assert";
import { hash } from "ndmemo";
import type { Case } from "../case.ts";
import { LENGTH_256_MIB, walk } from "../data.ts";

export const hash256: Case = {
  title: "hash a float64 array of 256 MiB",
  target: 1 / 12,
  warmUp: 1,
  samples: 5,
  prepare() {
    const array = walk(LENGTH_256_MIB);
    const expected = hash(array.slice());
    return { run: () => assert.equal(hash(array), expected) };
  },
};
