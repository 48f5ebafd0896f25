/**
 * Times the work of a peer, as `bench/case.ts` does for ours.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";

const MOST_SECONDS = { warmUp: 2, samples: 3 };
const [warmUp, samples] = process.argv.slice(-2).map(Number);

/** Seconds of each run after the warm-up, and the peak of resident memory since the first run. */
export async function measure({ run, between }) {
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5");
  const seconds = [];
  let turn = 0;
  const once = async () => {
    const start = process.hrtime.bigint();
    await run(turn);
    return Number(process.hrtime.bigint() - start) / 1e9;
  };
  for (let left = MOST_SECONDS.warmUp; turn < warmUp && left > 0; turn++) {
    left -= await once();
    await between?.(turn);
  }
  for (let left = MOST_SECONDS.samples; seconds.length < samples && left > 0; turn++) {
    const spent = await once();
    left -= spent;
    seconds.push(spent);
    await between?.(turn);
  }
  return { seconds, peakBytes: peak() };
}

function peak() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kibibytes) * 1024;
}

/** The random walk of `bench/data.ts`. */
export function walk(length) {
  const values = new Float64Array(length);
  let state = 12_345;
  let at = 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    at += state / 0x7fffffff - 0.5;
    values[i] = at;
  }
  return values;
}

/** The whole numbers of `bench/data.ts`. */
export function counts(length) {
  const values = new Int32Array(length);
  let state = 12_345;
  let at = 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    at += ((state >>> 16) % 101) - 50;
    values[i] = at;
  }
  return values;
}

/** The temperatures of `bench/data.ts`. */
export function temperatures(length) {
  return Float64Array.from(counts(length), (value) => value / 100);
}
