import assert from "node:assert";
import { setTimeout } from "node:timers/promises";
import { Memory } from "ndmemo";
import type { Case } from "../case.ts";
import { LENGTH_1_GIB } from "../data.ts";

/** Milliseconds. */
const COLLECTING = 100;

export const storeEmpty: Case = {
  title: "store an array of 1 GiB made with memory.empty",
  beside: [],
  limit: 5e-3,
  warmUp: 1,
  samples: 3,
  prepare(directory) {
    const memory = new Memory(directory, { verbose: 0 });
    const make = (): Float64Array => memory.empty("float64", LENGTH_1_GIB).fill(1.5);
    let array = make();
    const cached = memory.cache(function ready(_turn: number) {
      return array;
    });
    return {
      run: (turn) => assert.equal(cached(turn), array),
      async between() {
        memory.clear({ warn: false });
        array = make();
        // V8 collects garbage because an array was made: that is no part of storing it.
        await setTimeout(COLLECTING);
      },
    };
  },
};
