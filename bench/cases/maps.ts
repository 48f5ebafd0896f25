import assert from "node:assert";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Explanation, type MemorizedFunc, Memory, release } from "ndmemo";
import { decodeManifest, encodeManifest } from "../../lib/format/manifest.ts";
import { MANIFEST } from "../../lib/store/layout.ts";
import type { Case } from "../case.ts";
import { LENGTH_64_MIB } from "../data.ts";

const ENTRIES = 1000;
/** As many runs as other hits have. */
const WARM_UP = 5;
const SAMPLES = 3;
const HEAP_OBJECTS = 2_000_000;
/** Enough for the header of an array. */
const HEAD_BYTES = 4096;

function zeros(length: number, _turn: number): Float64Array {
  return new Float64Array(length);
}

/** Entries of 64 MiB of zeros: all but the first are holes, which take no space on the disk. */
function manyEntries(directory: string): MemorizedFunc<typeof zeros> {
  const cached = new Memory(directory, { verbose: 0, mmapMode: "r" }).cache(zeros);
  release(cached(LENGTH_64_MIB, 0));

  const places = Array.from({ length: (WARM_UP + SAMPLES) * ENTRIES }, (_, turn) =>
    cached.explain(LENGTH_64_MIB, turn),
  );
  const [first] = places as [Explanation];
  const array = readdirSync(first.path).find((file) => file.endsWith(".npy")) ?? "";
  const model = join(first.path, array);
  const head = readFileSync(model).subarray(0, HEAD_BYTES);
  const decoded = decodeManifest(readFileSync(join(first.path, MANIFEST)));
  const { size, atime, mtime } = statSync(model);
  for (const { path, argsId } of places.slice(1)) {
    mkdirSync(path, { recursive: true });
    const key = { ...(decoded.key as object), argsId };
    writeFileSync(join(path, MANIFEST), encodeManifest({ ...decoded, key }));
    const sparse = join(path, array);
    writeFileSync(sparse, head);
    truncateSync(sparse, size);
    utimesSync(sparse, atime, mtime);
  }
  return cached;
}

function hits(title: string, heapObjects: number, rest: Partial<Case>): Case {
  return {
    title,
    ...rest,
    pieces: ENTRIES,
    warmUp: WARM_UP,
    samples: SAMPLES,
    prepare(directory) {
      const cached = manyEntries(directory);
      const heap = Array.from({ length: heapObjects }, (_, i) => ({ i }));
      return {
        run(turn) {
          // Looking at an element would read the file: these are not in the system's cache.
          for (let i = turn * ENTRIES; i < (turn + 1) * ENTRIES; i++) {
            assert.equal(cached(LENGTH_64_MIB, i).length, LENGTH_64_MIB);
          }
          assert.equal(heap.length, heapObjects);
        },
      };
    },
  };
}

export const manyMaps: Case = hits("hit, one of 1,000 arrays of 64 MiB, mapped", 0, {
  targets: { joblib: 1 / 3 },
});

// V8 counts maps as memory of its own, and each of its collections visits the whole heap.
export const manyMapsLargeHeap: Case = hits(
  "the same with 2 million objects in the heap",
  HEAP_OBJECTS,
  { processes: 3 },
);
