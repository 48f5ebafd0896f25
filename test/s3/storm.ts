/**
 * One of several processes that store and read the same entries: `storm.ts OPTIONS NUMBER`.
 *
 * @module
 */

import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { Memory } from "../../lib/index.ts";
import { S3Store, type S3StoreOptions } from "../../lib/s3.ts";

/** What a process found. */
export interface Report {
  /** Results that were not what they should be. */
  readonly wrong: number;
  readonly calls: number;
  readonly warnings: number;
  /** Arguments whose results were found or stored without a warning. */
  readonly stored: readonly number[];
}

const ENTRIES = 200;
const [options = "{}", number = "0"] = process.argv.slice(2);
let calls = 0;
let wrong = 0;
let warnings = 0;
const stored: number[] = [];
process.on("warning", ({ name }) => {
  if (name === "CacheWarning") warnings++;
});
const store = new S3Store(JSON.parse(options) as S3StoreOptions);
// The same warning is given once for each Memory: each call has its own, so that all are counted.
for (let step = 0; step < 2 * ENTRIES; step++) {
  const memory = new Memory(store, { verbose: 0, lock: false });
  const f = memory.cache(
    (length: number) => {
      calls++;
      return Float64Array.from({ length }, (_, i) => i / 3);
    },
    { name: "f", module: "m", track: "none" },
  );
  const seen = warnings;
  const length = 9000 + ((step * 7 + Number(number) * 25) % ENTRIES);
  const result = await f(length);
  if (result.length !== length || result.some((value, i) => value !== i / 3)) wrong++;
  await memory.flush();
  // Warnings come a turn later.
  await setImmediate();
  if (warnings === seen) stored.push(length);
  // A computation takes its time.
  else await sleep(300);
}
process.send?.({ wrong, calls, warnings, stored } satisfies Report);
process.disconnect?.();
