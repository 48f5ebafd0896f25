/**
 * NumPy reads what we write, and we read what NumPy writes.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  dump,
  isCacheError,
  load,
  Memory,
  type StdlibNdarray,
  type StridedArray,
} from "../../lib/index.ts";
import { arrays } from "../helpers/kinds.ts";
import { requires } from "../helpers/requirement.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

function python(script: string, ...args: string[]): string {
  return execFileSync("python3", ["-c", script, ...args], { encoding: "utf8" });
}

requires("python3-numpy", test, "numpy.load maps every sidecar and finds the same bytes", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const cached = memory.cache(function make(name: string) {
      return arrays[name]?.();
    });
    for (const name of Object.keys(arrays)) cached(name);
    const sidecars = filesIn(directory).filter((file) => file.endsWith(".npy"));
    assert.is(sidecars.length, Object.keys(arrays).length);
    const script = `
import json, sys, numpy
for path in sys.argv[1:]:
    mode = None if numpy.load(path).size == 0 else "r"
    array = numpy.load(path, mmap_mode=mode)
    print(json.dumps([array.dtype.str, list(array.shape), array.tobytes().hex()]))`;
    const lines = python(script, ...sidecars.map((file) => join(directory, file)))
      .trim()
      .split("\n");
    for (const [index, line] of lines.entries()) {
      const [descr, shape, hex] = JSON.parse(line) as [string, number[], string];
      const bytes = readFileSync(join(directory, sidecars[index] as string));
      assert.is(bytes.subarray(bytes.byteLength - hex.length / 2).toString("hex"), hex);
      assert.ok(bytes.toString("latin1", 0, 128).includes(`'descr': '${descr}'`));
      assert.is(shape.length, 1);
    }
  }),
);

const writeAll = `
import sys, numpy as np
from numpy.lib import format
directory = sys.argv[1]
def save(name, array, version=(1, 0)):
    with open(f"{directory}/{name}.npy", "wb") as file:
        format.write_array(file, array, version=version)
for order in "<>":
    for code in "i2 i4 i8 u2 u4 u8 f2 f4 f8 c8 c16".split():
        array = np.arange(6).astype(order + code)
        save(f"{'le' if order == '<' else 'be'}-{code}", array)
for code in "i1 u1 b1".split():
    save(f"le-{code}", np.array([0, 1, 1, 0, 1, 0]).astype(code))
save("empty", np.zeros(0))
save("scalar", np.array(7.5))
save("c-order", np.arange(24.0).reshape(2, 3, 4))
save("f-order", np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)))
save("int64-2d", np.arange(6).reshape(2, 3))
save("be-2d", np.arange(6).reshape(2, 3).astype(">f8"))
save("version-2", np.arange(3.0), (2, 0))
save("version-3", np.arange(3.0), (3, 0))
save("strings", np.array(["a", "b"]))
save("bytes", np.array([b"a", b"b"]))
save("dates", np.array(["2020-01-01"], dtype="M8[D]"))
save("structured", np.zeros(2, dtype=[("a", "f8"), ("b", "i4")]))
np.save(f"{directory}/objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
`;

const hasFloat16 = "Float16Array" in globalThis;

requires(
  "python3-numpy",
  test,
  "load() opens what NumPy wrote: dtypes, byte orders, versions",
  () =>
    withTmp((directory) => {
      python(writeAll, directory);
      const names: Record<string, string> = {
        ...{ i2: "Int16Array", i4: "Int32Array", i8: "BigInt64Array", u2: "Uint16Array" },
        ...{ u4: "Uint32Array", u8: "BigUint64Array", f4: "Float32Array", f8: "Float64Array" },
        ...(hasFloat16 && { f2: "Float16Array" }),
      };
      for (const order of ["le", "be"]) {
        for (const [code, className] of Object.entries(names)) {
          const array = load(join(directory, `${order}-${code}.npy`)) as Float64Array;
          assert.is(array.constructor.name, className);
          assert.is(Array.from(array, Number).join(), "0,1,2,3,4,5", `${order}-${code}`);
        }
        for (const [code, dtype] of [
          ["c8", "complex64"],
          ["c16", "complex128"],
        ]) {
          const array = load(join(directory, `${order}-${code}.npy`)) as {
            data: Float64Array;
            dtype: string;
            shape: number[];
          };
          assert.is(array.dtype, dtype);
          assert.equal(array.shape, [6]);
          assert.is(array.data.join(), "0 + 0i,1 + 0i,2 + 0i,3 + 0i,4 + 0i,5 + 0i");
        }
      }
      assert.is((load(join(directory, "le-i1.npy")) as Int8Array).join(), "0,1,1,0,1,0");
      const flags = load(join(directory, "le-b1.npy")) as { data: Uint8Array; dtype: string };
      assert.is(flags.dtype, "bool");
      assert.is(flags.data.join(), "false,true,true,false,true,false");
      assert.is((load(join(directory, "empty.npy")) as Float64Array).length, 0);
      for (const version of [2, 3]) {
        assert.is(
          (load(join(directory, `version-${version}.npy`)) as Float64Array).join(),
          "0,1,2",
        );
      }
    }),
);

requires("python3-numpy", test, "load() keeps shape, strides and order of what NumPy wrote", () =>
  withTmp(async (directory) => {
    python(writeAll, directory);
    const fields = (name: string, mmapMode: "r" | null): unknown => {
      const array = load(join(directory, `${name}.npy`), {
        mmapMode,
      }) as StdlibNdarray<Float64Array>;
      const { data, dtype, shape, offset, strides, order } = array;
      const first = Array.from(data.slice(0, 4));
      return { dtype, shape, offset, strides, order, first, length: data.length };
    };
    await withWarnings(() => {
      for (const mode of ["r", null] as const) {
        assert.equal(fields("c-order", mode), {
          ...{ dtype: "float64", shape: [2, 3, 4], offset: 0, strides: [12, 4, 1] },
          ...{ order: "row-major", first: [0, 1, 2, 3], length: 24 },
        });
        assert.equal(fields("f-order", mode), {
          ...{ dtype: "float64", shape: [2, 3, 4], offset: 0, strides: [1, 2, 6] },
          ...{ order: "column-major", first: [0, 12, 4, 16], length: 24 },
        });
        assert.equal(fields("scalar", mode), {
          ...{ dtype: "float64", shape: [], offset: 0, strides: [0] },
          ...{ order: "row-major", first: [7.5], length: 1 },
        });
      }
      assert.equal((fields("be-2d", null) as { first: number[] }).first, [0, 1, 2, 3]);
    });
  }),
);

requires(
  "python3-numpy",
  test,
  "what stdlib has no dtype for has the fields of an ndarray, and goes back",
  () =>
    withTmp((directory) => {
      python(writeAll, directory);
      const path = join(directory, "int64-2d.npy");
      const array = load<StridedArray>(path);
      assert.equal(
        { ...array, data: Array.from(array.data, Number) },
        {
          ...{ data: [0, 1, 2, 3, 4, 5], dtype: "int64", shape: [2, 3], strides: [3, 1] },
          ...{ offset: 0, order: "row-major" },
        },
      );
      const again = join(directory, "again.npy");
      dump(array, again);
      assert.ok(readFileSync(again).equals(readFileSync(path)));
      assert.throws(() => dump({ ...array, shape: [2, 4] }, again), /for the value of a .npy file/);
      assert.throws(
        () => dump({ ...array, strides: [1, 2] }, again),
        /for the value of a .npy file/,
      );
    }),
);

requires(
  "python3-numpy",
  test,
  "foreign byte order cannot be mapped, other dtypes not be loaded",
  () =>
    withTmp((directory) => {
      python(writeAll, directory);
      const refuses = (name: string, mmapMode: "r" | null, ...parts: string[]): void => {
        const path = join(directory, `${name}.npy`);
        assert.throws(
          () => load(path, { mmapMode }),
          (error: unknown) =>
            isCacheError(error, "ERR_UNSUPPORTED_VALUE") &&
            [path, ...parts].every((part) => error.message.includes(part)),
          `${name} ${mmapMode}`,
        );
      };
      refuses("be-f8", "r", "byte order", "mmapMode: null");
      for (const mode of ["r", null] as const) {
        refuses("strings", mode, "<U1");
        refuses("bytes", mode, "|S1");
        refuses("dates", mode, "M8");
        refuses("structured", mode);
        refuses("objects", mode, "|O");
        if (!hasFloat16) refuses("le-f2", mode, "Float16Array");
      }
    }),
);

requires("python3-numpy", test, "numpy.load reads what dump() writes to a .npy path", () =>
  withTmp((directory) => {
    const path = join(directory, "a.npy");
    dump(new Float32Array([1.5, Number.NaN, -0]), path);
    const script = "import sys, numpy; a = numpy.load(sys.argv[1]); print(a.dtype, a.tolist())";
    assert.is(python(script, path).trim(), "float32 [1.5, nan, -0.0]");
  }),
);

test.run();
