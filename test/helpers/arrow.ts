/**
 * Arrow columns of every type, made by hand and at random, and their comparison by value.
 *
 * @module
 */

import * as arrow from "apache-arrow";
import fc from "fast-check";
import * as assert from "uvu/assert";

const { Field } = arrow;
const item = (type: arrow.DataType): arrow.Field => new Field("item", type, true);
const long = "a string that is longer than twelve bytes";

/** A column of the values, null where they are null. */
export function column(values: readonly unknown[], type: arrow.DataType): arrow.Vector {
  return arrow.vectorFromArray(values as unknown[], type as never) as unknown as arrow.Vector;
}

const struct = (): arrow.Struct =>
  new arrow.Struct([
    new Field("a", new arrow.Int16(), true),
    new Field("b", new arrow.Utf8(), true, new Map([["unit", "m"]])),
  ]);

/** Columns of five rows, by name. */
export const kinds: Readonly<Record<string, () => arrow.Vector>> = {
  null: () => column([null, null, null, null, null], new arrow.Null()),
  bool: () => column([true, null, false, true, true], new arrow.Bool()),
  int8: () => column([1, null, -3, 4, 5], new arrow.Int8()),
  uint16: () => column([1, null, 3, 4, 65535], new arrow.Uint16()),
  int32: () => column([1, 2, 3, 4, 5], new arrow.Int32()),
  int64: () => column([1n, null, -(2n ** 63n), 4n, 5n], new arrow.Int64()),
  uint64: () => column([1n, null, 2n ** 64n - 1n, 4n, 5n], new arrow.Uint64()),
  float16: () => column([1, null, 0.5, -0, 5], new arrow.Float16()),
  float32: () => column([1, null, 0.5, Number.NaN, 5], new arrow.Float32()),
  float64: () => column([1, null, -0, Number.NaN, 5], new arrow.Float64()),
  decimal: () =>
    column(
      [1, null, 3, 4, 5].map((low) => low && Uint32Array.of(low, 0, 7, 0)),
      decimalType(),
    ),
  utf8: () => column(["a", null, "", "dé", "\u{1f600}"], new arrow.Utf8()),
  largeUtf8: () => column(["a", null, "", "dé", long], new arrow.LargeUtf8()),
  utf8View: () => column(["a", null, long, "", `${long}!`], new arrow.Utf8View()),
  binary: () => column([bytes(1), null, bytes(), bytes(2, 3), bytes(0)], new arrow.Binary()),
  largeBinary: () =>
    column([bytes(1), null, bytes(), bytes(2, 3), bytes(0)], new arrow.LargeBinary()),
  binaryView: () =>
    column([bytes(1), null, new Uint8Array(40), bytes(), bytes(7)], new arrow.BinaryView()),
  fixedSizeBinary: () =>
    column([bytes(1, 2), null, bytes(3, 4), bytes(5, 6), bytes(7, 8)], binaryOfTwo()),
  dateDay: () => column(days([0, null, 3, 4, 5]), new arrow.DateDay()),
  dateMillisecond: () => column(days([0, null, 3, 4, 5]), new arrow.DateMillisecond()),
  timeSecond: () => column([0, null, 3, 4, 5], new arrow.TimeSecond()),
  timeNanosecond: () => column([0n, null, 3n, 4n, 5n], new arrow.TimeNanosecond()),
  timestamp: () => column([0, null, 3, 4, 5], new arrow.TimestampMicrosecond("Europe/Paris")),
  timestampSecond: () => column([0, null, 3000, 4000, 5000], new arrow.TimestampSecond()),
  duration: () => column([0n, null, 3n, 4n, 5n], new arrow.DurationMillisecond()),
  intervalYearMonth: () => ofInt32(new arrow.IntervalYearMonth(), 1),
  intervalDayTime: () => ofInt32(new arrow.IntervalDayTime(), 2),
  intervalMonthDayNano: () => ofInt32(new arrow.IntervalMonthDayNano(), 4),
  list: () => column([[1, 2], null, [], [3, null], [5]], new arrow.List(item(new arrow.Float64()))),
  largeList: () =>
    column([[1, 2], null, [], [3, null], [5]], new arrow.LargeList(item(new arrow.Float64()))),
  listOfLists: () =>
    column(
      [[["a"], null], null, [], [["b", null, "c"], []], [["d"]]],
      new arrow.List(item(new arrow.List(item(new arrow.Utf8())))),
    ),
  fixedSizeList: () =>
    column(
      [[1, 2], null, [3, null], [5, 6], [7, 8]],
      new arrow.FixedSizeList(2, item(new arrow.Int32())),
    ),
  struct: () =>
    column(
      [{ a: 1, b: "q" }, null, { a: 3, b: null }, { a: 4, b: "r" }, { a: 5, b: "" }],
      struct(),
    ),
  map: () =>
    column(
      [
        new Map([["k", 1]]),
        null,
        new Map(),
        new Map([
          ["l", 2],
          ["m", 3],
        ]),
        new Map(),
      ],
      mapType(),
    ),
  dictionary: () =>
    column(["x", "y", null, "x", "z"], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8())),
  dictionaryOfStructs: () => {
    const values = column(
      [
        { a: 1, b: "q" },
        { a: 2, b: "r" },
      ],
      struct(),
    );
    const type = new arrow.Dictionary(struct(), new arrow.Int32());
    return vectorOf({ type, length: 5, data: Int32Array.of(0, 1, 1, 0, 1), dictionary: values });
  },
  listOfDictionaries: () =>
    column(
      [["x", "y"], null, [], ["x", null], ["z"]],
      new arrow.List(item(new arrow.Dictionary(new arrow.Utf8(), new arrow.Uint16()))),
    ),
  sparseUnion: () => union(false),
  denseUnion: () => union(true),
};

