/**
 * The file of a table is read by `apache-arrow` and by us, and has the layout that maps need.
 *
 * @module
 */

import * as arrow from "apache-arrow";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ArrowClass, arrowClass } from "../../../lib/array/arrow.ts";
import { type ArrowPlanOptions, planArrow } from "../../../lib/format/arrow/file-plan.ts";
import { readArrow } from "../../../lib/format/arrow/read.ts";
import { arrowLibrary } from "../../../lib/type/arrow-package.ts";
import { anyColumn, column, kinds, sameTable, sameVector, vectorOf } from "../../helpers/arrow.ts";

function fileOf(value: object, options?: ArrowPlanOptions): Uint8Array<ArrayBuffer> {
  const plan = planArrow(value, arrowClass(value) as ArrowClass, options);
  const bytes = Buffer.concat([...plan.pieces()]);
  assert.is(bytes.byteLength, plan.byteLength);
  assert.ok(bytes.equals(Buffer.concat([...plan.pieces()])), "the pieces differ the second time");
  return new Uint8Array(bytes);
}

function read<T>(bytes: Uint8Array<ArrayBuffer>, className: ArrowClass = "Table"): T {
  return readArrow(arrowLibrary(), bytes, className) as T;
}

for (const [name, make] of Object.entries(kinds)) {
  test(`a column of ${name} comes back, from us and from apache-arrow`, () => {
    const table = new arrow.Table({
      [name]: make(),
      other: column([1, 2, 3, 4, 5], new arrow.Int8()),
    });
    const bytes = fileOf(table);
    sameTable(read(bytes), table);
    sameTable(arrow.tableFromIPC(bytes), table);
    sameTable(read(fileOf(table, { compression: { level: 3 } })), table);
    const slice = table.slice(1, 4);
    sameTable(read(fileOf(slice)), slice);
    sameTable(arrow.tableFromIPC(fileOf(slice)), slice);
    sameTable(read(fileOf(slice.slice(1))), slice.slice(1));
    const empty = new arrow.Table({ [name]: make().slice(0, 0) });
    for (const each of [table.slice(0, 0), empty]) sameTable(read(fileOf(each)), each);
  });

  test(`a stream of ${name} that apache-arrow writes is read`, () => {
    const table = new arrow.Table({ [name]: make() });
    const stream = arrow.tableToIPC(table, "stream");
    sameTable(read(new Uint8Array(stream)), arrow.tableFromIPC(stream));
  });
}

test("random columns come back, whole, sliced and in chunks", () => {
  const property = fc.property(
    anyColumn,
    fc.nat(40),
    fc.nat(40),
    fc.nat(40),
    ({ type, rows }, from, to, cut) => {
      const vector = column(rows, type);
      const slice = vector.slice(Math.min(from, to), Math.max(from, to));
      const chunks = new arrow.Vector([
        ...column(rows.slice(0, cut), type).data,
        ...column(rows.slice(cut), type).data,
      ]);
      for (const each of [vector, slice, chunks]) {
        sameVector(read(fileOf(each), "Vector"), each);
        sameVector(read(fileOf(each, { compression: { level: 1 } }), "Vector"), each);
      }
    },
  );
  fc.assert(property, { numRuns: 150 });
});

test("every buffer begins at a multiple of 64 and is not copied", () => {
  const table = new arrow.Table(
    Object.fromEntries(Object.entries(kinds).map(([name, make]) => [name, make()])),
  );
  const bytes = fileOf(table);
  const visit = (data: arrow.Data): void => {
    for (const view of [data.values, data.valueOffsets, data.nullBitmap, data.typeIds]) {
      if (!view || view.byteLength === 0) continue;
      // Of a column without rows the library gets an offset that is in no file.
      if (view.buffer !== bytes.buffer && view.byteLength <= 8 && data.length === 0) continue;
      assert.is(view.buffer, bytes.buffer, String(data.type));
      assert.is(view.byteOffset % 64, 0, String(data.type));
    }
    data.children.forEach(visit);
  };
  for (const batch of read<arrow.Table>(bytes).batches) batch.data.children.forEach(visit);
});

