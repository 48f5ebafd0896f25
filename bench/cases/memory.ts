/**
 * What a process grows by while it works on an array that is large for its memory.
 *
 * @module
 */

import assert from "node:assert";
import { join } from "node:path";
import { dump, hash, Memory } from "ndmemo";
import type { Case, Prepared } from "../case.ts";
import { temperatures } from "../data.ts";

const LENGTH = 2 ** 29;
const PIECE = 2 ** 23;

/** 4 GiB that no two neighbouring numbers of are equal. */
function large(): Float64Array {
  const array = new Float64Array(LENGTH);
  array.set(temperatures(PIECE));
  for (let end = PIECE; end < LENGTH; end *= 2) array.copyWithin(end, 0, end);
  return array;
}

function growing(
  title: string,
  prepare: (array: Float64Array, directory: string) => Prepared,
): Case {
  return {
    ...{ title, beside: [], growthLimit: 64 * 2 ** 20 },
    // One process, since each writes as much.
    ...{ processes: 1, warmUp: 0, samples: 1 },
    prepare: (directory) => prepare(large(), directory),
  };
}

export const hash4Gib: Case = growing("hash an array of 4 GiB", (array) => ({
  run: () => assert.equal(hash(array).length, 32),
}));

export const store4Gib: Case = growing("store an array of 4 GiB", (array, directory) => {
  const cached = new Memory(directory, { verbose: 0 }).cache(function ready(_turn: number) {
    return array;
  });
  return { run: (turn) => assert.equal(cached(turn), array) };
});

export const compress4Gib: Case = growing(
  "compress an array of 4 GiB into a file, level 3 and shuffle",
  (array, directory) => ({
    run: () => {
      const path = join(directory, "array.ndmemo");
      dump(array, path, { compress: { level: 3, filter: "shuffle" } });
    },
  }),
);
