/**
 * A Memory on a store of another kind, whose entries are damaged or whose methods fail.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeManifest, encodeManifest } from "../../lib/format/manifest.ts";
import { rejects, sameArray } from "../helpers/assert.ts";
import { MemoryStore } from "../helpers/memory-store.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { counting, onlyEntry } from "./counting.ts";

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
  const manifest = decodeManifest(Buffer.from(onlyEntry(store).manifest));
  const bytes = 8 * 2 ** 37;
  const arrays = manifest.arrays.map((record) => ({ ...record, bytes, shape: [2 ** 37] }));
  const hostile = encodeManifest({ ...manifest, arrays });
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

test.run();
