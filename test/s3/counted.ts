/**
 * A cached function on a bucket that counts what it computes.
 *
 * @module
 */

import { type MemorizedFunc, Memory, type MemoryOptions } from "../../lib/index.ts";
import { S3Store, type S3StoreOptions } from "../../lib/s3.ts";

/** What the function returns for a length. */
export function ramp(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => i / 3);
}

/** A cached function on a bucket. */
export interface Counted {
  /** Returns {@link ramp}. */
  readonly f: MemorizedFunc<(length: number) => Float64Array, "promise">;
  readonly memory: Memory<S3Store>;
  /** The number of computations. */
  readonly counts: { calls: number };
  /** Calls, and waits until the entry is stored. */
  readonly settled: (length: number) => Promise<Float64Array>;
}

/** Caches {@link ramp} on a bucket. */
export function counted(options: S3StoreOptions, others: Partial<MemoryOptions> = {}): Counted {
  const counts = { calls: 0 };
  const memory = new Memory(new S3Store(options), { verbose: 0, lock: false, ...others });
  const f = memory.cache(
    (length: number) => {
      counts.calls++;
      return ramp(length);
    },
    { name: "f", module: "m", track: "none" },
  );
  const settled = async (length: number): Promise<Float64Array> => {
    const result = await f(length);
    await memory.flush();
    return result;
  };
  return { f, counts, memory, settled };
}
