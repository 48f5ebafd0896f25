import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash, isCacheError } from "../../lib/index.ts";
import {
  classes,
  made,
  Ndarray,
  packedCopy,
  recipes,
  type Stdlib,
  scijs,
} from "../helpers/ndarrays.ts";

const require = createRequire(import.meta.url);
const rows = (data: unknown, shape: number[], dtype = "float64"): Stdlib =>
  new Ndarray(
    dtype,
    data,
    shape,
    shape.length === 2 ? [shape[1] as number, 1] : [1],
    0,
    "row-major",
  );

test("a view has the key of its packed copy, whatever its strides and offset", () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const view = made(recipe);
      assert.is(hash(view), hash(packedCopy(view)));
      assert.is(hash([view, { view }]), hash([packedCopy(view), { view: packedCopy(view) }]));
    }),
  );
});

test("another element, shape, order, dtype or class gives another key", () => {
  const data = (): Float64Array => Float64Array.of(1, 2, 3, 4, 5, 6);
  const zero = Float64Array.of(-0, 2, 3, 4, 5, 6);
  const same = [2, 3] as const;
  const values = [
    rows(data(), [2, 3]),
    rows(data(), [3, 2]),
    rows(data(), [6]),
    rows(zero, [2, 3]),
    rows(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], "float32"),
    rows(data(), [2, 3], "generic"),
    rows([...data()], [2, 3], "generic"),
    new Ndarray("float64", data(), same, [1, 2], 0, "column-major"),
    new Ndarray("float64", data(), same, [3, 1], 0, "row-major", { mode: "wrap" }),
    new Ndarray("float64", data(), same, [3, 1], 0, "row-major", { submode: ["clamp"] }),
    new classes.base("float64", data(), same, [3, 1], 0, "row-major"),
    new classes.fancy("float64", data(), same, [3, 1], 0, "row-major"),
    new Ndarray("float64", data(), [], [0], 0, "row-major"),
    scijs(data(), [2, 3]),
    scijs(data(), [2, 3], [1, 2]),
    scijs([...data()], [2, 3]),
    data(),
    { data: data(), dtype: "float64", shape: [2, 3], order: "row-major" },
  ];
  const keys = values.map((value) => hash(value));
  assert.is(new Set(keys).size, values.length);
});

test("a read-only ndarray, and one of another copy of stdlib, has the same key", () => {
  const data = Float64Array.of(1, 2, 3, 4);
  const args = ["float64", data, [2, 2], [2, 1], 0, "row-major"] as const;
  const key = hash(new Ndarray(...args));
  assert.is(hash(new Ndarray(...args, { readonly: true })), key);
  const loaded = Object.keys(require.cache).filter((file) => /stdlib.ndarray/.test(file));
  const before = loaded.map((file) => [file, require.cache[file]] as const);
  for (const file of loaded) delete require.cache[file];
  const Other = require("@stdlib/ndarray/ctor") as typeof Ndarray;
  Object.assign(require.cache, Object.fromEntries(before));
  assert.is.not(Other, Ndarray);
  assert.is(hash(new Other(...args)), key);
});

test("the elements of a view over a plain array count one by one, cycles included", () => {
  const all = ["a", { b: new Float64Array(3) }, null, undefined, 5, Number.NaN];
  const view = new Ndarray("generic", all, [2, 2], [-3, 2], 3, "row-major");
  const copy = rows([all[3], all[5], all[0], all[2]], [2, 2], "generic");
  assert.is(hash(view), hash(copy));
  assert.is.not(hash(view), hash(rows([all[3], all[5], all[0], 0], [2, 2], "generic")));
  const cyclic: unknown[] = [1];
  const own = rows(cyclic, [1], "generic");
  cyclic[0] = own;
  assert.is(hash(own), hash(own));
});

test("views of scijs have the key of a copy in C order, and contiguous ones keep their order", () => {
  const array = scijs(
    Float32Array.from({ length: 24 }, (_, i) => i),
    [4, 6],
  );
  const copyOf = (view: ReturnType<typeof scijs>): ReturnType<typeof scijs> => {
    const elements: number[] = [];
    const [m = 1, n = 1] = view.shape;
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) elements.push(view.get(i, j));
    return scijs(Float32Array.from(elements), [...view.shape]);
  };
  for (const view of [array, array.step(-1, 2), array.lo(1, 2).hi(2, 3), array.step(2, -1)]) {
    assert.is(hash(view), hash(copyOf(view)));
  }
  assert.is.not(hash(array.transpose(1, 0)), hash(copyOf(array.transpose(1, 0))));
});

test("an own property of an ndarray counts", () => {
  const plain = rows(new Float64Array(4), [2, 2]);
  const named = Object.assign(rows(new Float64Array(4), [2, 2]), { label: "x" });
  const other = Object.assign(rows(new Float64Array(4), [2, 2]), { label: "y" });
  assert.is(new Set([plain, named, other].map((value) => hash(value))).size, 3);
});

for (const [name, make] of Object.entries({
  "elements outside its data": () =>
    new classes.base("float64", new Float64Array(3), [2, 2], [2, 1], 0, "row-major"),
  "elements before its data": () =>
    new classes.base("float64", new Float64Array(4), [2, 2], [-2, 1], 0, "row-major"),
  "more elements than numbers count": () =>
    new classes.base("float64", new Float64Array(4), [2 ** 40, 2 ** 40], [0, 0], 0, "row-major"),
  "data of its own kind": () =>
    new classes.base("float64", { length: 4, 0: 1 }, [4], [1], 0, "row-major"),
  "an offset outside its data (scijs)": () => scijs(new Float64Array(4), [2], [1], 3),
})) {
  test(`an ndarray with ${name} is refused, and nothing is read`, () => {
    assert.throws(
      () => hash({ model: [make()] }),
      (error: unknown) => isCacheError(error, "ERR_UNHASHABLE") && /model\[0\]/.test(error.message),
    );
  });
}

test("the keys of ndarrays are those that are published", () => {
  const page = readFileSync(new URL("../../docs/key-format.md", import.meta.url), "utf8");
  const rowsOfTable = page.matchAll(
    /^\| (".*?" \| \[.*?\] \| \[.*?\] \| ".*?") \| `([0-9a-f]{32})` \|$/gm,
  );
  const known = new Map([...rowsOfTable].map(([, code, key]) => [code, key]));
  const Complex128Array = require("@stdlib/array/complex128");
  const BooleanArray = require("@stdlib/array/bool");
  const values: Record<string, unknown> = {
    '"float64" | [1, 2, 3, 4, 5, 6] | [2, 3] | "row-major"': rows(
      Float64Array.of(1, 2, 3, 4, 5, 6),
      [2, 3],
    ),
    '"int32" | [1, 4, 2, 5, 3, 6] | [2, 3] | "column-major"': new Ndarray(
      ...(["int32", Int32Array.of(1, 4, 2, 5, 3, 6), [2, 3], [1, 2], 0, "column-major"] as const),
    ),
    '"float64" | [7] | [] | "row-major"': new Ndarray(
      ...(["float64", Float64Array.of(7), [], [0], 0, "row-major"] as const),
    ),
    '"complex128" | [1, -2] | [1] | "row-major"': rows(
      new Complex128Array([1, -2]),
      [1],
      "complex128",
    ),
    '"bool" | [true, false] | [2] | "row-major"': rows(new BooleanArray([1, 0]), [2], "bool"),
    '"generic" | ["a", null] | [2] | "row-major"': rows(["a", null], [2], "generic"),
  };
  for (const [code, value] of Object.entries(values)) assert.is(hash(value), known.get(code), code);
});

test.run();
