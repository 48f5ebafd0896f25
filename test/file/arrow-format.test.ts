/**
 * Dense arrays that are stored as Arrow files.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as arrow from "apache-arrow";
import ndarray from "ndarray";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, load, Memory, type MmapMode } from "../../lib/index.ts";
import { arrays } from "../helpers/kinds.ts";
import { requires } from "../helpers/requirement.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const require = createRequire(import.meta.url);
const array = require("@stdlib/ndarray/array");
const Ndarray = require("@stdlib/ndarray/ctor");
const BooleanArray = require("@stdlib/array/bool");
const Complex128Array = require("@stdlib/array/complex128");

const strides = [1, 2, 6];
const makers: Readonly<Record<string, () => unknown>> = {
  ...arrays,
  "three axes of stdlib in column-major order": () =>
    new Ndarray(
      "float32",
      Float32Array.from({ length: 24 }, (_, i) => i),
      [2, 3, 4],
      strides,
      0,
      "column-major",
    ),
  "complex numbers": () =>
    new Ndarray("complex128", new Complex128Array([1, 2, 3, 4]), [2], [1], 0, "row-major"),
  booleans: () =>
    new Ndarray("bool", new BooleanArray([true, false, true]), [3], [1], 0, "row-major"),
  "a view of scijs": () => ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [3, 2], [1, 3]),
  "arrays in a value": () => ({ a: Uint8Array.of(1), b: [Float64Array.of(2)] }),
};

for (const mmapMode of [null, "r", "c", "r+"] satisfies (MmapMode | null)[]) {
  for (const compress of mmapMode === null ? [false, 3] : [false]) {
    test(`arrays come back from Arrow files with mmapMode ${mmapMode}, compress ${compress}`, () =>
      withTmp((directory) => {
        const memory = new Memory(directory, { mmapMode, compress, verify: "full", verbose: 0 });
        const runs: string[] = [];
        const make = memory.cache(
          function make(name: string) {
            runs.push(name);
            return makers[name]?.();
          },
          { format: "arrow" },
        );
        for (const [name, fresh] of Object.entries(makers)) {
          for (const found of [make(name), make(name)]) {
            assert.is(hash(found), hash(fresh()), name);
            assert.is(Object.getPrototypeOf(found), Object.getPrototypeOf(fresh()), name);
          }
        }
        assert.equal(runs, Object.keys(makers));
        assert.is(filesIn(directory).filter((file) => file.endsWith(".npy")).length, 0);
      }));
  }
}

test("a matrix is a column of lists to apache-arrow, and more axes are tensors, in either order", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const rows = memory.cache(
      () =>
        array([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      { name: "rows", format: "arrow" },
    );
    const cube = memory.cache(() => makers["three axes of stdlib in column-major order"]?.(), {
      ...{ name: "cube", format: "arrow" },
    });
    const read = (): arrow.Table[] =>
      filesIn(directory)
        .filter((file) => file.endsWith(".arrow"))
        .map((file) => arrow.tableFromIPC(new Uint8Array(readFileSync(join(directory, file)))));
    rows();
    const [table] = read();
    const [field] = table?.schema.fields ?? [];
    assert.is(String(field?.type), "FixedSizeList[3]<Float64>");
    assert.is(field?.metadata.size, 0);
    assert.equal([...(table?.getChildAt(0)?.get(1) ?? [])], [4, 5, 6]);
    cube();
    const metadata = read().map(({ schema }) => [...(schema.fields[0]?.metadata ?? [])]);
    assert.equal(
      metadata.find((each) => each.length > 0),
      [
        ["ARROW:extension:name", "arrow.fixed_shape_tensor"],
        ["ARROW:extension:metadata", '{"shape":[3,2],"permutation":[1,0]}'],
      ],
    );
  }));

requires("addon", test, "the elements of a mapped array lie in the map of its Arrow file", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { mmapMode: "r+", verbose: 0 });
    const make = memory.cache(() => new Float64Array(1000), { name: "make", format: "arrow" });
    const [first, second] = [make(), make()];
    first[999] = 7;
    assert.is(second[999], 7);
    assert.ok(first.buffer.byteLength > first.byteLength);
  }),
);

test("what dump writes to .arrow without a table is a bundle", () =>
  withTmp((directory) => {
    const path = join(directory, "x.arrow");
    dump(Float64Array.of(1), path);
    assert.is(hash(load(path)), hash(Float64Array.of(1)));
  }));

test.run();
