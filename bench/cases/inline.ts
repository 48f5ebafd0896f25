/**
 * A thousand small arrays in one result.
 *
 * @module
 */

import { readdirSync } from "node:fs";
import { Memory } from "ndmemo";
import type { Case } from "../case.ts";

const COUNT = 1000;

function make(turn: number): Float64Array[] {
  return Array.from({ length: COUNT }, (_, i) => new Float64Array(64).fill(i + turn));
}

/** Storing a result of a thousand small arrays, and loading it again. */
export const manyArrays: Case = {
  title: "store and load a result of 1,000 arrays of 512 B",
  beside: [],
  warmUp: 2,
  samples: 15,
  prepare(directory) {
    const cached = new Memory(directory, { verbose: 0 }).cache(make, { version: 1, track: "none" });
    let files = 0;
    return {
      run(turn) {
        cached(turn);
        const loaded = cached(turn);
        if (loaded.length !== COUNT || loaded[7]?.[63] !== 7 + turn) throw new Error("not loaded");
      },
      between() {
        files = readdirSync(directory, { recursive: true }).filter((name) =>
          /\.(npy|zst|json)$/.test(String(name)),
        ).length;
      },
      facts: () => ({ files }),
    };
  },
};
