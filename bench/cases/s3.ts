import assert from "node:assert";
import { Memory } from "ndmemo";
import { S3Store } from "ndmemo/s3";
import type { Case, Prepared } from "../case.ts";
import { LENGTH_256_MIB, optionsOfBucket, smooth } from "../s3-place.ts";

const quiet = { verbose: 0, lock: false } as const;
const identity = { module: "bench.ts", track: "none" } as const;

function prepared(store: S3Store, mmapMode: "r" | null = null) {
  const memory = new Memory(store, { ...quiet, mmapMode });
  const source = smooth(LENGTH_256_MIB);
  const large = memory.cache(
    function large(_turn: number): Float64Array {
      return source;
    },
    { ...identity },
  );
  const small = memory.cache((length: number) => new Float64Array(length).fill(1), {
    ...{ ...identity, name: "small" },
  });
  return { memory, large, small };
}

function hits(hit: () => Promise<Float64Array>, length: number): Prepared {
  return { run: async () => assert.equal((await hit()).length, length) };
}

/** Only where an endpoint is given: see `test/s3/run.ts`. */
export const s3: Readonly<Record<string, Case>> = {
  "s3-upload": {
    title: "S3: store a result of 256 MiB",
    ...{ beside: ["sdk"], targets: { sdk: 1.2 }, warmUp: 1, samples: 3, processes: 3 },
    prepare() {
      const { memory, large } = prepared(new S3Store(optionsOfBucket()));
      return {
        async run(turn) {
          await large(turn);
          await memory.flush();
        },
        between: () => memory.clear({ warn: false }) as Promise<void>,
      };
    },
  },
  "s3-download": {
    title: "S3: load a result of 256 MiB into memory",
    ...{ beside: ["sdk"], targets: { sdk: 1.2 }, warmUp: 1, samples: 3, processes: 3 },
    async prepare() {
      const { memory, large } = prepared(new S3Store(optionsOfBucket()));
      await large(0);
      await memory.flush();
      return hits(() => large(0) as unknown as Promise<Float64Array>, LENGTH_256_MIB);
    },
  },
  "s3-hit": {
    title: "S3: hit, an array of 1,000 elements",
    ...{ beside: ["sdk"], warmUp: 20, samples: 100, processes: 3 },
    async prepare() {
      const { memory, small } = prepared(new S3Store(optionsOfBucket()));
      await small(1000);
      await memory.flush();
      return hits(() => small(1000) as unknown as Promise<Float64Array>, 1000);
    },
  },
  "s3-copy": {
    title: "S3: hit, an array of 256 MiB, mapped from a copy on this machine",
    ...{ beside: ["sdk"], targets: { sdk: 2 }, warmUp: 20, samples: 100, processes: 3 },
    async prepare(cacheDir) {
      const { memory, large } = prepared(new S3Store({ ...optionsOfBucket(), cacheDir }), "r");
      await large(0);
      await memory.flush();
      return hits(() => large(0) as unknown as Promise<Float64Array>, LENGTH_256_MIB);
    },
  },
};
