/**
 * A process at work on a cache until it is killed, or for some seconds: then it tells what it did, and
 * what it held after a tenth of the time and at the end.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { Churn } from "./churn.ts";
import type { Held, LongReport } from "./long-run.ts";
import { isOfFault } from "./subject.ts";

const [directory = "", seed = "1", seconds = "Infinity"] = process.argv.slice(2);
const problems: string[] = [];
process.on("warning", (warning) => {
  if (isOfFault(warning)) problems.push(`warned: ${warning.message}`);
});
const churn = new Churn(directory, Number(seed));
const start = performance.now();
const length = Number(seconds) * 1000;
let early: Held | undefined;
process.stdout.write("ready\n");

for (let elapsed = 0; elapsed < length; elapsed = performance.now() - start) {
  try {
    await churn.step();
  } catch (error) {
    problems.push(`threw: ${(error as Error).stack}`);
  }
  if (problems.length > 20) break;
  if (early === undefined && elapsed > length / 10) early = await held();
  await setImmediate();
}
await churn.end();
const late = await held();
const report: LongReport = { done: churn.done, problems, early: early ?? late, late };
console.log(JSON.stringify(report));

/** What this process holds once nothing is left to collect. */
async function held(): Promise<Held> {
  await churn.end();
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const { heapUsed, rss, external } = process.memoryUsage();
  const maps = readFileSync("/proc/self/maps", "utf8").split("\n");
  return {
    ...{ heapUsed, rss, external, descriptors: readdirSync("/proc/self/fd").length },
    // Those of the cache; the others are the runtime's.
    maps: maps.filter((line) => line.includes(directory)).length,
  };
}
