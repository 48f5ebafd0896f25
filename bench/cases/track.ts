/**
 * What the code of a function costs at its first call.
 *
 * @module
 */

import assert from "node:assert";
import { execFileSync } from "node:child_process";
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

/** What a process stores before the measured one begins. */
function earlier(helpers: URL, directory: string): string {
  return `
import { Memory } from ${JSON.stringify(import.meta.resolve("ndmemo"))};
import { all } from ${JSON.stringify(helpers.href)};
const cached = new Memory(${JSON.stringify(directory)}, { verbose: 0 }).cache(all, { module: "helpers" });
for (let i = 0; i < 2; i++) cached(1);
`;
}

function lookUp(title: string, isSecond: boolean): Case {
  return {
    title,
    beside: [],
    limit: 5e-3,
    warmUp: 0,
    samples: 1,
    async prepare(directory) {
      const file = join(directory, "helpers.mjs");
      writeFileSync(file, source());
      const helpers = pathToFileURL(file);
      if (isSecond) {
        const script = earlier(helpers, directory);
        // Loaded as in this process, which is one that compiles what it imports.
        execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
      }
      const { all } = (await import(helpers.href)) as { all: (x: number) => number };
      const memory = new Memory(directory, { verbose: 0 });
      return {
        run: () =>
          assert.equal(memory.cache(all, { module: "helpers" }).checkCallInCache(1), isSecond),
      };
    },
  };
}

/** Reading 21 functions, which nothing has been read of before. */
export const track: Case = lookUp(
  "first look-up of a process, function that reaches 20 helpers, new to the cache",
  false,
);

/** The same when an earlier process has kept what it read. */
export const trackKept: Case = lookUp("the same function, known to the cache", true);
