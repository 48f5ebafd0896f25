import assert from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { type MemorizedFunc, Memory } from "ndmemo";
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

function cachedIn(directory: string): MemorizedFunc<typeof square> {
  return new Memory(directory, { verbose: 0 }).cache(square, { module: MODULE });
}

export const entries: Series = {
  title: "A store on a file system in memory, by its entries",
  // A million directories take a disk half an hour.
  inMemory: true,
  axis: "entries of the function",
  cost: "seconds a call, or an entry",
  sizes: [1e2, 1e3, 1e4, 1e5, 1e6],
  // By hand: storing them would take minutes.
  fill(count, directory) {
    const memory = new Memory(directory, { verbose: 0 });
    memory.cache(square, { module: MODULE })(0);
    const [first] = [...memory.entries()];
    assert.ok(first);
    const { codeId, functionId } = first.metadata;
    const code = new LocalStore(directory, { durable: false }).layout.code(functionId, codeId);
    const manifest = Buffer.alloc(MANIFEST_BYTES, " ");
    for (let i = 1; i < count; i++) {
      const entry = entryPath(code, digestBytes(Buffer.from(`${i}`)));
      mkdirSync(entry, { recursive: true });
      writeFileSync(`${entry}/entry.json`, manifest);
    }
  },
  lines: {
    hit: {
      measure(_count, directory) {
        const cached = cachedIn(directory);
        assert.ok(cached.checkCallInCache(0));
        return { run: () => assert.equal(cached(0), 0) };
      },
    },
    miss: {
      measure(_count, directory) {
        const cached = cachedIn(directory);
        const first = process.pid * 1e4;
        return { run: (turn) => assert.equal(cached(first + turn), (first + turn) ** 2) };
      },
    },
    "reduceSize, an entry": {
      processes: 1,
      measure(count, directory) {
        const memory = new Memory(directory, { verbose: 0 });
        let removed = 0;
        return {
          once: true,
          run() {
            const reduced = memory.reduceSize({ itemsLimit: count / 2 });
            assert.equal(reduced.kept.items, count / 2);
            removed = reduced.removed.items;
          },
          get pieces() {
            return removed;
          },
        };
      },
    },
  },
};
