import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { reviveDense } from "../../lib/array/dense.ts";
import { dtypes } from "../../lib/array/dtype.ts";
import { isCacheError } from "../../lib/errors.ts";
import { decodeClone, encodeClone } from "../../lib/format/clone.ts";
import { sameArray } from "../helpers/assert.ts";
import { arraysOf, roundTrip, same } from "./round-trip.ts";

/** As a literal with an empty place in it would be. */
const holed = (...elements: unknown[]): unknown[] => {
  delete elements[1];
  return elements;
};
const sparse: number[] = [];
sparse[2 ** 32 - 2] = 1;

const values: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  numbers: [0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 31, Number.MAX_VALUE, Number.MIN_VALUE],
  strings: ["", "a", "ü", "漢字", "😀", "\ud800", "a\udc00b", "\0", "x".repeat(100_000)],
  "big integers": [0n, -1n, 2n ** 64n, -(2n ** 1000n)],
  booleans: [true, false],
  "an array with holes": holed(1, 0, undefined, -0, 3),
  "an array of holes": new Array(5),
  "the longest sparse array": sparse,
  "a sparse array of objects": Object.assign(new Array(5000), { 4000: { a: 1 } }),
  "a long array": Array.from({ length: 1000 }, (_, i) => (i % 7 ? i / 3 : { i })),
  "an array with properties": Object.assign([1, 2], { index: 3, "-1": {}, "": 4 }),
  "a long array with properties": Object.assign(new Array(200).fill(0), { name: [1] }),
  "property order": { b: 1, a: 2, 10: 3, 9: 4 },
  "keys like those of Object.prototype": { toString: 1, constructor: 2, hasOwnProperty: 3 },
  dates: [new Date(0), new Date(8.64e15), new Date(NaN)],
  "regular expressions": [/a/, /[\]/]\u{1F600}/dgimsuy, /(?:)/],
  "nested collections": new Map<unknown, unknown>([
    [{ key: 1 }, new Set([1, new Map([[NaN, -0]])])],
    ["__proto__", new Set([[], {}])],
  ]),
  "boxed primitives": [Object(1), Object(-0), Object("ab\ud800"), Object(false), Object(3n)],
  errors: [new Error("e"), new Error(), new Error(""), new URIError("u"), new EvalError("v")],
  "an error with a cause": new TypeError("t", { cause: { why: new RangeError("r") } }),
  "an error with an undefined cause": new SyntaxError("s", { cause: undefined }),
};

for (const [name, value] of Object.entries(values)) {
  test(`${name} come back as they were`, () => {
    same(roundTrip(value), value);
    same(roundTrip({ nested: [value] }), { nested: [value] });
  });
}

test("the stack of an error comes back", () => {
  const error = new Error("e");
  assert.is(roundTrip(error).stack, error.stack);
});

test("what was made in another realm comes back as the plain thing it is", () => {
  const source = `({
    object: { a: [1, , 3] }, map: new Map([[1, new Set([2])]]), date: new Date(5), re: /x/g,
    error: new RangeError("r"), typed: new Float32Array([1, 2]), buffer: new ArrayBuffer(3),
  })`;
  const back = roundTrip(runInNewContext(source));
  assert.is(Object.getPrototypeOf(back), Object.prototype);
  assert.instance(back.map, Map);
  assert.instance(back.error, RangeError);
  same(back.object, { a: holed(1, 0, 3) });
  sameArray(back.typed, new Float32Array([1, 2]));
  assert.is(back.buffer.byteLength, 3);
});

test("cycles and shared references are kept", () => {
  const shared = { date: new Date(1) };
  const value: Record<string, unknown> = { a: shared, b: [shared], map: new Map() };
  value["self"] = value;
  (value["map"] as Map<unknown, unknown>).set(value, shared);

  const back = roundTrip(value) as typeof value & { a: unknown; b: unknown[] };
  assert.is(back["self"], back);
  assert.is(back.b[0], back.a);
  assert.is((back["map"] as Map<unknown, unknown>).get(back), back.a);
});

