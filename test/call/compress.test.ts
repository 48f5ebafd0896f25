import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Compress, type EntryInfo, Memory } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { MemoryStore } from "../helpers/memory-store.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;

function waves(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.sin(i / 500));
}

function noise(length: number): Float64Array {
  let state = length;
  const bytes = Uint8Array.from({ length: 8 * length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >> 16;
  });
  return new Float64Array(bytes.buffer);
}

/** What a Memory with this option stores of a value, and what it gives back. */
async function stored(
  compress: Compress,
  make: () => unknown,
): Promise<{ readonly files: string[]; readonly entry: EntryInfo; readonly again: unknown }> {
  return withTmp((directory) => {
    const memory = new Memory(directory, { ...quiet, compress });
    const cached = memory.cache(make, { name: "make", version: 1 });
    cached();
    const again = cached();
    const [entry] = memory.entries();
    assert.is(memory.stats().hits, 1);
    const files = filesIn(directory).filter((file) => /\.npy(\.zst)?$/.test(file));
    return { files, entry: entry as EntryInfo, again };
  });
}

test("memory.compress is the option as it was given, and false without it", () => {
  for (const compress of [true, -3, "auto", { level: 9, filter: "none" }] as const) {
    assert.is(new Memory(null, { ...quiet, compress }).compress, compress);
  }
  const memory = new Memory(null, quiet);
  assert.is(memory.compress, false);
  assert.throws(() => Object.assign(memory, { compress: true }), TypeError);
});

test("a level out of range is a RangeError, of a Memory and of a function", () => {
  const isRange = (error: unknown): boolean => error instanceof RangeError;
  assert.throws(() => new Memory(null, { compress: 23 }), isRange);
  assert.throws(() => new Memory(null).cache(waves, { compress: 1.5 }), isRange);
});

test("an array is stored compressed and comes back, with every way to ask for it", async () => {
  const ways: readonly Compress[] = [true, 1, -5, "auto", {}, { level: 5, filter: "bitshuffle" }];
  for (const compress of ways) {
    const { files, entry, again } = await stored(compress, () => waves(300_000));
    sameArray(again as Float64Array, waves(300_000));
    assert.equal(
      files.map((file) => file.replace(/^.*\.npy/, ".npy")),
      [".npy.zst"],
    );
    const [summary] = entry.arrays;
    assert.is(summary?.bytes, 2_400_000);
    assert.ok((summary?.compressed?.bytes ?? 0) < 2_000_000);
    assert.ok(entry.bytes < 2_000_000 && entry.bytes > (summary?.compressed?.bytes ?? 0));
    if (typeof compress === "object" && compress.filter) {
      assert.is(summary?.compressed?.filter, compress.filter);
      assert.is(summary?.compressed?.level, compress.level);
    }
  }
});

test("nothing is compressed without the option, and nothing small with it", async () => {
  for (const compress of [false, 0, { level: 0 }] as const) {
    const { files, entry } = await stored(compress, () => waves(3000));
    assert.ok(files.every((file) => file.endsWith(".npy")));
    assert.is(entry.arrays[0]?.compressed, undefined);
  }
  const { entry } = await stored(true, () => waves(511));
  assert.is(entry.arrays[0]?.compressed, undefined);
});

test("auto leaves noise as it is and compresses what pays, in one value", async () => {
  const value = { noise: noise(50_000), waves: waves(50_000) };
  const { entry, again } = await stored("auto", () => value);
  const isCompressed = entry.arrays.map(({ compressed }) => compressed !== undefined);
  assert.equal(isCompressed, [false, true]);
  sameArray((again as typeof value).noise, value.noise);
  sameArray((again as typeof value).waves, value.waves);
});

test("the option of a function takes the place of the one of its Memory", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { ...quiet, compress: true });
    memory.cache(waves, { compress: false })(2000);
    assert.is([...memory.entries()][0]?.arrays[0]?.compressed, undefined);
    memory.cache(waves, { compress: 5 }).recompute(2000);
    assert.is([...memory.entries()][0]?.arrays[0]?.compressed?.level, 5);
  }));

