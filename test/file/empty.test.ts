import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ArrayOfDtype, createEmpty } from "../../lib/file/empty.ts";
import { Memory } from "../../lib/index.ts";
import { mapper } from "../../lib/store/map/mapper.ts";
import { unmap } from "../../lib/store/map/mapping.ts";
import { sameArray } from "../helpers/assert.ts";
import { bytesInOrder, Ndarray, type Stdlib, sameNdarray } from "../helpers/ndarrays.ts";
import { needing } from "../helpers/requirement.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const hasFloat16 = "Float16Array" in globalThis;
const isMapped = mapper()?.name === "addon";
const addonTest = needing("addon", test);
const classes: Partial<Record<keyof ArrayOfDtype, string>> = {
  float64: "Float64Array",
  float32: "Float32Array",
  ...(hasFloat16 && { float16: "Float16Array" }),
  int8: "Int8Array",
  int16: "Int16Array",
  int32: "Int32Array",
  int64: "BigInt64Array",
  bigint64: "BigInt64Array",
  uint8: "Uint8Array",
  uint8c: "Uint8ClampedArray",
  uint16: "Uint16Array",
  uint32: "Uint32Array",
  uint64: "BigUint64Array",
  biguint64: "BigUint64Array",
};

/** Calls it with anything, as JavaScript can. */
const make = createEmpty as (location: string | null, ...args: unknown[]) => NodeJS.TypedArray;

for (const [dtype, className] of Object.entries(classes)) {
  test(`${dtype} is a ${className} of zeros`, () =>
    withTmp((location) => {
      for (const shape of [5, [5]]) {
        for (const where of [location, null]) {
          const array = make(where, dtype, shape);
          const Class = (globalThis as unknown as Record<string, new (n: number) => typeof array>)[
            className
          ];
          if (Class === undefined) throw new Error(className);
          sameArray(array, new Class(5));
          unmap(array.buffer);
        }
      }
    }));
}

test("the class is known to TypeScript", () => {
  const floats: Float64Array = createEmpty(null, "float64", 1);
  const bigints: BigInt64Array = createEmpty(null, "int64", [1]);
  // @ts-expect-error a float32 array is no Float64Array
  const wrong: Float64Array = createEmpty(null, "float32", 1);
  assert.equal([floats.length, bigints.length, wrong.length], [1, 1, 1]);
});

for (const [dtype, dataClass] of [
  ["float64", "Float64Array"],
  ["uint8c", "Uint8ClampedArray"],
  ["complex64", "Complex64Array"],
  ["complex128", "Complex128Array"],
  ["bool", "BooleanArray"],
] as const) {
  test(`of several axes, ${dtype} is an ndarray of stdlib over a ${dataClass} of zeros`, () =>
    withTmp((location) => {
      for (const where of [location, null]) {
        for (const order of ["C", "F", "row-major", "column-major"] as const) {
          const array = createEmpty(where, dtype, [2, 3], order);
          const isC = order === "C" || order === "row-major";
          assert.is(Object.getPrototypeOf(array), Ndarray.prototype);
          assert.is(array.data.constructor.name, dataClass);
          assert.equal([array.dtype, array.shape], [dtype, [2, 3]]);
          assert.equal(array.strides, isC ? [3, 1] : [1, 2]);
          assert.is(array.order, isC ? "row-major" : "column-major");
          assert.ok(bytesInOrder(array as unknown as Stdlib).every((byte) => byte === 0));
          assert.is(array.flags.READONLY, false);
        }
      }
    }));
}

test("no axis is one element, complex and boolean elements are ndarrays at any rank", () => {
  const scalar = createEmpty(null, "float32", []);
  assert.equal([scalar.shape, scalar.get()], [[], 0]);
  assert.equal(createEmpty(null, "complex128", 3).shape, [3]);
  assert.equal(createEmpty(null, "bool", [3]).shape, [3]);
  assert.is(createEmpty(null, "float64", [0, 3]).length, 0);
});

addonTest("an ndarray is adopted with its shape and order, and found by later calls", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    let made: unknown;
    const cached = memory.cache(function fill(dtype: "float64" | "complex128" | "bool") {
      const array = memory.empty(dtype, [2, 3, 4], "F");
      new Uint8Array((array.data as unknown as Float64Array).buffer)[0] = 1;
      made = array;
      return array;
    });
    for (const dtype of ["float64", "complex128", "bool"] as const) {
      assert.is(cached(dtype), made);
      sameNdarray(cached(dtype), made as Stdlib);
    }
    const manifests = filesIn(directory).filter((file) => file.endsWith("entry.json"));
    assert.is(manifests.length, 3);
    for (const file of manifests) {
      const { arrays } = JSON.parse(readFileSync(join(directory, file), "utf8"));
      // A digest that was computed is one of bytes that were copied.
      assert.equal([arrays[0].digest, arrays[0].shape, arrays[0].order], [null, [2, 3, 4], "F"]);
    }
  }),
);

