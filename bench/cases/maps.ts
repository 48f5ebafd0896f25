import assert from "node:assert";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type MemorizedFunc, Memory } from "ndmemo";
import { decodeManifest, encodeManifest } from "../../lib/format/manifest.ts";
import { Layout, MANIFEST } from "../../lib/store/layout.ts";
import type { Case } from "../case.ts";
import { LENGTH_64_MIB } from "../data.ts";

const ENTRIES = 1000;
const HEAP_OBJECTS = 2_000_000;
const MODULE = "bench.ts";
/** Enough for the header of an array. */
const HEAD_BYTES = 4096;

function zeros(length: number): Float64Array {
  return new Float64Array(length);
}

/** 1,000 functions, each with an entry of 64 MiB of zeros: holes, which take no space on the disk. */
function manyEntries(directory: string): MemorizedFunc<typeof zeros>[] {
  const memory = new Memory(directory, { verbose: 0, mmapMode: "r" });
  const functions = Array.from({ length: ENTRIES }, (_, i) =>
    memory.cache(zeros, { name: `f${i}`, module: MODULE, track: "own" }),
  );
  functions[0]?.(LENGTH_64_MIB);

  const layout = new Layout(directory);
  const directoryOf = (i: number): string => layout.function(`${MODULE}#f${i}`);
  const files = readdirSync(directoryOf(0), { recursive: true, encoding: "utf8" });
  const manifest = files.find((file) => file.endsWith(MANIFEST)) ?? "";
  const array = files.find((file) => file.endsWith(".npy")) ?? "";
  const model = join(directoryOf(0), array);
  const head = readFileSync(model).subarray(0, HEAD_BYTES);
  const decoded = decodeManifest(readFileSync(join(directoryOf(0), manifest)));
  const { size, atime, mtime } = statSync(model);
  for (let i = 0; i < ENTRIES; i++) {
    const copy = join(directoryOf(i), manifest);
    mkdirSync(dirname(copy), { recursive: true });
    const key = { ...(decoded.key as object), functionId: `${MODULE}#f${i}` };
    writeFileSync(copy, encodeManifest({ ...decoded, key }));
    const sparse = join(directoryOf(i), `${array}.new`);
    writeFileSync(sparse, head);
    truncateSync(sparse, size);
    utimesSync(sparse, atime, mtime);
    renameSync(sparse, join(directoryOf(i), array));
  }
  // The code of a function is read once, which is not measured here.
  for (const cached of functions) assert.ok(cached.checkCallInCache(LENGTH_64_MIB));
  return functions;
}

function hits(title: string, heapObjects: number, rest: Partial<Case>): Case {
  return {
    title,
    ...rest,
    pieces: ENTRIES,
    warmUp: 0,
    samples: 1,
    prepare(directory) {
      const functions = manyEntries(directory);
      const heap = Array.from({ length: heapObjects }, (_, i) => ({ i }));
      return {
        run() {
          // Looking at an element would read the file: these are not in the system's cache.
          for (const cached of functions) {
            assert.equal(cached(LENGTH_64_MIB).length, LENGTH_64_MIB);
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
