import { createSecretKey } from "node:crypto";
import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { MessageChannel } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { encodeClone } from "../../lib/format/clone.ts";

class Model {
  fit = 1;
}
class Wave extends Float64Array {}

const hidden = (object: object, key: PropertyKey, value: unknown = 1): object =>
  Object.defineProperty(object, key, {
    value,
    configurable: true,
    enumerable: false,
    writable: true,
  });
const getter = (object: object, key: PropertyKey): object =>
  Object.defineProperty(object, key, {
    get: () => assert.unreachable("a getter was run"),
    enumerable: true,
    configurable: true,
  });
const detached = (): ArrayBuffer => {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};
const detachedView = (): Float64Array => {
  const view = new Float64Array(2);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
};
/** Node 20 has them, its compiler's library has not. */
const resizable = (Buffer: typeof ArrayBuffer | typeof SharedArrayBuffer): object =>
  Reflect.construct(Buffer, [8, { maxByteLength: 16 }]);
const circularError = (): Error => {
  const error = new Error("e", { cause: {} });
  (error.cause as Record<string, unknown>)["error"] = error;
  return error;
};
const named = (error: Error, name: string): Error => Object.assign(error, { name });
function* generate(): Generator<number> {
  yield 1;
}
function argumentsOf(..._: unknown[]): IArguments {
  // biome-ignore lint/complexity/noArguments: an arguments object is what is tested
  return arguments;
}

