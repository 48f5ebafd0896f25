/**
 * Values that are all different, one for each thing that a digest must tell apart.
 *
 * @module
 */

class Point {
  x = 1;
  y = 2;
}
class OtherPoint {
  x = 1;
  y = 2;
}
class Point3 extends Point {}
class Table extends Map<unknown, unknown> {}
class Column extends Float64Array {}
class Labelled {
  get [Symbol.toStringTag](): string {
    return "label";
  }
}
class OldWay {}
class OldWayWithMethod {}
Object.defineProperty(OldWayWithMethod, "name", { value: "OldWay" });
Object.assign(OldWayWithMethod.prototype, { method: () => 1 });

function withProperties<T extends object>(value: T, properties: object): T {
  return Object.assign(value, properties);
}

function view<T>(bytes: number[], make: (buffer: ArrayBuffer, offset: number) => T): T {
  return make(new Uint8Array([9, 9, 9, 9, 9, 9, 9, 9, ...bytes]).buffer, 8);
}

function argumentsOf(..._: unknown[]): unknown {
  // biome-ignore lint/complexity/noArguments: the object itself is what is tested
  return arguments;
}

function loop(): unknown {
  const value: Record<string, unknown> = {};
  value["self"] = value;
  return value;
}

function longLoop(): unknown {
  const value: Record<string, unknown> = {};
  value["self"] = { self: value };
  return value;
}

function sparse(...indices: number[]): unknown[] {
  const array: unknown[] = [];
  array.length = 2 ** 32 - 1;
  for (const index of indices) array[index] = 1;
  return array;
}

const eight = [0, 0, 0, 0, 0, 0, 240, 63];