test("arrays come back in their slots, in the order in which they first appear", () => {
  const buffer = new ArrayBuffer(16);
  const shared = new SharedArrayBuffer(8);
  const view = new Float64Array(buffer, 8, 1);
  const value = {
    view,
    list: [Buffer.from("ab"), new Uint8Array(1), view, shared, { shared }],
    map: new Map<unknown, unknown>([[new DataView(buffer, 1, 2), buffer]]),
    after: { end: [shared, buffer, 1.5] },
  };
  const { bytes, contents } = encodeClone(value);
  const arrays = arraysOf(contents);
  const classNames = arrays.map(({ className }) => className);
  const expected = ["Float64Array", "Buffer", "Uint8Array", "SharedArrayBuffer", "DataView"];
  assert.equal(classNames, [...expected, "ArrayBuffer"]);

  const slots = arraysOf(contents).map(({ source }) => source);
  const back = decodeClone(bytes, slots) as typeof value;
  assert.is(back.view, view);
  for (const [i, element] of value.list.slice(0, 4).entries()) assert.is(back.list[i], element);
  assert.is((back.list[4] as { shared: unknown }).shared, shared);
  assert.is(back.map.get([...value.map.keys()][0]), buffer);
  assert.is(back.after.end[0], shared);
  assert.is(back.after.end[1], buffer);
  assert.is(back.after.end[2], 1.5);
});

test("arrays of every class come back, in shared memory if they lay there", () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i * 5);
  const classNames = dtypes.map(({ array }) => array.name);
  for (const className of [...classNames, "Uint8ClampedArray", "Buffer", "DataView"]) {
    for (const memory of [new ArrayBuffer(40), new SharedArrayBuffer(40)]) {
      new Uint8Array(memory).set(bytes);
      const view = reviveDense(className, memory, 8, 24) as NodeJS.ArrayBufferView;
      const back = roundTrip({ view }).view;
      assert.is(Object.getPrototypeOf(back), Object.getPrototypeOf(view));
      assert.is(back.buffer instanceof SharedArrayBuffer, memory instanceof SharedArrayBuffer);
      sameArray(new Uint8Array(back.buffer, back.byteOffset, back.byteLength), bytes.slice(8, 32));
    }
  }
});

test("an array alone is one slot", () => {
  for (const array of [new Int8Array(3), new SharedArrayBuffer(4), new ArrayBuffer(0)]) {
    const { bytes, contents } = encodeClone(array);
    const arrays = arraysOf(contents);
    assert.is(arrays[0]?.source, array);
    assert.is(decodeClone(bytes, [array]), array);
  }
});

test("no byte of an array enters the clone", () => {
  const { bytes } = encodeClone({
    typed: new Float64Array(1e5),
    pooled: Buffer.alloc(1e5),
    buffers: [new ArrayBuffer(1e5), new SharedArrayBuffer(1e5)],
  });
  assert.ok(bytes.byteLength < 100, `${bytes.byteLength} bytes`);
});

test("an own __proto__ property comes back as one", () => {
  const back = roundTrip(JSON.parse('{"__proto__":{"polluted":1},"a":2}'));
  assert.is(Object.getPrototypeOf(back), Object.prototype);
  assert.equal(Object.keys(back), ["__proto__", "a"]);
  assert.is(back.polluted, undefined);
  assert.is(({} as Record<string, unknown>)["polluted"], undefined);
});

test("a clone is read at any offset of any buffer", () => {
  const value = { text: "漢字", list: [1, 2.5] };
  const { bytes } = encodeClone(value);
  for (let offset = 0; offset < 9; offset++) {
    const buffer = new SharedArrayBuffer(bytes.byteLength + 20);
    const view = new Uint8Array(buffer, offset, bytes.byteLength);
    view.set(bytes);
    same(decodeClone(view, []), value);
  }
});

test("any nesting of values comes back as it was", () => {
  const anything = fc.anything({
    ...{ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withSet: true },
    ...{ withSparseArray: true, withTypedArray: true, maxDepth: 4 },
  });
  const property = fc.property(anything, (value) => {
    const [first, second, { third }] = roundTrip([value, value, { third: value }] as const);
    same(first, value);
    assert.ok(Object.is(first, second) && Object.is(first, third), "identity");
  });
  void fc.assert(property, { numRuns: 300 });
});