test("pieces are windows of the table's own memory", () => {
  const values = new Float64Array(2 ** 19);
  const table = new arrow.Table({ x: vectorOf({ type: new arrow.Float64(), data: values }) });
  const windows = [...planArrow(table, "Table").pieces()];
  const aliased = windows.filter(({ buffer }) => buffer === values.buffer);
  assert.is(
    aliased.reduce((sum, { byteLength }) => sum + byteLength, 0),
    values.byteLength,
  );
  assert.ok(windows.every(({ byteLength }) => byteLength <= 2 ** 20));
});

test("a slice is written without the rest", () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `a rather long string number ${i}`);
  for (const type of [new arrow.Utf8(), new arrow.Utf8View(), new arrow.LargeUtf8()]) {
    const slice = new arrow.Table({ x: column(rows, type) }).slice(9_000, 9_010);
    assert.ok(fileOf(slice).byteLength < 3_000, String(type));
    sameTable(read(fileOf(slice)), slice);
  }
});

test("record batches, metadata, vectors and schemas come back as what they were", () => {
  const metadata = new Map([["origin", "here"]]);
  const field = new arrow.Field("x", new arrow.Int32(), false, new Map([["unit", "m"]]));
  const schema = new arrow.Schema([field], metadata);
  const data = arrow.makeData({
    type: new arrow.Struct([field]),
    children: [arrow.makeData({ type: new arrow.Int32(), data: Int32Array.of(1, 2, 3) })],
  });
  const batch = new arrow.RecordBatch(schema, data, new Map([["part", "1"]]));
  const table = new arrow.Table(schema, [batch, batch]);
  const found = read<arrow.Table>(fileOf(table));
  sameTable(found, table);
  assert.is(found.batches.length, 2);
  assert.equal([...(found.batches[0] as arrow.RecordBatch).metadata], [["part", "1"]]);
  const one = read<arrow.RecordBatch>(fileOf(batch), "RecordBatch");
  assert.instance(one, arrow.RecordBatch);
  assert.equal([...one.metadata], [["part", "1"]]);
  const bare = read<arrow.Schema>(fileOf(schema), "Schema");
  assert.instance(bare, arrow.Schema);
  assert.equal(
    [...bare.metadata, ...(bare.fields[0] as arrow.Field).metadata],
    [...metadata, ["unit", "m"]],
  );
  const none = read<arrow.Table>(fileOf(new arrow.Table(schema)));
  assert.is(none.batches.length, 0);
  assert.is(none.numCols, 1);
});

test("batches with dictionaries of their own get one dictionary, which each of them still means", () => {
  const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8());
  const parts = [
    ["a", "b", null],
    ["c", "b"],
    ["a", "b"],
    ["c", null, "d"],
  ];
  const vector = new arrow.Vector(parts.flatMap((rows) => column(rows, type).data));
  const bytes = fileOf(vector);
  sameVector(read(bytes, "Vector"), vector);
  assert.equal(arrow.tableFromIPC(bytes).getChildAt(0)?.toArray(), vector.toArray());
});

test("dictionaries that together have more values than indices count are refused", () => {
  const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8());
  const part = (letter: string) => Array.from({ length: 100 }, (_, i) => `${letter}${i}`);
  const vector = new arrow.Vector(["a", "b"].flatMap((letter) => column(part(letter), type).data));
  assert.throws(
    () => fileOf(vector),
    (error: Error) => /200 values together/.test(error.message),
  );
});

test("a dictionary that two columns share stays one", () => {
  const shared = column(
    ["x", "y", null, "x"],
    new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()),
  );
  const table = new arrow.Table({ a: shared, b: shared.slice(0, 4) });
  const found = read<arrow.Table>(fileOf(table));
  sameTable(found, table);
  assert.is(found.getChildAt(0)?.data[0]?.dictionary, found.getChildAt(1)?.data[0]?.dictionary);
});

test.run();
