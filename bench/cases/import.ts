/**
 * What loading the library costs a process.
 *
 * @module
 */

import assert from "node:assert";
import { execFileSync } from "node:child_process";
import type { Case } from "../case.ts";

const script = `
const start = process.hrtime.bigint();
await import(${JSON.stringify(import.meta.resolve("ndmemo"))});
console.log(Number(process.hrtime.bigint() - start) / 1e9);
`;

/** In a process of its own each time; its start is not counted. */
export const importLibrary: Case = {
  title: 'import "ndmemo"',
  beside: [],
  limit: 60e-3,
  warmUp: 1,
  samples: 5,
  prepare() {
    let seconds = 0;
    return {
      run() {
        const args = ["--input-type=module", "-e", script];
        seconds = Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
        assert.ok(seconds > 0);
      },
      spent: () => seconds,
    };
  },
};
