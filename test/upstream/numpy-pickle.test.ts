/**
 * What joblib's `test_numpy_pickle.py` asks of files and maps beyond what `test/file` has.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, load } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

// test_numpy_persistence
test("a mapped array is dumped like one in memory", () =>
  withTmp((directory) => {
    const [first, second] = [join(directory, "first"), join(directory, "second")];
    const array = Float64Array.from({ length: 1000 }, (_, i) => i);
    dump({ array }, first);
    dump(load(first, { mmapMode: "r" }), second);
    assert.is(readFileSync(second).byteLength, readFileSync(first).byteLength);
    sameArray((load(second) as { array: Float64Array }).array, array);
  }));

// test_load_memmap_with_big_offset
test("an array far behind another in one file is mapped at its place", () =>
  withTmp((directory) => {
    const path = join(directory, "value");
    // Beyond every granularity of maps, and not a multiple of it.
    const lengths = [100_003, 70_001, 5];
    const make = (): Uint32Array[] =>
      lengths.map((length, k) => Uint32Array.from({ length }, (_, i) => i * (k + 1)));
    dump(make(), path);
    const loaded = load(path, { mmapMode: "r" }) as Uint32Array[];
    for (const [k, array] of make().entries()) sameArray(loaded[k] as Uint32Array, array);
  }));

// test_memmap_alignment_padding
test("the elements of every array in a file begin at a multiple of 64", () =>
  withTmp(async (directory) => {
    const path = join(directory, "value");
    const bytes = (k: number): Uint8Array => {
      return Uint8Array.from({ length: 16 + 7 * k }, (_, i) => 1 + ((i * 31 + k * 17) % 250));
    };
    const values = [
      bytes(0),
      [bytes(1), bytes(2), bytes(3), bytes(4)],
      Object.fromEntries(Array.from({ length: 9 }, (_, k) => [`k${k}`, bytes(k)])),
    ];
    for (const value of values) {
      dump(value, path);
      const file = readFileSync(path);
      const arrays = value instanceof Uint8Array ? [value] : Object.values(value);
      for (const array of arrays) {
        const at = file.indexOf(array);
        assert.ok(at > 0);
        assert.is(at % 64, 0);
      }
      const { result } = await withWarnings(() => load(path, { mmapMode: "r" }));
      assert.equal(result, value);
    }
  }));

// test_memory_usage
test("dumping takes no memory of the size of the array, and loading it takes the array's", () => {
  const MIB = 2 ** 20;
  const body = `
    import { mkdtempSync, realpathSync, rmSync } from "node:fs";
    import { tmpdir } from "node:os";
    import { join } from "node:path";
    const { dump, load } = await import(${JSON.stringify(bundledUrl("index"))});
    const directory = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-test-"));
    try {
      const path = join(directory, "value");
      const small = new Float64Array(1000);
      dump({ small }, path);
      load(path);
      const array = new Float64Array(2 ** 24).fill(1.5);
      const used = () => 1024 * process.resourceUsage().maxRSS;
      const before = used();
      dump({ array }, path);
      const dumped = used();
      const loaded = load(path).array;
      if (loaded.at(-1) !== 1.5) throw new Error("another array");
      console.log(JSON.stringify([dumped - before, used() - dumped]));
    } finally {
      rmSync(directory, { recursive: true });
    }`;
  const args = ["--input-type=module", "-e", body];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.ok(stdout, stderr);
  const [dumping, loading] = JSON.parse(stdout) as [number, number];
  assert.ok(dumping < 48 * MIB, `dumping took ${dumping} bytes`);
  assert.ok(loading < (128 + 48) * MIB, `loading took ${loading} bytes`);
});

test.run();
