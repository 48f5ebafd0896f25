/**
 * One of several processes on one store: `caller.ts hit|miss CALLS DIRECTORY NUMBER`. Says when it is
 * ready, waits for a line, makes its calls, and says that it is done.
 *
 * @module
 */

import assert from "node:assert";
import { once } from "node:events";
import { Memory } from "ndmemo";

const [kind, calls = "", directory = "", number = ""] = process.argv.slice(2);

function square(x: number): number {
  return x * x;
}

const cached = new Memory(directory, { verbose: 0 }).cache(square, { module: "bench.ts" });
const first = kind === "hit" ? 0 : (Number(number) + 1) * 1e6;
cached(first);
console.log("ready");
await once(process.stdin, "data");
for (let i = 1; i <= Number(calls); i++) {
  const x = kind === "hit" ? first : first + i;
  assert.equal(cached(x), x * x);
}
console.log("done");
