/**
 * Results of every kind that is kept, made anew at each call.
 *
 * @module
 */

/** A payload NaN, which a conversion through a number could lose. */
function payloadNaN(): Float64Array {
  const array = new Float64Array([1, 0, 3]);
  new BigUint64Array(array.buffer)[1] = 0x7ff8_0000_dead_beefn;
  return array;
}

function shared<T>(make: (buffer: SharedArrayBuffer) => T): T {
  const buffer = new SharedArrayBuffer(24);
  new Uint8Array(buffer).set([1, 2, 3, 4, 5, 6, 7, 8]);
  return make(buffer);
}

function cyclic(): unknown {
  const value: { self?: unknown; array: Float64Array } = { array: new Float64Array([1, 2]) };
  value.self = value;
  return value;
}

const Float16Array = (globalThis as { Float16Array?: new (values: number[]) => NodeJS.TypedArray })
  .Float16Array;

/** Values that are one array, by name. */
export const arrays: Readonly<Record<string, () => NodeJS.ArrayBufferView | ArrayBufferLike>> = {
  float64: () => new Float64Array([1.5, Number.NaN, -0, Number.POSITIVE_INFINITY]),
  "float64 with a payload NaN": payloadNaN,
  float32: () => new Float32Array([1.5, -0]),
  int8: () => new Int8Array([-1, 2, 3]),
  uint8: () => new Uint8Array([255]),
  "uint8 clamped": () => new Uint8ClampedArray([0, 255, 7]),
  int16: () => new Int16Array([-300, 300]),
  uint16: () => new Uint16Array([65_535]),
  int32: () => new Int32Array([-(2 ** 31), 5]),
  uint32: () => new Uint32Array([2 ** 32 - 1]),
  int64: () => new BigInt64Array([-(2n ** 63n), 1n]),
  uint64: () => new BigUint64Array([2n ** 64n - 1n]),
  ...(Float16Array && { float16: () => new Float16Array([1.5, -0]) }),
  "empty float64": () => new Float64Array(0),
  "subarray at an offset": () => new Float64Array([9, 1, 2, 9]).subarray(1, 3),
  "pooled Buffer": () => Buffer.from("pooled bytes"),
  "empty Buffer": () => Buffer.alloc(0),
  "subarray of a pooled Buffer": () => Buffer.from("pooled bytes").subarray(3, 8),
  DataView: () => new DataView(new Uint8Array([1, 2, 3, 4, 5]).buffer, 1, 3),
  ArrayBuffer: () => new Uint8Array([1, 2, 3]).buffer,
  "empty ArrayBuffer": () => new ArrayBuffer(0),
  SharedArrayBuffer: () => shared((buffer) => buffer),
  "float64 on shared memory": () => shared((buffer) => new Float64Array(buffer, 8, 2)),
};

/** Values that are not one array, by name. */
export const others: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  number: () => 1.25,
  "negative zero": () => -0,
  NaN: () => Number.NaN,
  infinity: () => Number.NEGATIVE_INFINITY,
  bigint: () => -(2n ** 80n),
  string: () => "grüße",
  "lone surrogate": () => "a\ud800b",
  "long string": () => "0123456789".repeat(10_000),
  Date: () => new Date(1234),
  "invalid Date": () => new Date(Number.NaN),
  RegExp: () => /a(b)?/giu,
  Error: () => new TypeError("wrong", { cause: "reason" }),
  Map: () =>
    new Map<unknown, unknown>([
      ["a", 1],
      [{ b: 2 }, new Set([1, "x"])],
    ]),
  Set: () => new Set([1, Number.NaN, "x"]),
  "boxed number": () => Object(5),
  object: () => ({ a: 1, b: { c: [1, 2, { d: null }] }, "": undefined }),
  "object with a __proto__ property": () => JSON.parse('{"__proto__": {"polluted": true}, "a": 1}'),
  "sparse array": () => {
    const array: unknown[] = [1, undefined, 3];
    array[6] = 5;
    return array;
  },
  "array of length 2^32 - 1": () => {
    const array: unknown[] = [];
    array[2 ** 32 - 2] = "last";
    return array;
  },
  "nested arrays": () => ({
    U: new Float64Array([1, 2, 3, 4]),
    list: [new Int32Array([1]), Buffer.from("x"), new ArrayBuffer(2)],
    map: new Map([["k", new Float32Array([0.5])]]),
    when: new Date(5),
  }),
  "a cycle through an object with an array": cyclic,
  "many records": () => Array.from({ length: 2000 }, (_, i) => ({ i, name: `name ${i % 7}` })),
};
