/**
 * A store in a bucket: what it asks for, what goes in parts, what lies where.
 *
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type AnyFunction, MemorizedResult, Memory } from "../../lib/index.ts";
import { S3Store } from "../../lib/s3.ts";
import { sameArray } from "../helpers/assert.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { foreign } from "./foreign.ts";
import { newStore, operations, optionsOf, requestsOf } from "./place.ts";

const MIB = 2 ** 20;
const quiet = { verbose: 0, lock: false } as const;
const identity = { module: "m", track: "none" } as const;

function ramp(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => i / 3);
}

function counted<F extends AnyFunction>(store: S3Store, func: F, options: object = {}) {
  const counts = { calls: 0 };
  const memory = new Memory(store, { ...quiet, ...options });
  const f = memory.cache(
    (...args: Parameters<F>): ReturnType<F> => {
      counts.calls++;
      return func(...(args as never[])) as ReturnType<F>;
    },
    { ...identity, name: "f" },
  );
  return { f, counts, memory };
}

test("a small result takes a request to miss, one to be stored and one to be found", async () => {
  for (const length of [0, 3, 1000]) {
    const { f, memory } = counted(newStore(), ramp);
    const miss = await requestsOf(async () => {
      await f(length);
      await memory.flush();
    });
    assert.is(operations(miss.requests), "GetObject PutObject");
    const hit = await requestsOf(() => f(length));
    sameArray(hit.result, ramp(length));
    assert.is(operations(hit.requests), "GetObject");
  }
});

test("a lock takes a request to get, a look, and a request to give up", async () => {
  const { f, memory } = counted(newStore(), (x: number) => x, { lock: true });
  const { requests } = await requestsOf(async () => {
    await f(1);
    await memory.flush();
  });
  assert.is(operations(requests), "GetObject PutObject GetObject PutObject DeleteObjects");
});

test("a large array goes up and down in parts, in bounded memory, and comes back as it was", async () => {
  const store = newStore({ partSize: "5M", bytesInFlight: "10M" });
  const { f, counts, memory } = counted(store, ramp);
  const length = (23 * MIB) / 8 + 1;
  const up = await requestsOf(async () => {
    await f(length);
    await memory.flush();
  });
  assert.is(up.requests.filter(({ operation }) => operation === "UploadPart").length, 5);
  const down = await requestsOf(() => f(length));
  sameArray(down.result, ramp(length));
  assert.is(counts.calls, 1);
  assert.is(operations(down.requests), "GetObject ".repeat(7).trim());
});

test("a flipped bit in a file or in a manifest is found, computed again and replaced", async () => {
  const options = optionsOf();
  for (const [ending, length] of [
    [".npy", 20_000],
    ["entry.json", 20_000],
    ["entry.json", 10],
  ] as const) {
    const { f, counts } = counted(new S3Store(options), ramp);
    await f(length);
    await f(length);
    const { names, get, put } = foreign(options);
    const name = (await names()).find((each) => each.endsWith(ending)) ?? "";
    const { body, metadata } = await get(name);
    body[body.byteLength - 5] = (body.at(-5) ?? 0) ^ 1;
    await put(name, body, metadata);
    const { result, warnings } = await withWarnings(() => f(length));
    sameArray(result, ramp(length));
    assert.is(warnings.length, 1, ending);
    assert.is(warnings[0]?.code, "ERR_CORRUPT_ENTRY");
    assert.is(counts.calls, 2);
    const again = await withWarnings(() => f(length));
    assert.is(again.warnings.length, 0);
    assert.is(counts.calls, 2);
    await new S3Store(options).clear();
  }
});

test("an address names the store, and a reference is loaded elsewhere", async () => {
  const { bucket, prefix, ...backendOptions } = optionsOf();
  const memory = new Memory(`s3://${bucket}/${prefix}`, {
    ...quiet,
    ...{ backend: "s3", backendOptions },
  });
  assert.is(memory.location, `s3://${bucket}/${prefix}`);
  const f = memory.cache(ramp, { ...identity, name: "f" });
  const shelved = await f.callAndShelve(20);
  assert.instance(shelved, MemorizedResult);
  sameArray((await shelved.get()) as Float64Array, ramp(20));
});

test("names of functions in any script, and of a thousand bytes, have entries of their own", async () => {
  const start = `größe/モデル/\u{1f4c8} +%2F&?/${Math.random()}/`;
  const prefix = start + "p".repeat(800 - Buffer.byteLength(start));
  const options = optionsOf({ prefix, partSize: "5M" });
  const store = new S3Store(options);
  const memory = new Memory(store, quiet);
  const names = [
    "größe",
    "モデル\u{1f4c8}",
    "a/b c?d&e=f+g%2F#h",
    "x".repeat(1000),
    "é".repeat(500),
  ];
  for (const name of names) {
    const f = memory.cache((x: number) => [name, x], { ...identity, name });
    for (let i = 0; i < 2; i++) assert.equal(await f(1), [name, 1]);
    // Also what has files, and what has parts.
    for (const length of [20_000, 700_000]) {
      const g = memory.cache(ramp, { ...identity, name });
      for (let i = 0; i < 2; i++) sameArray(await g(length), ramp(length));
    }
  }
  await memory.flush();
  const stored = await foreign(options).names();
  const longest = Math.max(...stored.map((each) => Buffer.byteLength(each)));
  assert.ok(longest > 950 && longest <= 1024, `${longest}`);
  const found: string[] = [];
  for await (const { functionId } of memory.entries()) found.push(functionId);
  const expected = names.flatMap((name) => Array.from({ length: 3 }, () => `m#${name}`));
  assert.equal(found.sort(), expected.sort());
  assert.is((await memory.verify()).checked.items, 15);
  await memory.clear({ warn: false });
  assert.is((await memory.stats()).items, 0);
});

test("limits and clear take a bounded number of requests, and only what is ours", async () => {
  const options = optionsOf();
  const { put, names } = foreign(options);
  const others = [
    `${options.prefix}/notes.txt`,
    `${options.prefix}x/ndmemo/v1/f`,
    `${options.prefix}/ndmemo/v1/mine.txt`,
    `${options.prefix}/ndmemo/v2/m#f/00/0`,
  ];
  for (const name of others) await put(name, new Uint8Array(3));
  const { f, memory } = counted(new S3Store(options), (x: number) =>
    new Float64Array(20_000).fill(x),
  );
  await Promise.all(Array.from({ length: 40 }, (_, i) => f(i)));
  await memory.flush();
  const reduced = await requestsOf(() => memory.reduceSize({ itemsLimit: 10 }));
  assert.is(reduced.result.removed.items, 30);
  assert.is(reduced.result.kept.items, 10);
  assert.is(
    operations(reduced.requests),
    "ListObjectsV2 DeleteObjects DeleteObjects ListObjectsV2 ListMultipartUploads",
  );
  assert.is((await memory.stats()).items, 10);
  const cleared = await requestsOf(() => memory.clear({ warn: false }) as Promise<void>);
  assert.is(operations(cleared.requests), "ListObjectsV2 DeleteObjects");
  assert.equal(
    (await names()).sort(),
    others.filter((name) => name.includes(`${options.prefix}/`)).sort(),
  );
});

test("what a dead writer left is removed when it is old enough, and no file of an entry", async () => {
  const options = optionsOf();
  const { f, counts, memory } = counted(new S3Store({ ...options, graceTime: 0 }), ramp);
  await f(20_000);
  await memory.flush();
  const { names, put, beginUpload } = foreign(options);
  const before = await names();
  const [manifest = ""] = before.filter((name) => name.endsWith("entry.json"));
  const entry = manifest.slice(0, -"entry.json".length);
  const other = entry.replace(/[0-9a-f]{32}\/$/, `${"0".repeat(32)}/`);
  await put(`${entry}0-00000000.npy`, new Uint8Array(9));
  await put(`${other}0-00000000.npy`, new Uint8Array(9));
  await put(`${other}used`, new Uint8Array());
  await beginUpload(`${other}1-00000000.npy`);
  assert.is(await new S3Store(options).sweep(), 0);
  await sleep(2500);
  assert.is(await new S3Store({ ...options, graceTime: 0 }).sweep(), 4);
  assert.equal(await names(), before);
  sameArray(await f(20_000), ramp(20_000));
  assert.is(counts.calls, 1);
});

test("a use is recorded when the last one is older than the resolution, and a look is none", async () => {
  const { f, memory } = counted(newStore({ useResolution: 1000 }), ramp);
  await f(3);
  await memory.flush();
  const lastUse = async (): Promise<number> => {
    for await (const { lastUsed } of memory.entries()) return Number(lastUsed);
    return Number.NaN;
  };
  const stored = await lastUse();
  await sleep(2500);
  await f.checkCallInCache(3);
  await memory.flush();
  assert.ok(Math.abs((await lastUse()) - stored) <= 1);
  const { requests } = await requestsOf(async () => {
    await f(3);
    await memory.flush();
  });
  assert.is(operations(requests), "GetObject PutObject");
  assert.ok((await lastUse()) - stored >= 1);
});

test.run();