test("compress is no part of the key: each finds what the other stored", () =>
  withTmp((directory) => {
    const plain = new Memory(directory, quiet);
    const packed = new Memory(directory, { ...quiet, compress: 9 });
    packed.cache(waves)(5000);
    sameArray(plain.cache(waves)(5000), waves(5000));
    plain.cache(waves)(6000);
    sameArray(packed.cache(waves)(6000), waves(6000));
    assert.equal([plain.stats().hits, packed.stats().hits], [1, 1]);
    assert.ok(packed.cache(waves).checkCallInCache(5000));
    assert.ok(plain.cache(waves).checkCallInCache(5000));
  }));

test("compress together with mmapMode warns once, and the arrays are in memory", () =>
  withTmp(async (directory) => {
    const { result, warnings } = await withWarnings(() => {
      const memory = new Memory(directory, { ...quiet, compress: true, mmapMode: "r" });
      const cached = memory.cache(waves);
      memory.cache(noise)(3000);
      cached(5000);
      return cached(5000);
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["CACHE_COMPRESSED"],
    );
    sameArray(result, waves(5000));
    result[0] = 7;
  }));

test("what is written to a compressed array in r+ stays in the process, with a warning", () =>
  withTmp(async (directory) => {
    new Memory(directory, { ...quiet, compress: true }).cache(waves)(5000);
    const { warnings } = await withWarnings(() => {
      const cached = new Memory(directory, { ...quiet, mmapMode: "r+" }).cache(waves);
      cached(5000)[0] = 7;
      return cached(5000);
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["CACHE_PRIVATE_COPY"],
    );
    sameArray(new Memory(directory, { ...quiet, verify: "full" }).cache(waves)(5000), waves(5000));
  }));

test("an asynchronous function stores and loads in the background, a synchronous one at once", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, { ...quiet, compress: true });
    const later = memory.cache(async (length: number) => waves(length), { name: "later" });
    const first = await later(1_000_000);
    let turns = 0;
    let isDone = false;
    setImmediate(function turn() {
      turns++;
      if (!isDone) setImmediate(turn);
    });
    const second = await later(1_000_000);
    isDone = true;
    assert.ok(turns > 3, `${turns} turns`);
    sameArray(second, first);
    assert.is(memory.stats().hits, 1);
    // A reference is synchronous on a local store, whoever stored it.
    const reference = await later.callAndShelve(1_000_000);
    sameArray(reference.get() as unknown as Float64Array, first);
    const atOnce = memory.cache(waves);
    sameArray(atOnce(1_000_000), first);
    sameArray(atOnce(1_000_000), first);
  }));

test("an array that is written to while it is stored in the background is not stored", () =>
  withTmp(async (directory) => {
    const shared = waves(1_000_000);
    const memory = new Memory(directory, { ...quiet, compress: true });
    const cached = memory.cache(async () => shared, { name: "shared" });
    const { warnings } = await withWarnings(async () => {
      const call = cached();
      const timer = setInterval(() => shared.fill(Math.random(), 900_000), 1);
      await call;
      clearInterval(timer);
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["ERR_UNSUPPORTED_VALUE"],
    );
    assert.equal(
      filesIn(directory).filter((file) => file.includes("npy")),
      [],
    );
  }));

test("an array of memory.empty is compressed like any other", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { ...quiet, compress: true });
    const cached = memory.cache(function fill(length: number) {
      const array = memory.empty("float64", length);
      array.set(waves(length));
      return array;
    });
    cached(5000);
    sameArray(cached(5000), waves(5000));
    assert.ok([...memory.entries()][0]?.arrays[0]?.compressed);
  }));

test("a store of another kind takes compressed files and gives them back", async () => {
  const store = new MemoryStore("compress");
  const memory = new Memory(store, { ...quiet, compress: true });
  const value = { waves: waves(700_000), noise: noise(300), text: "x" };
  const make = memory.cache(() => value, { name: "make", version: 1 });
  await make();
  const back = await make();
  sameArray(back.waves, value.waves);
  sameArray(back.noise, value.noise);
  assert.is((await memory.stats()).hits, 1);
  assert.ok(await make.checkCallInCache());
  const names = [...store.entries.values()].flatMap(({ files }) => [...files.keys()]);
  assert.ok(names.some((name) => name.endsWith(".npy.zst")));
  for await (const { arrays } of memory.entries()) assert.ok(arrays[0]?.compressed);
});

test.run();
