/**
 * What the code of a function costs at its first call.
 *
 * @module
 */

import assert from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Memory } from "ndmemo";
import type { Case } from "../case.ts";

const HELPERS = 20;

/** A module in which one function calls helpers, each of which calls the one before it. */
function source(): string {
  const indexes = Array.from({ length: HELPERS }, (_, i) => i);
  const helpers = indexes.map(
    (i) => `
const scale${i} = ${i + 1};

/** Adds up. */
export function helper${i}(x, n = ${i}) {
  let sum = 0;
  for (let k = 0; k < n; k++) {
    // What is in here does not matter.
    sum += Math.sqrt(x + k) * scale${i};
  }
  return sum + ${i === 0 ? "x" : `helper${i - 1}(x, 1)`};
}`,
  );
  const calls = indexes.map((i) => `helper${i}(x)`).join(" + ");
  return `${helpers.join("\n")}\n\nexport function all(x) {\n  return ${calls};\n}\n`;
}

/** The first look-up of a process: reading 21 functions, which nothing has been read of before. */
export const track: Case = {
  title: "first look-up of a process, function that reaches 20 helpers",
  beside: [],
  limit: 5e-3,
  warmUp: 0,
  samples: 1,
  async prepare(directory) {
    const file = join(directory, "helpers.mjs");
    writeFileSync(file, source());
    const { all } = (await import(pathToFileURL(file).href)) as { all: (x: number) => number };
    const cached = new Memory(directory, { verbose: 0 }).cache(all);
    return { run: () => assert.equal(cached.checkCallInCache(1), false) };
  },
};