test("an array without a location, and one without elements, touch no disk", () =>
  withTmp((location) => {
    assert.is(make(null, "float32", 1000).length, 1000);
    assert.is(make(location, "float32", 0).length, 0);
    assert.is(make(location, "float32", [0]).length, 0);
    assert.equal(filesIn(location), []);
  }));

test("an array with elements lies on one file in tmp", () =>
  withTmp((location) => {
    const array = make(location, "float32", 1000, "F");
    const inTmp = filesIn(location).filter((file) => file.startsWith(join("ndmemo", "tmp")));
    assert.is(inTmp.length, isMapped ? 1 : 0);
    unmap(array.buffer);
  }));

for (const [name, args, error, message] of [
  ["no dtype", [], TypeError, /^Expected one of int8, .*uint8c.* for the dtype, got undefined/],
  ["a class", [Float64Array, 3], TypeError, /for the dtype/],
  ["an unknown dtype", ["float63", 3], TypeError, /for the dtype, got 'float63'/],
  ["a property of every object", ["toString", 3], TypeError, /for the dtype, got 'toString'/],
  ["no shape", ["float64"], TypeError, /^Expected a number or an array of numbers for the shape/],
  ["a string as shape", ["float64", "3"], TypeError, /for the shape, got '3'/],
  ["a shape with a string", ["float64", ["3"]], TypeError, /for the shape, got \[ '3' \]/],
  ["a negative shape", ["float64", -1], RangeError, /for the shape, got -1/],
  ["a fraction", ["float64", [1.5]], RangeError, /for the shape, got \[ 1.5 \]/],
  ["NaN", ["float64", Number.NaN], RangeError, /for the shape, got NaN/],
  ["2^53", ["float64", 2 ** 53], RangeError, /for the shape/],
  ["65 axes", ["float64", Array(65).fill(1)], RangeError, /at most 64 axes/],
  ["too many elements", ["float64", [2 ** 40, 2 ** 40]], RangeError, /fewer elements/],
  ["two axes of int64", ["int64", [2, 3]], TypeError, /one that @stdlib\/ndarray has/],
  ["an unknown order", ["float64", 3, "A"], TypeError, /for the order, got 'A'/],
] as const) {
  test(`${name} is refused, before anything is made`, () =>
    withTmp((location) => {
      for (const where of [location, null]) {
        assert.throws(
          () => make(where, ...args),
          (given: Error) => given instanceof error && message.test(given.message),
        );
      }
      assert.equal(filesIn(location), []);
    }));
}

if (!hasFloat16) {
  test("float16 is refused where there is no Float16Array, and the message says who has it", () => {
    assert.throws(() => make(null, "float16", 1), /float16 needs Node 24/);
  });
}

addonTest("more bytes than a map can have are ERR_NATIVE, before anything is made", () =>
  withTmp((location) => {
    const length = Math.min(Number.MAX_SAFE_INTEGER, (mapper()?.maxBytes ?? 0) / 4);
    assert.throws(
      () => make(location, "float64", Math.floor(length)),
      (error: NodeJS.ErrnoException) =>
        error.code === "ERR_NATIVE" && /cannot be mapped: a map ends at/.test(error.message),
    );
    assert.equal(filesIn(location), []);
  }),
);

/** Runs a program that makes an array in a process of its own, if need be without any rights. */
function run(location: string, env: Record<string, string>, isRoot: boolean): string {
  const module = new URL("../../lib/file/empty.ts", import.meta.url).href;
  const program = `
    const { createEmpty } = await import(${JSON.stringify(module)});
    process.on("warning", ({ name, code }) => console.log(name, code));
    ${isRoot ? "process.setgid(65534); process.setuid(65534);" : ""}
    for (let i = 0; i < 2; i++) {
      const array = createEmpty(${JSON.stringify(location)}, "float64", 3);
      console.log(array.constructor.name, array.length, array.buffer.byteLength);
    }`;
  const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", program];
  return spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, ...env } })
    .stdout;
}

test("without the addon arrays lie in memory", () =>
  withTmp((location) => {
    assert.is(run(location, { NDMEMO_NATIVE: "0" }, false), "Float64Array 3 24\n".repeat(2));
    assert.equal(filesIn(location), []);
  }));

if (process.platform !== "win32") {
  addonTest("in a store that may not be written to arrays lie in memory, with one warning", () =>
    withTmp((directory) => {
      const location = join(directory, "cache");
      mkdirSync(location);
      chmodSync(location, 0o555);
      chmodSync(directory, 0o755);
      const printed = run(location, {}, process.getuid?.() === 0)
        .split("\n")
        .sort();
      assert.equal(printed.filter(Boolean), [
        "CacheWarning EACCES",
        ..."Float64Array 3 24,Float64Array 3 24".split(","),
      ]);
      assert.equal(filesIn(location), []);
    }),
  );
}

test.run();
