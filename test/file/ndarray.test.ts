/**
 * Ndarrays through entries and files, in every mode, and as NumPy sees them.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, load, Memory, type MmapMode, release } from "../../lib/index.ts";
import {
  bytesInOrder,
  classes,
  made,
  Ndarray,
  type Recipe,
  recipes,
  type Scijs,
  type Stdlib,
  sameNdarray,
  scijs,
} from "../helpers/ndarrays.ts";
import { needing, requires } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const require = createRequire(import.meta.url);
const modes: readonly (MmapMode | null)[] = [null, "r", "c", "r+", "w+"];
const mapperTest = needing("mapper", test);

test("ndarrays come back as they were in every mode, alone and inside a value", () =>
  withTmp(async (directory) => {
    const make = (recipe: Recipe, isAlone: boolean): unknown => {
      const array = made(recipe);
      return isAlone ? array : { list: [array, array], name: "x" };
    };
    await withWarnings(() =>
      fc.assert(
        fc.property(
          recipes,
          fc.boolean(),
          fc.constantFrom(...modes),
          (recipe, isAlone, mmapMode) => {
            const expected = made(recipe);
            const cached = new Memory(directory, { verbose: 0, mmapMode }).cache(make);
            for (const call of ["first", "second"]) {
              const value = cached(recipe, isAlone);
              const [array, again] = isAlone ? [value] : (value as { list: Stdlib[] }).list;
              sameNdarray(array, expected, `${call} call, mode ${mmapMode}`);
              assert.is(hash(array), hash(expected));
              if (!isAlone) assert.is(array, again);
              const isMapped = mmapMode === "r" && recipe.kind !== "base";
              if (call === "second") assert.is((array as Stdlib).flags.READONLY, isMapped);
            }
            new Memory(directory, { verbose: 0 }).clear({ warn: false });
          },
        ),
        { numRuns: 60 },
      ),
    );
  }));

requires("python3-numpy", test, "numpy.load finds the same dtype, shape, order and bytes", () =>
  withTmp((directory) => {
    const all = fc.sample(recipes, { numRuns: 80, seed: 5 });
    for (const [i, recipe] of all.entries()) dump(made(recipe), join(directory, `${i}.npy`));
    const script = `
import json, numpy, sys
for i in range(int(sys.argv[2])):
    array = numpy.load(f"{sys.argv[1]}/{i}.npy")
    order = "C" if array.flags.c_contiguous else "F"
    print(json.dumps([array.dtype.name, array.shape, array.flags.c_contiguous, array.flags.f_contiguous, array.tobytes("A").hex()]))`;
    const lines = execFileSync("python3", ["-c", script, directory, String(all.length)], {
      ...{ encoding: "utf8", maxBuffer: 2 ** 28 },
    });
    for (const [i, line] of lines.trim().split("\n").entries()) {
      const array = made(all[i] as Recipe);
      const [dtype, shape, isC, isF, hex] = JSON.parse(line) as [
        string,
        number[],
        boolean,
        boolean,
        string,
      ];
      assert.is(dtype, array.dtype === "uint8c" ? "uint8" : array.dtype);
      assert.equal(shape, array.shape);
      assert.ok(array.order === "row-major" ? isC : isF);
      // Where both hold there is one order only.
      assert.is(hex, bytesInOrder(array).toString("hex"));
    }
  }),
);

test("what numpy has, dump and load give back as ndarrays of stdlib, mapped or not", () =>
  withTmp(async (directory) => {
    for (const [i, recipe] of fc.sample(recipes, { numRuns: 40, seed: 7 }).entries()) {
      const path = join(directory, `${i}.npy`);
      const array = made({ ...recipe, kind: "ctor" });
      dump(array, path);
      const isPlain = array.shape.length === 1 && !/complex|bool/.test(array.dtype);
      if (isPlain || array.dtype === "uint8c") continue;
      await withWarnings(() => {
        for (const mmapMode of modes) {
          const loaded = load<Stdlib>(path, { mmapMode });
          sameNdarray(loaded, array);
          assert.is(loaded.flags.READONLY, mmapMode === "r");
          const again = join(directory, "again.npy");
          dump(loaded, again);
          sameNdarray(load(again), array);
        }
      });
    }
  }));

mapperTest("what is written to an ndarray of mode r+ is in the entry, and of mode c is not", () =>
  withTmp((directory) => {
    const open = (mmapMode: MmapMode | null): Stdlib =>
      new Memory(directory, { verbose: 0, mmapMode }).eval(function ramp() {
        return new Ndarray("float64", Float64Array.of(1, 2, 3, 4), [2, 2], [2, 1], 0, "row-major");
      });
    open(null);
    open("c").set(0, 1, -2);
    assert.is(open(null).get(0, 1), 2);
    open("r+").set(0, 1, -2);
    assert.is(open(null).get(0, 1), -2);
    assert.throws(() => open("r").set(0, 1, 5), /read-only/);
  }),
);

test("class, index modes, read-only flag and DataType come back", () =>
  withTmp((directory) => {
    const DataType = require("@stdlib/ndarray/dtype-ctor");
    const data = Float64Array.of(1, 2, 3, 4);
    const args = [data, [2, 2], [2, 1], 0, "row-major"] as const;
    const options = { mode: "wrap", submode: ["clamp", "throw"], readonly: true };
    const values = [
      ...Object.values(classes).map((Class) => new Class("float64", ...args)),
      new Ndarray("float64", ...args, options),
      new Ndarray(new DataType("float64", { description: "mine" }), ...args),
      new Ndarray("generic", ...args),
      new Ndarray("binary", Buffer.from("abcd"), [2, 2], [2, 1], 0, "row-major"),
    ];
    const path = join(directory, "values");
    dump(values, path);
    const loaded = load<(Stdlib & Record<string, unknown>)[]>(path);
    for (const [i, value] of values.entries()) {
      const back = loaded[i] as Stdlib & Record<string, unknown>;
      assert.is(Object.getPrototypeOf(back), Object.getPrototypeOf(value));
      assert.equal(String(back.dtype), String(value.dtype));
      assert.is(typeof back.dtype, typeof value.dtype);
      assert.is(back.data.constructor, value.data.constructor);
      assert.is(hash(back), hash(value));
      assert.is(back.flags.READONLY, value.flags.READONLY);
    }
    const withModes = loaded[3] as Stdlib;
    assert.is(withModes.get(-3, 0), (values[3] as Stdlib).get(-3, 0));
    const dtype = (loaded[4] as Stdlib).dtype as unknown as { description: string };
    assert.is(dtype.description, "mine");
    assert.is((loaded[2] as unknown as Record<string, Stdlib>)["1,:"]?.get(0), 3);
  }));

test("an ndarray of anything comes back, with the arrays and ndarrays in it", () =>
  withTmp((directory) => {
    const inner = new Ndarray("float32", Float32Array.of(1, 2), [2], [1], 0, "row-major");
    const all = ["a", inner, null, { when: new Date(5), table: Int8Array.of(1) }, undefined, -0];
    const view = new Ndarray("generic", all, [3, 2], [-2, 1], 4, "column-major");
    const path = join(directory, "value");
    dump({ view, again: view }, path);
    const { view: back, again } = load<{ view: Stdlib; again: Stdlib }>(path);
    assert.is(back, again);
    assert.is(Object.getPrototypeOf(back), Object.getPrototypeOf(view));
    assert.equal([back.shape, back.order, back.dtype], [[3, 2], "column-major", "generic"]);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 2; j++) assert.equal(back.get(i, j), view.get(i, j));
    }
    assert.is(hash(back), hash(view));
    sameNdarray(back.get(2, 1), inner);
  }));

test("ndarrays of scijs come back with their class, order and elements", () =>
  withTmp(async (directory) => {
    const values: Record<string, Scijs> = {
      rows: scijs(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
      columns: scijs(Float64Array.of(1, 2, 3, 4, 5, 6), [3, 2]).transpose(1, 0),
      view: scijs(Int16Array.of(1, 2, 3, 4, 5, 6), [2, 3]).step(-1, 2),
      scalar: scijs(Uint32Array.of(1, 2, 3), [3]).pick(1),
      clamped: scijs(Uint8ClampedArray.of(1, 2), [2]),
      bytes: scijs(Buffer.from("abcdef"), [2, 3]),
      bigints: scijs(BigInt64Array.of(1n, -2n), [2, 1]),
      plain: scijs(["a", null, { x: 1 }, 4], [2, 2]),
      empty: scijs(new Float32Array(0), [0, 3]),
    };
    const path = join(directory, "value");
    dump(values, path);
    await withWarnings(() => {
      for (const mmapMode of modes) {
        const loaded = load<typeof values>(path, { mmapMode });
        for (const [name, value] of Object.entries(values)) {
          const back = loaded[name] as Scijs;
          assert.is(Object.getPrototypeOf(back), Object.getPrototypeOf(value), name);
          assert.is(back.data.constructor, value.data.constructor, name);
          assert.equal(back.shape, value.shape);
          assert.is(hash(back), hash(value), name);
        }
        assert.equal((loaded["columns"] as Scijs).stride, [1, 2]);
      }
    });
  }));

mapperTest("release() of an ndarray unmaps what it lies on", () =>
  withTmp((directory) => {
    const path = join(directory, "a");
    dump(
      [
        made({
          dtype: "complex128",
          kind: "ctor",
          shape: [8],
          strides: [1],
          offset: 0,
          order: "row-major",
          length: 8,
          seed: 3,
        }),
      ],
      path,
    );
    const [array] = load<[Stdlib]>(path, { mmapMode: "c" });
    if (release(array)) assert.is(array.data.buffer.byteLength, 0);
    else assert.ok(process.env["NDMEMO_NATIVE"] === "0");
    assert.throws(() => release({} as never), /^Expected an array, an ndarray/);
  }),
);

test.run();