const corruptions: readonly (readonly [name: string, bytes: Uint8Array, arrays: unknown[]])[] = [
  ["nothing", Buffer.of(), []],
  ["text", Buffer.from("{}"), []],
  ["a header alone", Buffer.of(0xff, 0x0f), []],
  ["a header of an older format", Buffer.of(0xff, 0x0e, 0x54, 0), []],
  ["a header of a newer format", Buffer.of(0xff, 0x70, 0x54, 0), []],
  ["a clone cut off", encodeClone({ a: [1, 2, 3] }).bytes.subarray(0, -3), []],
  ["a clone with bytes after it", Buffer.concat([encodeClone([1]).bytes, Buffer.of(0)]), []],
  ["a clone for more arrays", encodeClone([new Int8Array(1), new Int8Array(1)]).bytes, [0]],
  ["a clone for fewer arrays", encodeClone([]).bytes, [new Int8Array(1)]],
  ["a slot out of range", Buffer.of(0xff, 0x0f, 0x5c, 1, 1), [new Int8Array(1)]],
  ["the highest slot", Buffer.of(0xff, 0x0f, 0x5c, 255, 255, 255, 255, 15, 1), [[]]],
  ["a transfer out of range", Buffer.of(0xff, 0x0f, 0x74, 7, 1), [new ArrayBuffer(1)]],
  ["a view transferred", Buffer.of(0xff, 0x0f, 0x74, 0, 1), [new Int8Array(1)]],
  ["shared memory as a view", Buffer.of(0xff, 0x0f, 0x5c, 0, 1), [new SharedArrayBuffer(1)]],
  [
    "shared memory without V8's part",
    Buffer.of(0xff, 15, 0x5c, 0, 5, 5, 1),
    [new SharedArrayBuffer(1)],
  ],
  ["a string longer than the clone", Buffer.of(0xff, 0x0f, 0x22, 255, 255, 255, 127), []],
  ["an array longer than the clone", Buffer.of(0xff, 0x0f, 0x41, 255, 255, 255, 127), []],
  ["endless nesting", Buffer.concat([Buffer.of(0xff, 0x0f), Buffer.alloc(1e6, "A\x01")]), []],
];

for (const [name, bytes, arrays] of corruptions) {
  test(`${name} is a damaged clone`, () => {
    assert.throws(
      () => decodeClone(bytes, arrays),
      (error: unknown) => isCacheError(error, "ERR_CORRUPT_ENTRY"),
    );
  });
}

test("a clone that V8 cannot read is reported with V8's error as cause", () => {
  try {
    decodeClone(Buffer.of(0xff, 0x0f, 0x3f, 0x3f), []);
    assert.unreachable();
  } catch (error) {
    assert.ok(isCacheError(error) && error.cause instanceof Error);
  }
});

test("whatever bytes are changed, decoding fails in one way and pollutes nothing", () => {
  const value = {
    ...{
      list: holed(1, 0, "two", 3n),
      map: new Map([["k", new Set([1])]]),
      view: new Int8Array(2),
    },
    ...{ buffer: new ArrayBuffer(4), shared: new SharedArrayBuffer(4), error: new Error("e") },
    ...{ date: new Date(0), re: /x/g, big: -(2n ** 70n), text: "漢字", box: Object("b") },
  };
  const { bytes, contents } = encodeClone(value);
  const slots = arraysOf(contents).map(({ source }) => source);
  let failures = 0;

  const place = fc.nat(bytes.byteLength - 1);
  const edit = fc.tuple(place, fc.integer({ min: 0, max: 255 }));
  const property = fc.property(
    fc.array(edit, { minLength: 1, maxLength: 8 }),
    place,
    (edits, cut) => {
      const mutated = Buffer.from(bytes);
      for (const [at, byte] of edits) mutated[at] = byte;
      try {
        decodeClone(cut % 5 === 0 ? mutated.subarray(0, cut) : mutated, slots);
      } catch (error) {
        if (!isCacheError(error, "ERR_CORRUPT_ENTRY")) throw error;
        failures += 1;
      }
    },
  );
  void fc.assert(property, { numRuns: 2000 });
  assert.ok(failures > 1000, `${failures} failures`);
  assert.equal(Object.keys(Object.prototype), []);
});

test.run();
