/**
 * A process on a faulty system: calls a cached function, and tells what came of it.
 *
 * @module
 */

import { closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Memory } from "../../lib/index.ts";
import { isOfFault } from "../stress/subject.ts";

const [directory = "", mode = "store"] = process.argv.slice(2);
const codes: string[] = [];
process.emitWarning = (_warning: unknown, options?: unknown): void => {
  const { code } = Object(options);
  if (isOfFault({ code })) codes.push(code);
};
const thrown: string[] = [];
let [wrong, computed] = [0, 0];

const limits = mode === "clock" ? { limits: { items: 1000 } } : {};
const memory = new Memory(directory, { verbose: 0, lock: false, ...limits });
const ramp = memory.cache(
  (key: number) => {
    computed++;
    return Float64Array.from({ length: 2000 }, (_, i) => key + i);
  },
  { name: "ramp", module: "system.ts", track: "none" },
);

function call(key: number): void {
  try {
    const array = ramp(key);
    if (!array.every((element, i) => element === key + i)) wrong++;
  } catch (error) {
    thrown.push(String((error as Error).stack));
  }
}

/** Calls with keys from `first` on, each twice. */
function callAll(first: number, count: number): void {
  for (let key = first; key < first + count; key++) {
    call(key);
    call(key);
  }
}

switch (mode) {
  case "store":
    callAll(0, 10);
    break;
  case "more":
    callAll(0, 10);
    callAll(10, 5);
    break;
  case "fill":
    callAll(0, 20);
    break;
  case "without descriptors": {
    callAll(0, 2);
    const taken: number[] = [];
    try {
      for (;;) taken.push(openSync("/dev/null", "r"));
    } catch {
      // There are no more.
    }
    callAll(0, 4);
    for (const fd of taken) closeSync(fd);
    break;
  }
  case "clock": {
    callAll(0, 5);
    const now = Date.now;
    Date.now = () => now() - 3_600_000;
    callAll(0, 10);
    memory.reduceSize({ ageLimit: { hours: 2 } });
    Date.now = now;
    callAll(0, 10);
    await memory.flush();
    break;
  }
}
await setImmediate();
const tmp = join(directory, "ndmemo", "tmp");
const temporary = existsSync(tmp) ? readdirSync(tmp).length : 0;
console.log(JSON.stringify({ wrong, computed, thrown, codes, temporary }));
