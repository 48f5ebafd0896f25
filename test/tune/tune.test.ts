import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { makeVector, Table } from "apache-arrow";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, isCacheError, Memory, type TuneOptions, tune } from "../../lib/index.ts";
import { marked, recommendations, rowOf } from "../../lib/tune/result.ts";
import { rejects } from "../helpers/assert.ts";
import { withTmp } from "../helpers/tmp.ts";

const quick: TuneOptions = { levels: [-5, 3], repeat: 1, sampleBytes: 2 ** 18 };

function waves(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.sin(i / 500));
}

test("a value is measured at every level and filter, with a recommendation for three aims", async () => {
  const result = await tune(
    { a: waves(40_000), b: Int32Array.from({ length: 5000 }, (_, i) => i) },
    quick,
  );
  assert.ok(result.isComplete);
  assert.is(result.arrays.length, 2);
  const ways = result.rows.map(({ level, filter }) => `${level} ${filter}`);
  const filters = ["none", "shuffle", "bitshuffle"];
  const expected = [-5, 3].flatMap((level) => filters.map((filter) => `${level} ${filter}`));
  assert.equal(ways, ["null none", ...expected, "-5 chosen", "3 chosen"]);
  assert.equal(
    result.recommendations.map(({ aim }) => aim),
    ["fastest load", "smallest", "least total time"],
  );
  for (const { ratio, storeSpeed, loadSpeed, bytes, rawBytes, seconds } of result.rows) {
    assert.ok(ratio > 0.9 && storeSpeed > 0 && loadSpeed > 0 && seconds > 0);
    assert.is(rawBytes, 340_000);
    assert.is(Math.round(rawBytes / ratio), bytes);
  }
  assert.ok(result.rows.some(({ isBest }) => isBest));
  assert.ok(result.rows.some(({ isBest }) => !isBest));
});

test("what is recommended is an option, and the smallest one is", () =>
  withTmp(async (directory) => {
    const result = await tune([waves(40_000)], quick);
    const smallest = result.recommendations.find(({ aim }) => aim === "smallest");
    const least = Math.min(...result.rows.map(({ bytes }) => bytes));
    assert.is(smallest?.row.bytes, least);
    const memory = new Memory(directory, { verbose: 0, ...smallest?.options });
    memory.cache(waves)(40_000);
    const [entry] = memory.entries();
    const stored = entry?.arrays[0]?.compressed?.bytes ?? 0;
    assert.ok(Math.abs(stored / least - 1) < 0.05, `${stored} instead of ${least}`);
  }));

test("a slow disk and few reloads speak for small files, a fast one for files as they are", () => {
  const raw = { rawBytes: 1e9 };
  const [plain, packed] = [
    { ...raw, ratio: 1, storeSpeed: 5e9, loadSpeed: 5e9 },
    { ...raw, ratio: 2, storeSpeed: 2e8, loadSpeed: 1e9 },
  ];
  const advised = (diskSpeed: number, reloads: number): unknown[] => {
    const conditions = { diskSpeed, reloads };
    const rows = marked([
      rowOf({ level: null, filter: "none" }, [plain], conditions),
      rowOf({ level: 3, filter: "shuffle" }, [packed], conditions),
    ]);
    assert.ok(rows.every(({ isBest }) => isBest));
    return recommendations(rows, conditions).map(({ options }) => options.compress);
  };
  const small = { level: 3, filter: "shuffle" };
  assert.equal(advised(1e8, 10), [small, small, small]);
  assert.equal(advised(1e10, 10), [false, small, false]);
  // A disk at which loading gains: once stored, it pays with the reloads.
  assert.equal(advised(4e8, 0), [small, small, false]);
  assert.equal(advised(4e8, 100), [small, small, small]);
});

test("of noise it says that compression does not pay", async () => {
  const result = await tune([new Float64Array(randomBytes(2 ** 17).buffer)], quick);
  assert.match(result.advice, /does not pay/);
  assert.match(String(result), /does not pay/);
});

