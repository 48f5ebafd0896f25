/**
 * Measures one point of a line: `child.ts SERIES LINE SIZE DIRECTORY`, seconds on stdout.
 *
 * @module
 */

import { series } from "./series.ts";

const WARM_UP = 3;
const LEAST_SECONDS = 0.2;
const MOST_SAMPLES = 200;

const [name = "", line = "", size = "", directory = ""] = process.argv.slice(2);
const { measure } = series[name]?.lines[line] ?? {};
if (!measure) throw new Error(`No series has a line ${name} ${line}`);
const work = await measure(Number(size), directory);

const seconds: number[] = [];
let spent = 0;
for (let turn = 0; turn < MOST_SAMPLES; turn++) {
  const start = performance.now();
  const running = work.run(turn);
  if (running) await running;
  const elapsed = (performance.now() - start) / 1000;
  spent += elapsed;
  const isWarm = work.once || turn >= WARM_UP || spent > LEAST_SECONDS;
  if (isWarm) seconds.push(elapsed / (work.pieces ?? 1));
  if (seconds.length > 0 && (work.once || spent > LEAST_SECONDS)) break;
}
console.log(seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)]);
