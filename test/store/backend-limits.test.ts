/**
 * Limits of a store that answers with promises, on request and in the background.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { EntryKey } from "../../lib/index.ts";
import { BackendLimits } from "../../lib/store/limits/backend-limits.ts";
import { reduceBackend } from "../../lib/store/limits/backend-reduce.ts";
import { MemoryStore } from "../helpers/memory-store.ts";
import { withWarnings } from "../helpers/warnings.ts";

const HOUR = 3_600_000;
const keyOf = (i: number): EntryKey => {
  return { functionId: "f", codeId: "0".repeat(32), argsId: `${i}`.padStart(32, "0") };
};

/** Entries of 100 bytes, the first of which was used as many hours ago as there are entries. */
async function filled(count: number): Promise<MemoryStore> {
  const store = new MemoryStore(randomUUID());
  for (let i = 0; i < count; i++) await add(store, i, Date.now() - (count - i) * HOUR);
  return store;
}

async function add(store: MemoryStore, i: number, lastUsed: number): Promise<void> {
  await store.put(keyOf(i), { files: [], manifest: () => new Uint8Array(100), replace: false });
  for (const entry of store.entries.values()) {
    if (entry.key.argsId === keyOf(i).argsId) entry.lastUsed = lastUsed;
  }
}

const left = ({ entries }: MemoryStore): number[] =>
  [...entries.values()].map(({ key }) => Number(key.argsId));

for (const [name, limits, kept] of [
  ["bytes", { bytes: 300 }, [2, 3, 4]],
  ["bytes, to the byte", { bytes: 299 }, [3, 4]],
  ["items", { items: 1 }, [4]],
  ["age", { age: 2.5 * HOUR }, [3, 4]],
  ["all of them", { bytes: 400, items: 3, age: 10 * HOUR }, [2, 3, 4]],
  ["no bytes", { bytes: 0 }, []],
  ["nothing", {}, [0, 1, 2, 3, 4]],
] as const) {
  test(`the entries used last are kept within limits: ${name}`, async () => {
    const store = await filled(5);
    const expected = {
      removed: { items: 5 - kept.length, bytes: 500 - 100 * kept.length },
      kept: { items: kept.length, bytes: 100 * kept.length },
    };
    assert.equal(await reduceBackend(store, limits, true), expected);
    assert.is(store.entries.size, 5);
    assert.equal(await reduceBackend(store, limits, false), expected);
    assert.equal(left(store), [...kept]);
  });
}

test("an entry that vanished meanwhile was neither removed nor kept", async () => {
  const store = await filled(3);
  store.remove = async () => false;
  const { removed, kept } = await reduceBackend(store, { items: 1 }, false);
  assert.equal([removed.items, kept.items], [0, 1]);
});

test("limits are kept in the background, and the store is listed when it may exceed them", async () => {
  const store = await filled(5);
  const list = store.list.bind(store);
  let lists = 0;
  store.list = (functionId) => {
    lists++;
    return list(functionId);
  };
  const limits = new BackendLimits(store, { items: 4 });
  const stored = async (i: number): Promise<void> => {
    await add(store, i, Date.now());
    limits.stored(100);
    await limits.settled();
  };
  await stored(5);
  assert.equal([left(store), lists], [[2, 3, 4, 5], 1]);
  await store.remove(keyOf(4));
  await store.remove(keyOf(5));
  await stored(6);
  // What others removed is not known: it seems to be one too many.
  assert.equal([left(store), lists], [[2, 3, 6], 2]);
  await stored(7);
  assert.equal([left(store), lists], [[2, 3, 6, 7], 2]);
  await stored(8);
  assert.equal([left(store), lists], [[3, 6, 7, 8], 3]);
});

test("many entries that are stored at once leave no more than the limits", async () => {
  const store = await filled(0);
  const limits = new BackendLimits(store, { bytes: 1000 });
  await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      await add(store, i, Date.now() + i);
      limits.stored(100);
    }),
  );
  await limits.settled();
  assert.is(store.entries.size, 10);
});

test("without limits, a store is never listed", async () => {
  const store = await filled(2);
  store.list = () => {
    throw new Error("listed");
  };
  const { warnings } = await withWarnings(async () => {
    const limits = new BackendLimits(store);
    limits.stored(100);
    await limits.settled();
  });
  assert.equal(warnings, []);
});

test("a store that cannot be listed costs one warning, and the limit of no bytes ends", async () => {
  const store = await filled(2);
  const { warnings } = await withWarnings(async () => {
    const limits = new BackendLimits(store, { bytes: 0 });
    limits.stored(100);
    await limits.settled();
    assert.is(store.entries.size, 0);
    store.list = () => {
      throw Object.assign(new Error("forbidden"), { code: "EACCES" });
    };
    for (let i = 0; i < 3; i++) {
      limits.stored(100);
      await limits.settled();
    }
  });
  assert.equal(
    warnings.map(({ code }) => code),
    ["EACCES"],
  );
});

test.run();
