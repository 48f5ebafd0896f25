import assert from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Memory } from "ndmemo";
import { digestBytes } from "../../lib/hash/xxh3.ts";
import { entryPath } from "../../lib/store/layout.ts";
import { LocalStore } from "../../lib/store/local.ts";
import type { Series } from "./series.ts";

/** What the manifest of a number takes. */
const MANIFEST_BYTES = 800;
const MODULE = "bench.ts";

function square(x: number): number {
  return x * x;
}

/** A function on a store with this many entries of it, by hand: storing them would take minutes. */
function filled(entries: number, directory: string): Memory {
  const memory = new Memory(directory, { verbose: 0 });
  const cached = memory.cache(square, { module: MODULE });
  cached(0);
  const [first] = [...memory.entries()];
  assert.ok(first);
  const { codeId, functionId } = first.metadata;
  const code = new LocalStore(directory, { durable: false }).layout.code(functionId, codeId);
  const manifest = Buffer.alloc(MANIFEST_BYTES, " ");
  for (let i = 1; i < entries; i++) {
    const entry = entryPath(code, digestBytes(Buffer.from(`${i}`)));
    mkdirSync(entry, { recursive: true });
    writeFileSync(`${entry}/entry.json`, manifest);
  }
  assert.ok(dirname(code).startsWith(directory));
  return memory;
}

export const entries: Series = {
  title: "A store, by its entries",
  axis: "entries of the function",
  cost: "seconds a call, or an entry",
  sizes: [1e2, 1e3, 1e4, 1e5, 1e6],
  lines: {
    hit: {
      measure(count, directory) {
        const cached = filled(count, directory).cache(square, { module: MODULE });
        return { run: () => assert.equal(cached(0), 0) };
      },
    },
    miss: {
      measure(count, directory) {
        const cached = filled(count, directory).cache(square, { module: MODULE });
        return { run: (turn) => assert.equal(cached(turn + 1), (turn + 1) ** 2) };
      },
    },
    "reduceSize, an entry": {
      measure(count, directory) {
        const memory = filled(count, directory);
        return {
          ...{ once: true, pieces: count / 2 },
          run: () =>
            assert.equal(memory.reduceSize({ itemsLimit: count / 2 }).kept.items, count / 2),
        };
      },
    },
  },
};
