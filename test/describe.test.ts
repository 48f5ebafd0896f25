/**
 * Ndarrays and tables in messages, metadata and the log.
 *
 * @module
 */

import { createRequire } from "node:module";
import { inspect } from "node:util";
import * as arrow from "apache-arrow";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { describe } from "../lib/describe.ts";
import { Memory } from "../lib/index.ts";
import { callingLine } from "../lib/log.ts";
import { column } from "./helpers/arrow.ts";
import { classes, Ndarray, scijs } from "./helpers/ndarrays.ts";
import { withTmp } from "./helpers/tmp.ts";

const require = createRequire(import.meta.url);
const matrix = () => new Ndarray("float64", new Float64Array(6), [2, 3], [3, 1], 0, "row-major");
const table = () =>
  new arrow.Table({
    a: column([1, 2, 3], new arrow.Int8()),
    b: column([1, 2, 3], new arrow.Int8()),
  });

const shown: Readonly<Record<string, unknown>> = {
  "ndarray float64 (2, 3) row-major": matrix(),
  "ndarray complex128 () row-major": new Ndarray(
    "complex128",
    new (require("@stdlib/array/complex128"))(1),
    [],
    [0],
    0,
    "row-major",
  ),
  "ndarray int8 (4) column-major": new classes.base(
    "int8",
    new Int8Array(4),
    [4],
    [1],
    0,
    "column-major",
  ),
  "ndarray float32 (2, 2) row-major": scijs(new Float32Array(4), [2, 2]),
  "ndarray float32 (3, 2) column-major": scijs(new Float32Array(6), [2, 3]).transpose(1, 0),
  "ndarray uint8 (2, 2)": scijs(new Uint8Array(8), [2, 4]).step(1, 2),
  "Table 3 rows x 2 columns": table(),
  "Table 1 row x 1 column": table().slice(2).select(["b"]),
  "RecordBatch 3 rows x 2 columns": table().batches[0],
  "Vector 3 rows": column(["x", "y", "z"], new arrow.Utf8()),
  "Vector 6 rows": table().concat(table()).getChild("a"),
};

for (const [text, value] of Object.entries(shown)) {
  test(`describes ${text}`, () => {
    assert.is(describe(value), text);
  });
}

test("what only has such fields is described as what it is, and nothing of it is run", () => {
  const trap = (): never => {
    throw new Error("a trap was run");
  };
  const proxy = new Proxy([], { get: trap, getOwnPropertyDescriptor: trap });
  class Lookalike {
    readonly _shape: unknown = proxy;
    readonly _dtype = "float64";
    readonly _order = "row-major";
    readonly schema: unknown = { fields: proxy };
    readonly batches: unknown = [proxy];
    get shape(): never {
      return trap();
    }
  }
  assert.match(describe(new Lookalike()), /^Lookalike \{/);
  assert.match(describe({ _shape: [2], _dtype: "a", _order: "b" }), /^\{ _shape: /);
  assert.match(describe({ schema: { fields: [] }, batches: [] }), /^\{ schema: /);
});

test("a number is shown as Node shows it", () => {
  void fc.assert(
    fc.property(fc.double(), (number) => assert.is(describe(number), inspect(number))),
  );
  for (const number of [-0, 0, Number.NaN, 2 ** 53, 1e21])
    assert.is(describe(number), inspect(number));
});

test("the arguments of a call are shown so in its metadata and in the log", () =>
  withTmp((directory) => {
    const first = matrix();
    assert.match(
      callingLine("a#f", "f", [first, 2]),
      /\nf\(ndarray float64 \(2, 3\) row-major, 2\)$/,
    );
    const cached = new Memory(directory, { verbose: 0 }).cache(
      (a: unknown, b: unknown) => [a, b].length,
      {
        name: "count",
      },
    );
    const shelved = cached.callAndShelve(first, table());
    assert.equal(shelved.metadata?.inputArgs, [
      "ndarray float64 (2, 3) row-major",
      "Table 3 rows x 2 columns",
    ]);
  }));

test.run();
