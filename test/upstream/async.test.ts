/**
 * What joblib's `test_memory_async.py` asks, as ndmemo promises it.
 *
 * @module
 */

import { rmSync, writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  isCacheError,
  MemorizedResult,
  Memory,
  NotMemorizedResult,
  release,
} from "../../lib/index.ts";
import { mapper } from "../../lib/store/map/mapper.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;

// test_memory_integration_async
test("an asynchronous function runs again after its directory was removed, and after clear", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, quiet);
    const runs: number[] = [];
    async function f(x: number): Promise<number> {
      await null;
      runs.push(x);
      return x + 1;
    }
    const cached = memory.cache(f);
    const callAll = async (): Promise<void> => {
      for (const x of [0, 1, 0, 1]) assert.is(await cached(x), x + 1);
      assert.is(await memory.eval(f, 1), 2);
    };
    await callAll();
    rmSync(directory, { recursive: true });
    await callAll();
    memory.clear({ warn: false });
    await callAll();
    assert.equal(runs, [0, 1, 0, 1, 0, 1]);
  }));

// test_no_memory_async
test("without a location every await runs the function", async () => {
  const runs: number[] = [];
  const cached = new Memory(null).cache(async function f(x: number) {
    runs.push(x);
    return x;
  });
  for (let i = 0; i < 3; i++) assert.is(await cached(5), 5);
  assert.equal(runs, [5, 5, 5]);
});

// test_memory_numpy_check_mmap_mode_async
test("an asynchronous function's first result, hits and what replaces a damaged one are mapped", () =>
  withTmp(async (directory) => {
    const isMapped = mapper()?.name === "addon";
    const memory = new Memory(directory, { ...quiet, mmapMode: "r" });
    const cached = memory.cache(async function twos(n: number) {
      return new Float64Array(n).fill(2);
    });
    const check = async (): Promise<void> => {
      const array = await cached(1000);
      assert.is(array[999], 2);
      assert.is(release(array), isMapped);
    };
    const { warnings } = await withWarnings(async () => {
      await check();
      await check();
      writeFileSync(onlyFile(directory, ".npy"), "garbage");
      await check();
      await check();
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["ERR_CORRUPT_ENTRY"],
    );
  }));

// test_call_and_shelve_async
test("an asynchronous function is shelved twice, with a store and without, and cleared", () =>
  withTmp(async (directory) => {
    for (const [location, Class] of [
      [directory, MemorizedResult],
      [null, NotMemorizedResult],
    ] as const) {
      const cached = new Memory(location, quiet).cache(async function f(x: number) {
        return x + 4;
      });
      for (let i = 0; i < 2; i++) {
        const result = await cached.callAndShelve(1);
        assert.instance(result, Class);
        assert.is(result.get(), 5);
        result.clear();
        assert.throws(
          () => result.get(),
          (error: unknown) => isCacheError(error, "ERR_MISSING_ENTRY"),
        );
        result.clear();
      }
    }
  }));

// what joblib does with asynchronous generators
test("an asynchronous generator stays one, with a location and without", () =>
  withTmp(async (directory) => {
    for (const location of [directory, null]) {
      const cached = new Memory(location, { verbose: 0 }).cache(async function* count() {
        yield 1;
        yield 2;
      });
      const { result: seen } = await withWarnings(async () => {
        const all: number[] = [];
        for await (const each of cached()) all.push(each);
        return all;
      });
      assert.equal(seen, [1, 2]);
    }
  }));

test.run();
