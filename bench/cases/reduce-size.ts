import assert from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestBytes } from "../../lib/hash/xxh3.ts";
import { entryPath } from "../../lib/store/layout.ts";
import { reduce } from "../../lib/store/limits/reduce.ts";
import { LocalStore } from "../../lib/store/local.ts";
import type { Case } from "../case.ts";

/** Fewer in a quick run; the peer reads the same variable. */
const ENTRIES = Number(process.env["NDMEMO_BENCH_ENTRIES"] ?? 100_000);
/** What the manifest of a number takes. */
const MANIFEST_BYTES = 800;

export const reduceHalf: Case = {
  title: "reduceSize of 100,000 entries (--quick: 10,000) to half their bytes",
  targets: { joblib: 1 / 5 },
  // Each makes 100,000 entries of both sides.
  processes: 3,
  warmUp: 0,
  samples: 1,
  prepare(directory) {
    const store = new LocalStore(directory, { durable: false });
    const manifest = Buffer.alloc(MANIFEST_BYTES, " ");
    const code = store.layout.code("bench.ts#square", "c".repeat(32));
    for (let i = 0; i < ENTRIES; i++) {
      const entry = entryPath(code, digestBytes(Buffer.from(`${i}`)));
      mkdirSync(entry, { recursive: true });
      writeFileSync(join(entry, "entry.json"), manifest);
    }
    const kept = { items: ENTRIES / 2, bytes: (ENTRIES / 2) * MANIFEST_BYTES };
    return { run: () => assert.deepEqual(reduce(store, { bytes: kept.bytes }).kept, kept) };
  },
};