/** Bytes. */
export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** A vector of one piece. */
export function vectorOf(parts: Readonly<Record<string, unknown>>): arrow.Vector {
  return new arrow.Vector([arrow.makeData(parts as never)]);
}

function days(values: readonly (number | null)[]): (Date | null)[] {
  return values.map((day) => (day === null ? null : new Date(day * 86_400_000)));
}

function decimalType(): arrow.Decimal {
  return new arrow.Decimal(2, 38, 128);
}

function binaryOfTwo(): arrow.FixedSizeBinary {
  return new arrow.FixedSizeBinary(2);
}

function mapType(): arrow.DataType {
  const entries = new arrow.Struct([
    new Field("key", new arrow.Utf8(), false),
    new Field("value", new arrow.Int32(), true),
  ] as never);
  return new arrow.Map_(new Field("entries", entries, false) as never);
}

function ofInt32(type: arrow.DataType, stride: number): arrow.Vector {
  const data = Int32Array.from({ length: 5 * stride }, (_, i) => i - 3);
  return vectorOf({ type, length: 5, nullCount: 1, nullBitmap: bytes(0b11101), data });
}

function union(isDense: boolean): arrow.Vector {
  const fields = [item(new arrow.Int32()), new Field("s", new arrow.Utf8(), true)];
  const Union = isDense ? arrow.DenseUnion : arrow.SparseUnion;
  const type = new Union([5, 7], fields);
  const numbers = isDense ? [10, null, 30] : [10, 0, null, 30, 0];
  const texts = isDense ? ["a", "b"] : ["", "a", "", "", "b"];
  const children = [
    column(numbers, new arrow.Int32()).data[0],
    column(texts, new arrow.Utf8()).data[0],
  ];
  return vectorOf({
    ...{ type, length: 5, children, typeIds: Int8Array.of(5, 7, 5, 5, 7) },
    ...(isDense && { valueOffsets: Int32Array.of(0, 0, 1, 2, 1) }),
  });
}

