/**
 * Copies on this machine, and uploads that go on while the program does.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory, type MmapMode, release } from "../../lib/index.ts";
import { S3Store } from "../../lib/s3.ts";
import { mapper } from "../../lib/store/map/mapper.ts";
import { sameArray } from "../helpers/assert.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { foreign } from "./foreign.ts";
import { operations, optionsOf, requestsOf } from "./place.ts";

const quiet = { verbose: 0, lock: false } as const;
const LENGTH = 1_000_000;

function ramp(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => i / 3);
}

function cached(store: S3Store, mmapMode: MmapMode | null = "r") {
  const counts = { calls: 0 };
  const memory = new Memory(store, { ...quiet, mmapMode });
  const f = memory.cache(
    (length: number) => {
      counts.calls++;
      return { array: ramp(length), rest: Array.from({ length: 20_000 }, (_, i) => `${i * i}`) };
    },
    { name: "f", module: "m", track: "none" },
  );
  return { f, counts, memory };
}

test("what was downloaded is mapped, and another process finds it without a request", () =>
  withTmp(async (cacheDir) => {
    const options = optionsOf();
    const writer = cached(new S3Store(options));
    await writer.f(LENGTH);
    await writer.memory.flush();
    for (const mmapMode of ["r", null] as const) {
      const reader = cached(
        new S3Store({ ...options, cacheDir: join(cacheDir, `${mmapMode}`) }),
        mmapMode,
      );
      const { array, rest } = await reader.f(LENGTH);
      sameArray(array, ramp(LENGTH));
      assert.is(rest.at(-1), `${19_999 ** 2}`);
      if (mmapMode === "r") assert.is(release(array), mapper()?.name === "addon");
      const other = cached(
        new S3Store({ ...options, cacheDir: join(cacheDir, `${mmapMode}`) }),
        mmapMode,
      );
      const { result, requests } = await requestsOf(() => other.f(LENGTH));
      sameArray(result.array, ramp(LENGTH));
      assert.is(operations(requests), "");
      assert.is(reader.counts.calls + other.counts.calls, 0);
    }
  }));

test("what was stored here is mapped before it is uploaded, and its digest is known", () =>
  withTmp(async (cacheDir) => {
    const { f, memory } = cached(new S3Store({ ...optionsOf(), cacheDir }));
    let atReturn = "";
    const { result, requests } = await requestsOf(async () => {
      const seen = await requestsOf(() => f(LENGTH));
      atReturn = operations(seen.requests);
      await memory.flush();
      return seen.result.array;
    });
    sameArray(result, ramp(LENGTH));
    assert.is(operations(requests), "GetObject PutObject PutObject PutObject");
    assert.ok(atReturn.length < operations(requests).length, atReturn);
  }));

test("a copy is looked after where that is wanted", () =>
  withTmp(async (cacheDir) => {
    const options = optionsOf();
    const revalidating = { ...options, cacheDir, revalidate: true };
    const { f, counts, memory } = cached(new S3Store(revalidating));
    await f(LENGTH);
    await memory.flush();
    const same = await requestsOf(() => f(LENGTH));
    assert.equal(
      same.requests.map(({ status }) => status),
      [304],
    );
    const elsewhere = cached(new S3Store(options));
    await elsewhere.f.recompute(LENGTH);
    await elsewhere.memory.flush();
    assert.is((await f(LENGTH)).array.length, LENGTH);
    assert.is(counts.calls, 1);
    await elsewhere.f.forget(LENGTH);
    await f(LENGTH);
    assert.is(counts.calls, 2);
    await memory.flush();
  }));

test("a directory for copies that lies below a file is refused at once", () =>
  withTmp((directory) => {
    const cacheDir = join(directory, "file", "below");
    writeFileSync(join(directory, "file"), "");
    assert.throws(() => new S3Store({ ...optionsOf(), cacheDir }), /must be a directory/);
  }));

test("a download that is damaged is no copy", () =>
  withTmp(async (cacheDir) => {
    const options = optionsOf();
    const writer = cached(new S3Store(options));
    await writer.f(LENGTH);
    await writer.memory.flush();
    const { names, get, put } = foreign(options);
    const name = (await names()).find((each) => each.endsWith(".npy")) ?? "";
    const { body } = await get(name);
    body[4_000_000] = (body[4_000_000] ?? 0) ^ 1;
    await put(name, body);
    const { f, counts } = cached(new S3Store({ ...options, cacheDir }));
    const { result, warnings } = await withWarnings(() => f(LENGTH));
    sameArray(result.array, ramp(LENGTH));
    assert.is(counts.calls, 1);
    assert.equal(
      warnings.map(({ code }) => code),
      ["ERR_CORRUPT_ENTRY"],
    );
  }));

test("copies keep to their limits", () =>
  withTmp(async (cacheDir) => {
    const store = new S3Store({ ...optionsOf(), cacheDir, cacheLimits: { items: 3 } });
    const { f, memory } = cached(store);
    for (let i = 0; i < 8; i++) await f(10_000 + i);
    await memory.flush();
    assert.is(filesIn(cacheDir).filter((file) => file.endsWith("entry.json")).length, 3);
    assert.is((await memory.stats()).items, 8);
  }));

test("what is written to an array after the call is not in the entry", async () => {
  const options = optionsOf({ bytesInFlight: "16M" });
  const { f, memory } = cached(new S3Store(options), null);
  const { array } = await f(LENGTH);
  array.fill(0);
  await memory.flush();
  sameArray((await cached(new S3Store(options), null).f(LENGTH)).array, ramp(LENGTH));
});

test("a process that ends early says that an upload is lost, and one that waits loses nothing", () =>
  withTmp((directory) => {
    const script = join(directory, "early.mjs");
    const url = (path: string): string => new URL(`../../${path}`, import.meta.url).href;
    const { credentials: _, ...options } = optionsOf();
    writeFileSync(
      script,
      `import { Memory } from "${url("lib/index.ts")}"; import { S3Store } from "${url("lib/s3.ts")}";
      const memory = new Memory(new S3Store(${JSON.stringify(options)}), { verbose: 0, lock: false });
      const f = memory.cache((n) => new Float64Array(n), { name: "f", module: "m", track: "none" });
      await f(500_000);
      if (process.argv[2] === "early") process.exit();`,
    );
    const cwd = fileURLToPath(new URL("../../", import.meta.url));
    for (const [how, expected] of [
      ["early", /CACHE_UPLOAD_LOST.*1 result was on the way to s3:/s],
      ["late", /^((?!CacheWarning).)*$/s],
    ] as const) {
      const args = ["--import", "tsx", script, how];
      const { stderr, status } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
      assert.is(status, 0);
      assert.match(stderr, expected);
    }
  }));

test("what a copy is of is told by its checksum, not by its name alone", () =>
  withTmp(async (cacheDir) => {
    const options = { ...optionsOf(), cacheDir };
    const { f, memory } = cached(new S3Store(options));
    await f(LENGTH);
    await memory.flush();
    const [copy = ""] = filesIn(cacheDir).filter((file) => file.endsWith(".npy"));
    const path = join(cacheDir, copy);
    const bytes = readFileSync(path);
    rmSync(path);
    const again = cached(new S3Store(options));
    sameArray((await again.f(LENGTH)).array, ramp(LENGTH));
    assert.is(again.counts.calls, 0);
    assert.ok(readFileSync(path).equals(bytes));
  }));

test.run();