/** What is refused, the path to it, and what the message must say. */
const refused: readonly (readonly [name: string, value: unknown, path: string, says: RegExp])[] = [
  ["a function", { model: { fit: () => 1 } }, "result.model.fit", /the function fit: return data/],
  ["a class", [Model], "result[0]", /the function Model/],
  ["a symbol", { a: [1, Symbol.for("s")] }, "result.a[1]", /a symbol/],
  ["a symbol as key", { a: { [Symbol("s")]: 1 } }, "result.a[Symbol(s)]", /symbol as its key/],
  ["a boxed symbol", [Object(Symbol("s"))], "result[0]", /an instance of Symbol/],
  ["a getter", { a: getter({}, "b") }, "result.a.b", /getter or setter/],
  [
    "a setter",
    Object.defineProperty([1], 0, { set() {}, enumerable: true }),
    "result[0]",
    /setter/,
  ],
  ["a getter in a long array", getter(new Array(99).fill(1), 80), "result[80]", /getter/],
  ["a getter on an array", getter([1], "b"), "result.b", /getter/],
  ["a hidden property", { a: hidden({}, "b c") }, 'result.a["b c"]', /not enumerable/],
  ["a hidden element", hidden([], 2), "result[2]", /not enumerable/],
  ["a hidden element of a long array", hidden(new Array(99).fill(1), 5), "result[5]", /not enumer/],
  [
    "a hidden property beside a hole",
    hidden(Object.assign(new Array(2), [1]), "b"),
    "result.b",
    /not enu/,
  ],
  ["a symbol on a short array", hidden([1], Symbol("s")), "result[Symbol(s)]", /symbol/],
  ["a symbol on a long array", hidden(new Array(99).fill(1), Symbol.iterator), "", /symbol/],
  ["a tag on a long array", getter(new Array(99).fill(1), Symbol.toStringTag), "", /symbol/],
  ["a null prototype", { groups: Object.create(null) }, "result.groups", /without a prototype/],
  ["the groups of a match", /(?<y>a)/.exec("a"), "result.groups", /without a prototype/],
  ["an instance of a class", [[new Model()]], "result[0][0]", /an instance of Model.*plain object/],
  [
    "an instance of an anonymous class",
    [new (class {})()],
    "result[0]",
    /instance of an anonymous class/,
  ],
  ["a prototype of its own", { a: Object.create({ b: 1 }) }, "result.a", /prototype of its own/],
  ["a map by its prototype only", [Object.create(Map.prototype)], "result[0]", /instance of Map/],
  ["a map in disguise", [Object.setPrototypeOf(new Map(), Object.prototype)], "result[0]", /./],
  ["a subclass of Array", { a: new (class List extends Array {})() }, "result.a", /List/],
  ["a subclass of Map", new Map([[1, new (class M extends Map {})()]]), "", /instance of M,/],
  ["a subclass of a typed array", { a: new Wave(2) }, "result.a", /an instance of Wave/],
  ["a subclass of Error", [new (class NotFound extends Error {})("x")], "result[0]", /NotFound/],
  ["an AggregateError", new AggregateError([], "m"), "result", /AggregateError/],
  ["a DOMException", [new DOMException("m", "AbortError")], "result[0]", /DOMException/],
  ["an error with a name", named(new Error("e"), "E"), "result.name", /message, stack and cause/],
  ["an error with a code", Object.assign(new Error("e"), { code: 1 }), "result.code", /error/],
  ["a message that is no text", hidden(new Error("e"), "message", 5), "result.message", /string/],
  ["a visible message", Object.assign(new Error(), { message: "m" }), "result.message", /hidden/],
  ["a visible cause", Object.assign(new Error("e"), { cause: 1 }), "result.cause", /hidden/],
  ["a stack that is no text", hidden(new Error("e"), "stack", []), "result.stack", /stack/],
  ["a getter for the stack", getter(new Error("e"), "stack"), "result.stack", /getter/],
  ["a function as cause", new Error("e", { cause: () => 1 }), "result.cause", /function/],
  ["an error that contains itself", [circularError()], "result[0].cause.error", /contains itself/],
  ["a proxy", { a: new Proxy({}, { get: () => assert.unreachable() }) }, "result.a", /a Proxy/],
  ["a proxy as prototype", [Object.create(new Proxy({}, {}))], "result[0]", /prototype/],
  ["a promise", [Promise.resolve(1)], "result[0]", /instance of Promise/],
  ["a weak map", { a: new WeakMap() }, "result.a", /instance of WeakMap/],
  ["a weak map in disguise", [Object.setPrototypeOf(new WeakMap(), Object.prototype)], "", /V8/],
  ["a generator", { a: generate() }, "result.a", /a generator, .* items in an array/],
  ["an iterator", { a: new Map().entries() }, "result.a", /an iterator, .* items in an array/],
  ["a stream", Readable.from([1]), "result", /a stream \(Readable\), .*: return what it holds/],
  ["a web stream", new ReadableStream(), "result", /a stream \(ReadableStream\)/],
  ["arguments", { a: argumentsOf(1, 2) }, "result.a", /arguments object/],
  ["the namespace of a module", { a: await import("node:path") }, "result.a", /prototype/],
  ["Intl", [new Intl.NumberFormat("en")], "result[0]", /NumberFormat/],
  ["a URL", { url: new URL("a:b") }, "result.url", /instance of URL/],
  ["headers", [new Headers()], "result[0]", /Headers/],
  ["a blob", [new Blob([])], "result[0]", /Blob/],
  ["a key", { key: createSecretKey(Buffer.alloc(8)) }, "result.key", /KeyObject/],
  ["a weak reference", { a: new WeakRef({}) }, "result.a", /WeakRef/],
  [
    "the memory of WebAssembly",
    [runInNewContext("new WebAssembly.Memory({ initial: 1 })")],
    "result[0]",
    /Memory/,
  ],
  ["Math", { a: Math }, "", /property/],
  ["the environment", { a: process.env }, "result.a", /prototype|instance/],
  ["the global object", { a: globalThis }, "", /./],
  ["a property of a map", Object.assign(new Map(), { a: 1 }), "result.a", /of its own on a Map/],
  ["a hidden property of a set", hidden(new Set(), "b"), "result.b", /on a Set/],
  ["a property of a date", Object.assign(new Date(0), { a: 1 }), "result.a", /on a Date/],
  ["a property of a boxed string", Object.assign(Object("ab"), { c: 1 }), "result.c", /String/],
  ["a property of a boxed number", Object.assign(Object(1), { c: 1 }), "result.c", /Number/],
  ["a property of a RegExp", Object.assign(/a/, { c: 1 }), "result.c", /RegExp/],
  ["a RegExp in use", [Object.assign(/a/g, { lastIndex: 2 })], "result[0].lastIndex", /position/],
  [
    "a property of a short typed array",
    [Object.assign(new Int8Array(2), { a: 1 })],
    "result[0]",
    /./,
  ],
  ["a property of a long one", [Object.assign(new Int8Array(999), { a: 1 })], "result[0]", /Int8A/],
  ["a hidden property of a long one", [hidden(new Float64Array(999), "a")], "result[0]", /Float64/],
  ["a symbol on a Buffer", [hidden(Buffer.alloc(999), Symbol("s"))], "result[0]", /on a Buffer/],
  ["a length of its own", [hidden(new Int8Array(999), "byteLength", 1)], "result[0]", /on a Int8/],
  ["a property of a DataView", hidden(new DataView(new ArrayBuffer(1)), "a"), "result.a", /DataV/],
  ["a property of an ArrayBuffer", hidden(new ArrayBuffer(1), "a"), "result.a", /ArrayBuffer/],
  ["a resizable buffer", { a: resizable(ArrayBuffer) }, "result.a", /resizable/],
  ["a growable buffer", { a: resizable(SharedArrayBuffer) }, "result.a", /resizable/],
  ["a detached buffer", { a: detached() }, "result.a", /lost its memory/],
  ["a view of a detached buffer", { a: detachedView() }, "result.a", /lost its memory/],
  ["a function in a map", new Map([["a", () => 1]]), "result.values()[0]", /function/],
  [
    "a symbol as a key of a map",
    new Map([[1, 1] as const, [Symbol("s"), 2] as const] as [unknown, unknown][]),
    "result.keys()[1]",
    /symbol/,
  ],
  ["a function in a set", [new Set([1, () => 1])], "result[0].values()[1]", /function/],
  [
    "a function in a sparse array",
    Object.assign(new Array(1e9), { 5e8: () => 1 }),
    "result[500000000]",
    /function/,
  ],
  ["a function at an odd key", { "a b": { "1x": () => 1 } }, 'result["a b"]["1x"]', /function/],
  [
    "the plain object of another realm with a getter",
    runInNewContext("({ get a() {} })"),
    "result.a",
    /getter/,
  ],
];

