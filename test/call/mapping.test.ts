import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory, type MmapMode, release } from "../../lib/index.ts";
import { mapper } from "../../lib/store/map/mapper.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const addonTest = needing("addon", test);
const mapperTest = needing("mapper", test);
const LENGTH = 100_000;

function ramp(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => i);
}

function open(directory: string, mmapMode: MmapMode | null): Float64Array {
  return new Memory(directory, { verbose: 0, mmapMode }).eval(ramp, LENGTH);
}

function lastOnDisk(directory: string): number {
  const bytes = readFileSync(onlyFile(directory, ".npy"));
  return bytes.readDoubleLE(bytes.byteLength - 8);
}

for (const mode of ["r", "c"] as const) {
  test(`a write to an array of mode ${mode} stays private and the process lives`, () =>
    withTmp(async (directory) => {
      await withWarnings(() => {
        for (const array of [open(directory, mode), open(directory, mode)]) {
          array[LENGTH - 1] = -1;
          array.fill(-2, 0, 10);
          array.set([-3], 50);
          assert.is(array[LENGTH - 1], -1);
          assert.is(array[5], -2);
          assert.is(array[50], -3);
        }
        sameArray(open(directory, mode), ramp(LENGTH));
        sameArray(open(directory, null), ramp(LENGTH));
        assert.is(lastOnDisk(directory), LENGTH - 1);
      });
    }));
}

addonTest("the first write to an array of mode r is warned of, once, and the entry is named", () =>
  withTmp(async (directory) => {
    const { warnings } = await withWarnings(async () => {
      open(directory, "c").fill(1);
      const array = open(directory, "r");
      for (let i = 0; i < LENGTH; i += 5000) array[i] = -1;
      await setTimeout(20);
      array.fill(0);
      await setTimeout(20);
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["CACHE_WRITE_TO_READ_ONLY"],
    );
    assert.ok(warnings[0]?.message.includes(onlyFile(directory, ".npy")));
  }),
);

for (const mode of ["r+", "w+"] as const) {
  mapperTest(`a write to an array of mode ${mode} changes the entry`, () =>
    withTmp(async (directory) => {
      await withWarnings(() => {
        open(directory, mode)[LENGTH - 1] = -1;
        assert.is(open(directory, mode)[LENGTH - 1], -1);
        assert.is(open(directory, null)[LENGTH - 1], -1);
        assert.is(lastOnDisk(directory), -1);
      });
    }),
  );
}

test("without a mode arrays are memory of their own", () =>
  withTmp((directory) => {
    open(directory, null);
    const array = open(directory, null);
    array[0] = -1;
    sameArray(open(directory, null), ramp(LENGTH));
    assert.is(release(array), false);
    assert.is(array.length, LENGTH);
  }));

test("every array of a nested result is mapped", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, { verbose: 0, mmapMode: "r" });
    const cached = memory.cache(function nested() {
      return { a: ramp(1000), deep: [{ b: new Int8Array([1, 2, 3]) }], text: "x" };
    });
    await withWarnings(() => {
      for (const { a, deep } of [cached(), cached()]) {
        sameArray(a, ramp(1000));
        sameArray(deep[0]?.b as Int8Array, new Int8Array([1, 2, 3]));
        const unmaps = mapper()?.name === "addon";
        assert.is(release(a), unmaps);
        assert.is(release(deep[0]?.b as Int8Array), unmaps);
        assert.is(a.length, unmaps ? 0 : 1000);
      }
    });
  }));

test("a mapping stays valid when its entry is removed or replaced", () =>
  withTmp(async (directory) => {
    await withWarnings(() => {
      open(directory, "r");
      const array = open(directory, "r");
      const memory = new Memory(directory, { verbose: 0, mmapMode: "r" });
      void memory.cache(ramp).recompute(LENGTH);
      memory.clear({ warn: false });
      sameArray(array, ramp(LENGTH));
    });
  }));

test("a mapped array has the key of the same array in memory", () =>
  withTmp(async (directory) => {
    const runs: number[] = [];
    function sum(array: Float64Array): number {
      runs.push(array.length);
      return array.reduce((a, b) => a + b, 0);
    }
    await withWarnings(() => {
      const cached = new Memory(directory, { verbose: 0 }).cache(sum);
      open(directory, "r");
      assert.is(cached(open(directory, "r")), cached(ramp(LENGTH)));
      assert.equal(runs, [LENGTH]);
    });
  }));

test("mmapMode of one function takes effect, either way", () =>
  withTmp(async (directory) => {
    await withWarnings(() => {
      const unmaps = mapper()?.name === "addon";
      const plain = new Memory(directory, { verbose: 0 });
      const mapped = new Memory(directory, { verbose: 0, mmapMode: "r" });
      const own = plain.cache(ramp, { mmapMode: "r" });
      assert.is(release(own(10)), unmaps);
      assert.is(release(own(10)), unmaps);
      const none = mapped.cache(ramp, { mmapMode: null });
      assert.is(release(none(11)), false);
      assert.is(release(none(11)), false);
    });
  }));

test("release refuses what is no array", () => {
  for (const value of [5, "x", {}, [1], null, undefined]) {
    assert.throws(
      () => (release as (value: unknown) => boolean)(value),
      (error: unknown) => error instanceof TypeError && error.message.includes("array"),
    );
  }
});

test.run();