/** The values by name, made anew at each call: equal to those of other calls, and never the same. */
export function catalogue(): Map<string, unknown> {
  return new Map<string, unknown>([
    ["undefined", undefined],
    ["null", null],
    ["true", true],
    ["false", false],
    ["0", 0],
    ["-0", -0],
    ["1", 1],
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["smallest", Number.MIN_VALUE],
    ["1n", 1n],
    ["-1n", -1n],
    ["0n", 0n],
    ["large bigint", 2n ** 64n],
    ["empty string", ""],
    ['"1"', "1"],
    ['"a"', "a"],
    ["composed é", "\u00e9"],
    ["decomposed é", "e\u0301"],
    ["high surrogate", "\ud800"],
    ["another high surrogate", "\ud801"],
    ["replacement character", "\ufffd"],
    ["null character", "\0"],
    ["registered symbol", Symbol.for("a")],
    ["registered symbol like a well-known one", Symbol.for("iterator")],
    ["well-known symbol", Symbol.iterator],
    ["another well-known symbol", Symbol.asyncIterator],

    ["empty array", []],
    ["array", [1, 2]],
    ["array in another order", [2, 1]],
    ["array of arrays", [[1], [2]]],
    ["array of an array and a number", [[1], 2]],
    ["array of one array", [[1, 2]]],
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    ["hole in the middle", [1, , 3]],
    ["undefined in the middle", [1, undefined, 3]],
    ["null in the middle", [1, null, 3]],
    ["hole at the end", withProperties([1, 3], { length: 3 })],
    ["only a hole", new Array(1)],
    ["only holes", new Array(100)],
    ["array with a property", withProperties([1, 2], { extra: 1 })],
    ["array with a negative index", withProperties([1, 2], { "-1": 1 })],
    ["array with a symbol", withProperties([1, 2], { [Symbol.for("a")]: 1 })],
    ["long array", Array.from({ length: 1000 }, (_, i) => i)],
    [
      "long array with a property",
      withProperties(
        Array.from({ length: 1000 }, (_, i) => i),
        { a: 1 },
      ),
    ],
    ["array without prototype", Object.setPrototypeOf([1, 2], null)],
    ["sparse array", sparse(0, 5, 4e9)],
    ["another sparse array", sparse(0, 6, 4e9)],
    ["arguments", argumentsOf(1, 2)],

    ["empty object", {}],
    ["object", { a: 1, b: 2 }],
    ["object with swapped values", { a: 2, b: 1 }],
    ["object with numeric keys", { 0: 1, 1: 2 }],
    ["object like an array", { 0: 1, 1: 2, length: 2 }],
    ["object with undefined", { a: undefined }],
    ["object with null", { a: null }],
    ["object with an empty key", { "": 1 }],
    ["object with __proto__", JSON.parse('{"__proto__": {"a": 1}}')],
    ["object with a registered symbol", { [Symbol.for("a")]: 1 }],
    ["object with a well-known symbol", { [Symbol.iterator]: 1 }],
    [
      "object with a hidden string tag",
      Object.defineProperty({}, Symbol.toStringTag, { value: "a" }),
    ],
    ["object without prototype", Object.assign(Object.create(null), { a: 1, b: 2 })],
    ["nested object", { a: { b: 2 } }],
    ["flattened object", { a: {}, b: 2 }],
    ["cycle", loop()],
    ["cycle of two", longLoop()],

    ["empty map", new Map()],
    [
      "map",
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    ],
    [
      "map with swapped values",
      new Map([
        ["a", 2],
        ["b", 1],
      ]),
    ],
    [
      "map of number keys",
      new Map([
        [1, "a"],
        [2, "b"],
      ]),
    ],
    ["map of an object key", new Map([[{ a: 1 }, 1]])],
    [
      "map with a property",
      withProperties(
        new Map([
          ["a", 1],
          ["b", 2],
        ]),
        { a: 1 },
      ),
    ],
    ["map of undefined", new Map([["a", undefined]])],
    ["empty set", new Set()],
    ["set", new Set([1, 2])],
    ["set of strings", new Set(["1", "2"])],
    ["set of one array", new Set([[1, 2]])],
    [
      "set of two equal arrays",
      new Set([
        [1, 2],
        [1, 2],
      ]),
    ],
    ["set of undefined", new Set([undefined])],

    ["date", new Date(0)],
    ["later date", new Date(1)],
    ["date with a property", withProperties(new Date(0), { a: 1 })],
    ["regular expression", /a/],
    ["regular expression with a flag", /a/g],
    ["another regular expression", /b/],
    ["used regular expression", withProperties(/a/g, { lastIndex: 1 })],
    ["error", new Error("a")],
    ["error with another message", new Error("b")],
    ["error of another class", new TypeError("a")],
    ["error under another name", Object.defineProperty(new Error("a"), "name", { value: "b" })],
    ["error with a property", withProperties(new Error("a"), { code: 1 })],
    ["error with a cause", new Error("a", { cause: 1 })],
    ["error with an undefined cause", new Error("a", { cause: undefined })],
    ["error with errors", new AggregateError([1], "a")],
    ["error without errors", new AggregateError([], "a")],
    ["boxed number", Object(1)],
    ["boxed -0", Object(-0)],
    ["boxed string", Object("1")],
    ["boxed empty string", Object("")],
    ["boxed string with a property", withProperties(Object("1"), { a: 1 })],
    ["boxed boolean", Object(false)],
    ["boxed bigint", Object(1n)],
    ["boxed symbol", Object(Symbol.iterator)],
    ["URL", new URL("http://a/?b=1")],
    ["URL of another host", new URL("http://c/?b=1")],
    ["URL parameters", new URLSearchParams("b=1&c=2")],
    ["URL parameters in another order", new URLSearchParams("c=2&b=1")],

    ["empty Uint8Array", new Uint8Array(0)],
    ["empty Float64Array", new Float64Array(0)],
    ["Uint8Array", view(eight, (buffer, offset) => new Uint8Array(buffer, offset))],
    ["Uint8ClampedArray", view(eight, (buffer, offset) => new Uint8ClampedArray(buffer, offset))],
    ["Int8Array", view(eight, (buffer, offset) => new Int8Array(buffer, offset))],
    ["Buffer", view(eight, (buffer, offset) => Buffer.from(buffer, offset))],
    ["Uint16Array", view(eight, (buffer, offset) => new Uint16Array(buffer, offset))],
    ["Int32Array", view(eight, (buffer, offset) => new Int32Array(buffer, offset))],
    ["Float32Array", view(eight, (buffer, offset) => new Float32Array(buffer, offset))],
    ["Float64Array", view(eight, (buffer, offset) => new Float64Array(buffer, offset))],
    ["BigInt64Array", view(eight, (buffer, offset) => new BigInt64Array(buffer, offset))],
    ["BigUint64Array", view(eight, (buffer, offset) => new BigUint64Array(buffer, offset))],
    ["DataView", view(eight, (buffer, offset) => new DataView(buffer, offset))],
    ["ArrayBuffer", view(eight, (buffer, offset) => buffer.slice(offset))],
    ["SharedArrayBuffer", new SharedArrayBuffer(8)],
    ["zeros", new ArrayBuffer(8)],
    ["array of -0", new Float64Array([-0])],
    ["array of 0", new Float64Array([0])],
    ["typed array with a property", withProperties(new Float64Array([1]), { extra: 1 })],
    ["long typed array", new Float64Array(1000)],
    ["long typed array with a property", withProperties(new Float64Array(1000), { extra: 1 })],
    [
      "long typed array with a symbol",
      withProperties(new Float64Array(1000), { [Symbol.for("a")]: 1 }),
    ],
    ["long Buffer with a property", withProperties(Buffer.alloc(1000), { extra: 1 })],

    ["instance", new Point()],
    ["instance of a class that looks alike", new OtherPoint()],
    ["instance of a subclass", new Point3()],
    ["plain object like the instance", { x: 1, y: 2 }],
    ["map of a subclass", new Table()],
    ["typed array of a subclass", new Column(1000)],
    ["instance with a string tag", new Labelled()],
    ["instance of an old class", new OldWay()],
    ["instance of an old class with a method", new OldWayWithMethod()],

    ["function", (x: number) => x + 1],
    ["another function", (x: number) => x + 2],
    ["function with a property", withProperties((x: number) => x + 1, { extra: 1 })],
    ["class", Point],
    ["subclass", Point3],
    ["built-in function", Math.max],
    ["another built-in function", Math.min],
    ["built-in class", Map],
    ["namespace object", Math],
    ["another namespace object", JSON],
  ]);
}