for (const [name, value, path, says] of refused) {
  test(`${name} is refused by its path`, () => {
    const error = refusalOf(value);
    if (path !== "") assert.is(error.path, path);
    assert.ok(error.message.startsWith(`${error.path} cannot be stored: `), error.message);
    assert.match(error.message, says);
  });
}

test("a message port is refused", () => {
  const { port1 } = new MessageChannel();
  assert.match(refusalOf({ port1 }).message, /^result\.port1 cannot be stored: an instance of/);
  port1.close();
});

test("a value nested more than 1,000 levels deep is refused, whatever it is made of", () => {
  const nest = (wrap: (inner: unknown) => unknown, levels: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = wrap(value);
    return value;
  };
  const wraps = [
    (inner: unknown) => ({ inner }),
    (inner: unknown) => [inner],
    (inner: unknown) => new Map([[inner, 1]]),
    (inner: unknown) => new Error("e", { cause: inner }),
  ];
  for (const wrap of wraps) {
    for (const levels of [1002, 20_000]) {
      assert.match(refusalOf(nest(wrap, levels)).message, /nested deeper than 1000 levels/);
    }
    assert.ok(encodeClone(nest(wrap, 900)));
  }
});

test("of a long path the middle is left out", () => {
  let value: unknown = () => 1;
  for (let i = 0; i < 50; i++) value = { ["k".repeat(80)]: value };
  const { path = "" } = refusalOf(value);
  assert.ok(path.length < 600, `${path.length} characters`);
  assert.match(path, /^result\.k+….*…/);
});

test("a path begins with the name that was given", () => {
  try {
    encodeClone([() => 1], { root: "args" });
    assert.unreachable();
  } catch (error) {
    assert.ok(isCacheError(error) && error.path === "args[0]");
  }
});

test("no code of a value is run", () => {
  const value = Object.assign([1], { constructor: 1 });
  Object.defineProperty(Array.prototype, "7", {
    get: () => assert.unreachable(),
    configurable: true,
  });
  try {
    encodeClone([value, new Array(100)]);
  } finally {
    delete (Array.prototype as unknown as Record<number, unknown>)[7];
  }
});

test("a frozen object and a view of a resizable buffer are stored", () => {
  const view = new Uint8Array(resizable(ArrayBuffer) as ArrayBuffer);
  assert.is(encodeClone([Object.freeze({ a: 1 }), view]).contents.length, 1);
});

function refusalOf(value: unknown): Error & { path?: string } {
  try {
    encodeClone(value);
  } catch (error) {
    if (isCacheError(error, "ERR_UNSUPPORTED_VALUE")) return error;
    throw error;
  }
  return assert.unreachable("it was stored") as never;
}

test.run();
