/**
 * One matrix, four worker threads, one copy in memory: a reference is sent, each thread maps it.
 *
 * ```sh
 * node examples/workers.mjs
 * ```
 *
 * @module
 */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { MemorizedResult, Memory } from "ndmemo";

const N = 3000;
const WORKERS = 4;

if (isMainThread) await main();
else work();

async function main() {
  const memory = new Memory(".cache", { mmapMode: "r", verbose: 0 });
  const outer = memory.cache(function outer(n) {
    return Float64Array.from({ length: n * n }, (_, i) => Math.sin(i % n) * Math.floor(i / n));
  });
  const matrix = outer.callAndShelve(N);

  const workers = Array.from(
    { length: WORKERS },
    (_, part) => new Worker(new URL(import.meta.url), { workerData: { matrix, part } }),
  );
  const messages = await Promise.all(workers.map((worker) => once(worker, "message")));
  const total = messages.reduce((sum, [partial]) => sum + partial, 0);
  console.log(`Sum of ${N} x ${N} elements by ${WORKERS} threads: ${total.toFixed(3)}`);
  console.log(`The matrix has ${8 * N * N} bytes; mapped in memory: ${mappedBytes() ?? "unknown"}`);
  for (const worker of workers) worker.postMessage("done");
}

/** Sums the rows of one part of the matrix, without a copy of it. */
function work() {
  const { matrix, part } = workerData;
  const elements = MemorizedResult.from(matrix).get();
  const rows = N / WORKERS;
  const mine = elements.subarray(part * rows * N, (part + 1) * rows * N);
  parentPort?.postMessage(mine.reduce((sum, element) => sum + element, 0));
  parentPort?.once("message", () => elements.length);
}

/** The proportional set size of the mapped array files: pages that are shared count once. */
function mappedBytes() {
  if (process.platform !== "linux") return undefined;
  const maps = readFileSync("/proc/self/smaps", "utf8").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const sizes = maps.filter((map) => /\.npy\n/.test(map)).map((map) => /^Pss: +(\d+)/m.exec(map));
  return sizes.reduce((sum, match) => sum + 1024 * Number(match?.[1] ?? 0), 0);
}
