/**
 * A Memory on a store that answers with promises: what it is handed, asked, and not given.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type BackendEntry, type EntryKey, MemorizedResult, Memory } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { MemoryStore } from "../helpers/memory-store.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { counting, onlyEntry } from "./counting.ts";

const quiet = { verbose: 0 } as const;

test("checkCallInCache finds a missing file and reads none", async () => {
  const store = new MemoryStore(randomUUID());
  const { f } = counting(store);
  await f(5);
  const read = store.read.bind(store);
  store.read = (key, file, position, target) => {
    assert.is(target.byteLength, 0);
    return read(key, file, position, target);
  };
  assert.is(await f.checkCallInCache(5), true);
  (onlyEntry(store).files as Map<string, Uint8Array>).clear();
  assert.is(await f.checkCallInCache(5), false);
});

test("a small value takes one read, and a large one is never read twice", async () => {
  const store = new MemoryStore(randomUUID());
  const { f } = counting(store);
  const read = store.read.bind(store);
  const reads: number[] = [];
  store.read = (key, file, position, target) => {
    reads.push(target.byteLength);
    return read(key, file, position, target);
  };
  await f(10);
  await f(10);
  assert.equal(reads, [64 + 64 + 80]);
  reads.length = 0;
  await f(400_000);
  await f(400_000);
  assert.is(reads.length, 2);
  assert.is(
    reads.reduce((sum, bytes) => sum + bytes),
    128 + 3_200_000,
  );
});

test("a store is handed plain Uint8Arrays of its own, never a Buffer", async () => {
  const store = new MemoryStore(randomUUID());
  const classes = new Set<string>();
  const put = store.put.bind(store);
  store.put = (key, { files, manifest, replace }) => {
    assert.equal(Object.keys(key), ["functionId", "codeId", "argsId"]);
    const watched = files.map((file) => ({ ...file, pieces: watch(file.pieces) }));
    return put(key, { files: watched, manifest: () => noted(manifest()), replace });
  };
  function noted(bytes: Uint8Array): Uint8Array {
    classes.add(bytes.constructor.name);
    assert.ok(bytes.byteLength <= 2 ** 20);
    return bytes;
  }
  function* watch(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const piece of pieces) yield noted(piece);
  }
  const values = [Buffer.alloc(3_000_000), Array.from({ length: 50_000 }, Math.random)];
  const cached = new Memory(store, quiet).cache((i: number) => values[i], { name: "f" });
  for (const i of [0, 1]) assert.equal(await cached(i), await cached(i));
  assert.equal([...classes], ["Uint8Array"]);
});

test("an array that is written to while it is being stored is not stored", async () => {
  const reused = new Float64Array(500_000);
  let gate: Promise<unknown> = Promise.resolve();
  class Slow extends MemoryStore {
    override async put(key: EntryKey, entry: BackendEntry): Promise<boolean> {
      await gate;
      return super.put(key, entry);
    }
  }
  const store = new Slow(randomUUID());
  const cached = new Memory(store, quiet).cache(
    function fill(x: number) {
      return reused.fill(x);
    },
    { track: "none" },
  );
  gate = setImmediate();
  const { warnings } = await withWarnings(() => Promise.all([cached(1), cached(2)]));
  assert.is(warnings.length, 1);
  assert.match(
    String(warnings[0]?.message),
    /returned but could not be cached: a Float64Array of 4000000 bytes .* was changed while/,
  );
  const copies = await Promise.all([cached(1), cached(2)].map(async (x) => (await x)[0]));
  assert.equal(copies, [1, 2]);
});

test("an entry of which a store did not take all pieces is not stored", async () => {
  const store = new MemoryStore(randomUUID());
  const put = store.put.bind(store);
  store.put = (key, entry) => put(key, { ...entry, files: [] });
  const { f } = counting(store);
  const { result, warnings } = await withWarnings(() => f(3));
  assert.is(result.length, 3);
  assert.match(String(warnings[0]?.message), /did not take all pieces of 0-[0-9a-f]{8}\.npy/);
  assert.is(store.entries.size, 0);
});

test("a store may look for an entry before it takes anything", async () => {
  const store = new MemoryStore(randomUUID());
  store.put = async () => false;
  const { f } = counting(store);
  const shelved = await f.callAndShelve(3);
  assert.instance(shelved, MemorizedResult);
  assert.equal(
    shelved.metadata?.arrays.map(({ bytes }) => bytes),
    [24],
  );
});

test("calls at the same time all get the value, and one entry is left", async () => {
  const store = new MemoryStore(randomUUID());
  const { f } = counting(store);
  const results = await Promise.all(Array.from({ length: 20 }, () => f(1000)));
  for (const result of results) sameArray(result, new Float64Array(1000).fill(1000));
  assert.is(store.entries.size, 1);
});

test.run();
