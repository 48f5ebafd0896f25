import assert from "node:assert";
import { setTimeout } from "node:timers/promises";
import { Memory } from "ndmemo";
import type { Case } from "../case.ts";
import { LENGTH_1_GIB } from "../data.ts";

/** Milliseconds. */
const COLLECTING = 100;
/** Arrays of 64 KiB that are stored first: making many of 1 GiB takes too long. */
const WARM_UP = 500;
const LENGTH_64_KIB = 2 ** 13;

export const storeEmpty: Case = {
  title: "store an array of 1 GiB made with memory.empty",
  beside: [],
  limit: 5e-3,
  warmUp: 1,
  samples: 3,
  async prepare(directory) {
    const memory = new Memory(directory, { verbose: 0 });
    const make = (length: number): Float64Array => memory.empty("float64", length).fill(1.5);
    let array = make(LENGTH_64_KIB);
    const cached = memory.cache(function ready(_turn: number) {
      return array;
    });
    const run = (turn: number): void => assert.equal(cached(turn), array);
    const renew = (turn: number, length: number): void => {
      cached.forget(turn);
      array = make(length);
    };
    for (let turn = 0; turn < WARM_UP; turn++) {
      run(turn);
      renew(turn, LENGTH_64_KIB);
    }
    renew(0, LENGTH_1_GIB);
    return {
      run,
      async between(turn) {
        renew(turn, LENGTH_1_GIB);
        // V8 collects garbage because an array was made: that is no part of storing it.
        await setTimeout(COLLECTING);
      },
    };
  },
};