/** A type with values of it. */
export interface RandomColumn {
  readonly make: () => arrow.DataType;
  readonly values: fc.Arbitrary<unknown>;
}

const text = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.constant(long),
  fc.string({ unit: "grapheme" }),
);
const leaves: readonly RandomColumn[] = [
  { make: () => new arrow.Bool(), values: fc.boolean() },
  { make: () => new arrow.Int8(), values: fc.integer({ min: -128, max: 127 }) },
  { make: () => new arrow.Float64(), values: fc.double() },
  { make: () => new arrow.Int64(), values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { make: () => new arrow.Utf8(), values: text },
  { make: () => new arrow.LargeUtf8(), values: text },
  { make: () => new arrow.Utf8View(), values: text },
  { make: () => new arrow.Binary(), values: fc.uint8Array({ maxLength: 20 }) },
  { make: binaryOfTwo, values: fc.uint8Array({ minLength: 2, maxLength: 2 }) },
  {
    make: () => new arrow.Dictionary(new arrow.Utf8(), new arrow.Int16()),
    values: fc.constantFrom("a", "b", "", long),
  },
];

function nested(inner: RandomColumn): readonly RandomColumn[] {
  const values = fc.option(inner.values, { freq: 4 });
  const child = (): arrow.Field => item(inner.make());
  return [
    inner,
    { make: () => new arrow.List(child()), values: fc.array(values, { maxLength: 4 }) },
    { make: () => new arrow.LargeList(child()), values: fc.array(values, { maxLength: 4 }) },
    {
      make: () => new arrow.FixedSizeList(2, child()),
      values: fc.array(values, { minLength: 2, maxLength: 2 }),
    },
    {
      make: () => new arrow.Struct([new Field("x", inner.make(), true), item(new arrow.Int8())]),
      values: fc.record({ x: values, item: fc.option(fc.integer({ min: -5, max: 5 })) }),
    },
  ];
}

/** A type, two levels deep at most, and rows of it, some of them null. */
export const anyColumn: fc.Arbitrary<{ readonly type: arrow.DataType; readonly rows: unknown[] }> =
  fc
    .constantFrom(...leaves)
    .chain((leaf) => fc.constantFrom(...nested(leaf)))
    .chain((inner) => fc.constantFrom(...nested(inner)))
    .chain(({ make, values }) =>
      fc.record({
        type: fc.constant(null).map(make),
        rows: fc.array(fc.option(values, { freq: 3 }), { maxLength: 40 }),
      }),
    );

/** What a value of Arrow says, as plain data. */
export function plain(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.getTime();
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, plain);
  if (value instanceof arrow.Vector)
    return Array.from({ length: value.length }, (_, i) => plain(value.get(i)));
  const { toJSON } = value as { toJSON?: () => object };
  const held = toJSON ? toJSON.call(value) : value;
  return Object.fromEntries(Object.entries(held).map(([key, each]) => [key, plain(each)]));
}

/** Asserts that two vectors have one type and the same values. */
export function sameVector(actual: arrow.Vector, expected: arrow.Vector, what: string = ""): void {
  assert.is(String(actual.type), String(expected.type), what);
  assert.equal(plain(actual), plain(expected), what);
}

/** Asserts that two tables have the same columns and metadata. */
export function sameTable(actual: arrow.Table, expected: arrow.Table): void {
  assert.is(String(actual.schema), String(expected.schema));
  assert.equal([...actual.schema.metadata], [...expected.schema.metadata]);
  for (const [i, field] of expected.schema.fields.entries()) {
    const found = actual.schema.fields[i] as arrow.Field;
    assert.equal([found.nullable, ...found.metadata], [field.nullable, ...field.metadata]);
    sameVector(
      actual.getChildAt(i) as arrow.Vector,
      expected.getChildAt(i) as arrow.Vector,
      field.name,
    );
  }
}