test("files, caches and Memories are measured, whatever is in them", () =>
  withTmp(async (directory) => {
    const constants = new Float64Array(3000).fill(1.5);
    const gaps = waves(3000).fill(Number.NaN, 100, 2500);
    const npy = join(directory, "constants.npy");
    const bundle = join(directory, "value");
    dump(constants, npy);
    dump({ gaps, constants }, bundle, { compress: true });
    assert.equal((await tune(npy, quick)).arrays[0]?.descr, "<f8");
    assert.is((await tune(bundle, quick)).arrays.length, 2);

    const memory = new Memory(join(directory, "cache"), { verbose: 0 });
    const packed = new Memory(join(directory, "cache"), { verbose: 0, compress: true });
    memory.cache(waves)(5000);
    packed.cache(waves)(6000);
    memory.cache(waves)(10);
    for (const source of [memory, join(directory, "cache"), join(directory, "cache/ndmemo")]) {
      const { arrays } = await tune(source, quick);
      assert.equal(
        arrays.map(({ bytes }) => bytes),
        [48_000, 40_000],
      );
    }
    assert.is((await tune(memory, { ...quick, arrays: 1 })).arrays.length, 1);
  }));

test("filters, which Arrow files do not have, are not measured of them", () =>
  withTmp(async (directory) => {
    const path = join(directory, "x.arrow");
    const table = new Table({ x: makeVector(waves(20_000)) });
    dump(table, path);
    const { rows, recommendations } = await tune(path, quick);
    const waysOf = (all: typeof rows) => all.map(({ level, filter }) => `${level} ${filter}`);
    assert.equal(waysOf(rows), ["null none", "-5 none", "3 none"]);
    assert.ok(recommendations.every(({ options }) => typeof options.compress !== "object"));
    assert.type(recommendations[1]?.options.compress, "number");

    const mixed = await tune({ table, array: waves(20_000) }, quick);
    const [first, second] = mixed.arrays.map(({ rows }) => waysOf(rows));
    assert.equal([first, second?.length], [["null none", "-5 none", "3 none"], 9]);
    const shuffled = mixed.rows.find(({ level, filter }) => level === 3 && filter === "shuffle");
    assert.ok(shuffled);
  }));

test("the sample of a large array is spread over all of it", async () => {
  const half = new Float64Array(2 ** 20);
  const noise = new Float64Array(randomBytes(2 ** 22).buffer);
  const both = new Float64Array(half.length + noise.length);
  both.set(noise, half.length);
  const { rows } = await tune([both], {
    levels: [1],
    filters: ["none"],
    repeat: 1,
    sampleBytes: 2 ** 22,
  });
  const ratio = rows.find(({ level }) => level === 1)?.ratio ?? 0;
  assert.ok(ratio > 1.5 && ratio < 3, `${ratio}`);
});

test("an end by the signal leaves what was measured until then", async () => {
  const stop = new AbortController();
  const result = await tune([waves(5000), waves(6000)], {
    ...quick,
    signal: stop.signal,
    onProgress: ({ done }) => done === 5 && stop.abort(),
  });
  assert.not(result.isComplete);
  assert.is(result.rows.length, 2);
  assert.match(String(result), /Ended early/);
  const none = await tune([waves(5000)], { ...quick, signal: AbortSignal.abort() });
  assert.equal([none.rows.length, none.recommendations.length], [0, 0]);
  assert.type(String(none), "string");
});

test("progress counts to its end", async () => {
  const seen: number[] = [];
  await tune([waves(5000)], {
    ...quick,
    onProgress: ({ done, total, bytes, totalBytes }) => seen.push(done / total, bytes / totalBytes),
  });
  assert.is(seen.length, 14);
  assert.equal(seen.slice(-2), [1, 1]);
});

test("the result is JSON, and wrong options are refused", async () => {
  const result = await tune([waves(5000)], quick);
  const data = JSON.parse(JSON.stringify(result));
  assert.is(data.rows.length, result.rows.length);
  assert.is(data.advice, result.advice);
  const wrong = [
    { levels: [99] },
    { levels: [] },
    { filters: ["delta"] },
    { reloads: -1 },
    { nope: 1 },
  ];
  for (const options of wrong) {
    const error = await tune([waves(5000)], options as never).catch((reason: unknown) => reason);
    assert.ok(error instanceof TypeError || error instanceof RangeError, JSON.stringify(options));
  }
  await rejects(tune({ small: waves(3) }), "ERR_UNSUPPORTED_VALUE");
  await rejects(tune("/no/such/file.npy"), "ENOENT");
  assert.ok(isCacheError(await tune([]).catch((error: unknown) => error)));
});

test.run();
