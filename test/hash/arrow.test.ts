/**
 * The key of a table is that of what it says, not of how it lies in memory.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as arrow from "apache-arrow";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { planArrow } from "../../lib/format/arrow/file-plan.ts";
import { readArrow } from "../../lib/format/arrow/read.ts";
import { hash, isCacheError } from "../../lib/index.ts";
import { arrowLibrary } from "../../lib/type/arrow-package.ts";
import { anyColumn, bytes, column, kinds, plain, vectorOf } from "../helpers/arrow.ts";

const { Dictionary, Field, Float64, Int32, Int8, Utf8 } = arrow;

function bytesOf(vector: arrow.Vector): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([...planArrow(vector, "Vector").pieces()]));
}

function chunked(rows: readonly unknown[], type: arrow.DataType, cut: number): arrow.Vector {
  return new arrow.Vector([
    ...column(rows.slice(0, cut), type).data,
    ...column(rows.slice(cut), type).data,
  ]);
}

for (const [name, make] of Object.entries(kinds)) {
  test(`a slice of ${name} has the key of its copy, and another one than the whole`, () => {
    const vector = make();
    const slice = vector.slice(1, 4);
    // Not by tableToIPC, which writes slices of views wrongly.
    const copy = readArrow(arrowLibrary(), bytesOf(slice), "Vector");
    assert.is(hash(slice), hash(copy));
    assert.is(
      hash(new arrow.Vector([...vector.slice(0, 2).data, ...vector.slice(2).data])),
      hash(vector),
    );
    assert.is.not(hash(slice), hash(vector));
  });
}

test("random columns have one key in any chunks and as any slice", () => {
  const property = fc.property(anyColumn, fc.nat(40), fc.nat(7), ({ type, rows }, cut, pad) => {
    const expected = hash(column(rows, type));
    assert.is(hash(chunked(rows, type, cut)), expected);
    const around = [...rows.slice(0, pad), ...rows, ...rows.slice(0, 3)];
    const start = Math.min(pad, rows.length);
    assert.is(hash(column(around, type).slice(start, start + rows.length)), expected);
  });
  fc.assert(property, { numRuns: 150 });
});

test("random columns that differ in a value, a null or an order have different keys", () => {
  const property = fc.property(anyColumn, fc.nat(39), fc.nat(39), ({ type, rows }, one, other) => {
    if (rows.length === 0) return;
    const changed = rows.slice();
    changed[one % rows.length] = rows[other % rows.length];
    const [before, after] = [column(rows, type), column(changed, type)];
    const isSame = JSON.stringify(plain(before)) === JSON.stringify(plain(after));
    assert.is(hash(before) === hash(after), isSame);
  });
  fc.assert(property, { numRuns: 300 });
});

test("what lies under a null does not count", () => {
  const make = (garbage: number) =>
    hash(
      vectorOf({
        ...{ type: new Float64(), length: 3, nullCount: 1, nullBitmap: bytes(0b101) },
        data: Float64Array.of(1, garbage, 3),
      }),
    );
  assert.is(make(0), make(7));
  const list = (child: readonly number[], offsets: readonly number[]) =>
    hash(
      vectorOf({
        ...{ type: new arrow.List(new Field("item", new Int32(), true)), length: 3, nullCount: 1 },
        ...{ nullBitmap: bytes(0b101), valueOffsets: Int32Array.from(offsets) },
        child: arrow.makeData({ type: new Int32(), data: Int32Array.from(child) }),
      }),
    );
  assert.is(list([1, 2, 3], [0, 2, 2, 3]), list([9, 1, 2, 8, 8, 3], [1, 3, 5, 6]));
  assert.is.not(list([1, 2, 3], [0, 2, 2, 3]), list([1, 2, 3], [0, 1, 1, 3]));
  const struct = (hidden: number) =>
    hash(
      vectorOf({
        ...{ type: new arrow.Struct([new Field("a", new Int32(), true)]), length: 2, nullCount: 1 },
        nullBitmap: bytes(0b01),
        children: [arrow.makeData({ type: new Int32(), data: Int32Array.of(1, hidden) })],
      }),
    );
  assert.is(struct(0), struct(5));
});

test("a bitmap that has no null is as none, and so are bits behind the end", () => {
  const data = Int32Array.of(1, 2, 3);
  const bare = hash(vectorOf({ type: new Int32(), data }));
  for (const nullBitmap of [bytes(0b111), bytes(0xff), bytes(0xff, 0xff, 0xff)]) {
    assert.is(hash(vectorOf({ type: new Int32(), length: 3, data, nullBitmap })), bare);
  }
  assert.is.not(
    hash(vectorOf({ type: new Int32(), length: 3, data, nullBitmap: bytes(0b011) })),
    bare,
  );
});

test("the order, doubles and unused values of a dictionary do not count, its types do", () => {
  const dictionary = (
    values: readonly (string | null)[],
    indices: readonly number[],
    isOrdered = false,
  ) =>
    vectorOf({
      type: new Dictionary(new Utf8(), new Int8(), null, isOrdered),
      ...{ data: Int8Array.from(indices), dictionary: column(values, new Utf8()) },
    });
  const expected = hash(dictionary(["a", "b"], [0, 1, 0]));
  assert.is(hash(dictionary(["b", "a"], [1, 0, 1])), expected);
  assert.is(hash(dictionary(["a", "b", "a", "z"], [2, 1, 0])), expected);
  assert.is(hash(column(["a", "b", "a"], new Dictionary(new Utf8(), new Int8()))), expected);
  assert.is.not(hash(column(["a", "b", "a"], new Utf8())), expected);
  assert.is.not(hash(column(["a", "b", "a"], new Dictionary(new Utf8(), new Int32()))), expected);
  assert.is.not(hash(dictionary(["a", "b"], [0, 1, 0], true)), expected);
  assert.is.not(
    hash(dictionary(["b", "a"], [1, 0, 1], true)),
    hash(dictionary(["a", "b"], [0, 1, 0], true)),
  );
  const nulls = column(["a", null], new Dictionary(new Utf8(), new Int8()));
  assert.is(hash(dictionary(["a", null], [0, 1])), hash(nulls));
});

test("names, types, nullability, metadata and the class count", () => {
  const data = (type: arrow.DataType = new Int32()) =>
    arrow.makeData({ type, data: Int32Array.of(1, 2) } as never);
  const table = (
    name = "x",
    nullable = false,
    fieldMetadata?: Map<string, string>,
    metadata?: Map<string, string>,
  ) => {
    const schema = new arrow.Schema(
      [new Field(name, new Int32(), nullable, fieldMetadata)],
      metadata,
    );
    const struct = arrow.makeData({ type: new arrow.Struct(schema.fields), children: [data()] });
    return new arrow.Table(schema, new arrow.RecordBatch(schema, struct));
  };
  const all = [
    ...[table(), table("y"), table("x", true), table("x", false, new Map([["a", "b"]]))],
    ...[table("x", false, undefined, new Map([["a", "b"]])), table().batches[0], table().schema],
    ...[
      new arrow.Vector([data()]),
      new arrow.Vector([data(new arrow.DateDay())]),
      new arrow.Table(table().schema),
    ],
    ...[column([1, 2], new arrow.TimeSecond()), column([1, 2], new arrow.Uint32())],
    ...[column([0], new arrow.TimestampSecond()), column([0], new arrow.TimestampSecond("UTC"))],
  ];
  assert.is(new Set(all.map((each) => hash(each))).size, all.length);
  const ab = new Map([
    ["a", "1"],
    ["b", "2"],
  ]);
  const ba = new Map([
    ["b", "2"],
    ["a", "1"],
  ]);
  assert.is(hash(table("x", false, ab, ab)), hash(table("x", false, ba, ba)));
});

test("metadata of a record batch counts with its rows", () => {
  const { schema, batches } = new arrow.Table({ x: column([1, 2], new Int32()) });
  const batch = batches[0] as arrow.RecordBatch;
  const described = new arrow.RecordBatch(
    schema as never,
    batch.data as never,
    new Map([["a", "b"]]),
  );
  assert.is.not(
    hash(new arrow.Table(schema, [batch, described])),
    hash(new arrow.Table(schema, [batch, batch])),
  );
  assert.is.not(
    hash(new arrow.Table(schema, [batch, described])),
    hash(new arrow.Table(schema, [described, batch])),
  );
});

test("what is added to a table counts, and what the library keeps for itself does not", () => {
  const table = new arrow.Table({ x: column([1, null], new Int32()) });
  const before = hash(table);
  void [table.nullCount, table.batches[0]?.dictionaries, hash({ table })];
  assert.is(hash(table), before);
  assert.is.not(hash(Object.assign(table, { unit: "m" })), before);
});

test("two copies of apache-arrow give one key", () => {
  const other = createRequire(import.meta.url)("apache-arrow") as typeof arrow;
  assert.is.not(other.Table, arrow.Table);
  const make = (copy: typeof arrow) =>
    new copy.Table({ x: copy.vectorFromArray([1, null, 3], new copy.Int32()) });
  assert.is(hash(make(other)), hash(make(arrow)));
});

test("the keys of Arrow are those that are published", () => {
  const page = readFileSync(new URL("../../docs/key-format.md", import.meta.url), "utf8");
  const vectors = [...page.matchAll(/^\| `([0-9a-f]{32})` \| `(.+)` \|$/gm)];
  assert.is(vectors.length, 7);
  const scope = { ...arrow, column };
  for (const [, key, code = ""] of vectors) {
    const make = new Function(...Object.keys(scope), `return (${code});`);
    assert.is(hash(make(...Object.values(scope))), key, code);
  }
});

test("a column that is shorter than it says is refused", () => {
  const short = vectorOf({ type: new Int32(), length: 5, data: Int32Array.of(1) });
  assert.throws(
    () => hash([short]),
    (error: unknown) => isCacheError(error, "ERR_UNHASHABLE"),
  );
  const outside = vectorOf({
    type: new Dictionary(new Utf8(), new Int8()),
    ...{ data: Int8Array.of(3), dictionary: column(["a"], new Utf8()) },
  });
  assert.throws(
    () => hash(outside),
    (error: unknown) => isCacheError(error, "ERR_UNHASHABLE"),
  );
});

test.run();
