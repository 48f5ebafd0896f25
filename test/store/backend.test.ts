/**
 * A Memory on a store that answers with promises: what is checked, what is mapped, what fails.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type BackendEntry,
  type EntryKey,
  MemorizedResult,
  Memory,
  release,
  type StoreBackend,
} from "../../lib/index.ts";
import { mapper } from "../../lib/store/map/mapper.ts";
import { rejects, sameArray } from "../helpers/assert.ts";
import { DirectoryStore } from "../helpers/directory-store.ts";
import { type Kept, MemoryStore } from "../helpers/memory-store.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;

function counting(store: StoreBackend, options: object = {}) {
  const counts = { calls: 0 };
  const f = new Memory(store, { ...quiet, ...options }).cache(
    function f(n: number) {
      counts.calls++;
      return new Float64Array(n).fill(n);
    },
    { track: "none" },
  );
  return { f, counts };
}

function onlyEntry(store: MemoryStore): Kept {
  const [entry] = store.entries.values();
  assert.is(store.entries.size, 1);
  return entry as Kept;
}

function onlyArray(store: MemoryStore): [name: string, bytes: Uint8Array] {
  const [file] = onlyEntry(store).files;
  return file as [string, Uint8Array];
}

const damage: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  "a file that lacks a byte": (bytes) => bytes.slice(0, -1),
  "a file with a byte too many": (bytes) => Uint8Array.of(...bytes, 0),
  "an empty file": () => new Uint8Array(),
  "a header with another shape": (bytes) => {
    const text = Buffer.from(bytes).toString("latin1").replace("(5,)", "(4,)");
    return Uint8Array.from(Buffer.from(text, "latin1"));
  },
};

for (const [what, change] of Object.entries(damage)) {
  test(`${what} is found, computed again and replaced`, async () => {
    const store = new MemoryStore(randomUUID());
    const { f, counts } = counting(store, { verify: "none" });
    await f(5);
    const [name, bytes] = onlyArray(store);
    (onlyEntry(store).files as Map<string, Uint8Array>).set(name, change(bytes));
    const { result, warnings } = await withWarnings(() => f(5));
    sameArray(result, new Float64Array(5).fill(5));
    assert.is(counts.calls, 2);
    assert.is(warnings.length, 1);
    assert.match(String(warnings[0]?.message), /cannot be used and is computed again/);
    await f(5);
    assert.is(counts.calls, 2);
  });
}

test("a flipped bit is found with verify full", async () => {
  const store = new MemoryStore(randomUUID());
  const { f, counts } = counting(store, { verify: "full" });
  await f(300_000);
  const [name, bytes] = onlyArray(store);
  bytes[bytes.byteLength - 1] = 1;
  const { result, warnings } = await withWarnings(() => f(300_000));
  assert.is(result.at(-1), 300_000);
  assert.match(
    String(warnings[0]?.message),
    new RegExp(`${name} is damaged: its checksum is wrong`),
  );
  assert.is(counts.calls, 2);
});

test("a manifest that is damaged, or that of another entry, is found", async () => {
  const store = new MemoryStore(randomUUID());
  const { f, counts } = counting(store);
  await f(1);
  await f(2);
  const [one, other] = [...store.entries.entries()];
  if (one && other) store.entries.set(one[0], { ...other[1] });
  if (other) store.entries.set(other[0], { ...other[1], manifest: new Uint8Array([123, 125]) });
  const { result, warnings } = await withWarnings(async () => [await f(1), await f(2)]);
  assert.equal(
    result.map(([first]) => first),
    [1, 2],
  );
  assert.is(counts.calls, 4);
  assert.equal(
    warnings.map(({ code }) => code),
    ["ERR_CORRUPT_ENTRY", "ERR_CORRUPT_ENTRY"],
  );
});

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

test("a manifest that promises more than a file has takes no memory", async () => {
  const store = new MemoryStore(randomUUID());
  const { f } = counting(store);
  await f(5);
  let largest = 0;
  const read = store.read.bind(store);
  store.read = (key, file, position, target) => {
    largest = Math.max(largest, target.byteLength);
    return read(key, file, position, target);
  };
  const { encodeManifest, decodeManifest } = await import("../../lib/format/manifest.ts");
  const manifest = decodeManifest(Buffer.from(onlyEntry(store).manifest));
  const bytes = 8 * 2 ** 37;
  const arrays = manifest.arrays.map((record) => ({ ...record, bytes, shape: [2 ** 37] }));
  const hostile = new TextEncoder().encode(encodeManifest({ ...manifest, arrays }));
  for (const [name, entry] of store.entries)
    store.entries.set(name, { ...entry, manifest: hostile });
  const { result, warnings } = await withWarnings(() => f(5));
  assert.is(result.length, 5);
  assert.is(warnings.length, 1);
  assert.ok(largest <= 2 ** 20, `${largest}`);
});

const methods = ["get", "read", "put", "remove", "list", "clear", "flush"] as const;
for (const synchronous of [false, true]) {
  const how = synchronous ? "throws" : "rejects";
  test(`a store that ${how} costs warnings, and no value`, async () => {
    const store = new MemoryStore(randomUUID());
    const { f, counts } = counting(store);
    await f(5);
    const failure = Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
    const fail = (): Promise<never> => {
      if (synchronous) throw failure;
      return Promise.reject(failure);
    };
    for (const method of methods) (store as unknown as Record<string, unknown>)[method] = fail;
    const { result, warnings } = await withWarnings(() => Promise.all([f(5), f(6), f(7)]));
    assert.equal(
      result.map(({ length }) => length),
      [5, 6, 7],
    );
    assert.is(counts.calls, 4);
    assert.equal([...new Set(warnings.map(({ code }) => code))], ["ECONNRESET"]);
    assert.ok(warnings.length <= 3, `${warnings.length}`);
    assert.is(await f.checkCallInCache(5), false);
    await rejects(f.forget(5), "ECONNRESET");
    await rejects(f.clear({ warn: false }), "ECONNRESET");
  });
}

test("an error that has no code is warned of, too", async () => {
  const store = new MemoryStore(randomUUID());
  store.get = () => Promise.reject("no reason");
  const { f } = counting(store);
  const { result, warnings } = await withWarnings(() => f(5));
  assert.is(result.length, 5);
  assert.match(String(warnings[0]?.message), /no reason/);
});

test("calls at the same time all get the value, and one entry is left", async () => {
  const store = new MemoryStore(randomUUID());
  const { f } = counting(store);
  const results = await Promise.all(Array.from({ length: 20 }, () => f(1000)));
  for (const result of results) sameArray(result, new Float64Array(1000).fill(1000));
  assert.is(store.entries.size, 1);
});

test("arrays of a store that has files on this machine are mapped", () =>
  withTmp(async (directory) => {
    const { f, counts } = counting(new DirectoryStore(directory), { mmapMode: "c" });
    for (let i = 0; i < 2; i++) {
      const mapped = await f(1000);
      sameArray(mapped, new Float64Array(1000).fill(1000));
      assert.is(release(mapped), mapper()?.name === "addon");
    }
    assert.is(counts.calls, 1);
    assert.not(release(await counting(new DirectoryStore(directory)).f(1000)));
  }));

test("a file on this machine is checked like one of the local store", () =>
  withTmp(async (directory) => {
    const store = new DirectoryStore(directory);
    const { f, counts } = counting(store, { mmapMode: "r" });
    await f(1000);
    let path = "";
    const localFile = store.localFile.bind(store);
    store.localFile = async (key, file) => {
      path = (await localFile(key, file)) ?? "";
      return path;
    };
    await f(1000);
    truncateSync(path, statSync(path).size - 8);
    const { result, warnings } = await withWarnings(() => f(1000));
    assert.is(result.length, 1000);
    assert.is(counts.calls, 2);
    const damage = warnings.find(({ code }) => code === "ERR_CORRUPT_ENTRY");
    assert.match(String(damage?.message), /is damaged: 8120 bytes, expected 8128/);
  }));

test("a file that vanished from this machine is read from the store", () =>
  withTmp(async (directory) => {
    const store = new MemoryStore(randomUUID());
    const copy = `${directory}/copy.npy`;
    store.localFile = async (key, file) => {
      const size = await store.read(key, file, 0, new Uint8Array());
      const bytes = new Uint8Array(size);
      await store.read(key, file, 0, bytes);
      writeFileSync(copy, bytes);
      rmSync(copy);
      return copy;
    };
    const { f, counts } = counting(store, { mmapMode: "r" });
    for (let i = 0; i < 2; i++) sameArray(await f(10), new Float64Array(10).fill(10));
    assert.is(counts.calls, 1);
  }));

test("a mode that writes to entries is a private one, and says so", () =>
  withTmp(async (directory) => {
    for (const store of [new DirectoryStore(directory), new MemoryStore(randomUUID())]) {
      const { f } = counting(store, { mmapMode: "r+" });
      const { warnings } = await withWarnings(async () => {
        for (let i = 0; i < 2; i++) (await f(10))[0] = -1;
      });
      assert.equal(
        warnings.map(({ code }) => code),
        ["CACHE_PRIVATE_COPY"],
      );
      sameArray(await f(10), new Float64Array(10).fill(10));
    }
  }));

test.run();
