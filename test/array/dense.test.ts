import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { denseArray, reviveDense } from "../../lib/array/dense.ts";
import { dtypes } from "../../lib/array/dtype.ts";
import { isCacheError } from "../../lib/errors.ts";

const buffer = new ArrayBuffer(32);
const shared = new SharedArrayBuffer(32);

test("every class of typed array is described by its dtype and length", () => {
  for (const { array: Class, descr } of dtypes) {
    for (const memory of [buffer, shared]) {
      const source = new Class(memory, 8, 2);
      const expected = { className: Class.name, descr, shape: [2], order: "C" };
      const { source: found, ...rest } = denseArray(source) ?? {};
      assert.equal(rest, { ...expected, shared: memory === shared });
      assert.is(found, source);
    }
  }
});

test("what is only bytes to other programs is described as bytes, with its class", () => {
  const sources = {
    Buffer: Buffer.from("pooled"),
    Uint8ClampedArray: new Uint8ClampedArray(3),
    DataView: new DataView(buffer, 5, 7),
    ArrayBuffer: buffer,
    SharedArrayBuffer: shared,
  };
  for (const [className, source] of Object.entries(sources)) {
    const dense = denseArray(source);
    assert.is(dense?.className, className);
    assert.is(dense?.descr, "|u1");
    assert.equal(dense?.shape, [source.byteLength]);
    assert.is(dense?.shared, source === shared);
  }
});

test("empty arrays and arrays of another realm are arrays", () => {
  assert.equal(denseArray(new Float64Array(0))?.shape, [0]);
  assert.equal(denseArray(new DataView(new ArrayBuffer(0)))?.shape, [0]);
  assert.is(denseArray(runInNewContext("new Int16Array(2)"))?.className, "Int16Array");
  assert.is(denseArray(runInNewContext("new ArrayBuffer(2)"))?.className, "ArrayBuffer");
});

test("subclasses, disguises, lost memory and other values are no dense arrays", () => {
  const detached = new Float64Array(2);
  const lostView = new DataView(detached.buffer);
  const lostBuffer = detached.buffer;
  structuredClone(lostBuffer, { transfer: [lostBuffer] });
  const shrunk = Reflect.construct(ArrayBuffer, [16, { maxByteLength: 32 }]);
  const outside = new Float64Array(shrunk, 8, 1);
  const outsideView = new DataView(shrunk, 8, 8);
  shrunk.resize(4);
  const others = [
    ...[new (class extends Float64Array {})(2), Object.setPrototypeOf(new DataView(buffer), {})],
    ...[Object.setPrototypeOf(new Int8Array(2), Uint8Array.prototype), shrunk],
    ...[Object.setPrototypeOf(new Int8Array(2), Buffer.prototype)],
    ...[detached, lostView, lostBuffer, outside, outsideView],
    ...[null, undefined, 1, "a", [1], { length: 1 }, Object.create(Int8Array.prototype)],
  ];
  for (const [i, other] of others.entries()) assert.is(denseArray(other), undefined, `number ${i}`);
});

test("an array is made over memory without a copy", () => {
  const names = [
    ...dtypes.map(({ array }) => array.name),
    "Uint8ClampedArray",
    "Buffer",
    "DataView",
  ];
  for (const className of names) {
    for (const memory of [buffer, shared]) {
      const made = reviveDense(className, memory, 8, 16) as NodeJS.ArrayBufferView;
      assert.is(denseArray(made)?.className, className);
      assert.is(made.buffer, memory);
      assert.equal([made.byteOffset, made.byteLength], [8, 16]);
    }
  }
  assert.is(reviveDense("ArrayBuffer", buffer, 0, 32), buffer);
  assert.is(reviveDense("SharedArrayBuffer", shared, 0, 32), shared);
  assert.is((reviveDense("Float64Array", buffer, 32, 0) as Float64Array).length, 0);
});

test("what cannot lie in the memory is damage", () => {
  const refused: [string, ArrayBufferLike, number, number][] = [
    ...([
      ["Int8Array", buffer, 0, 33],
      ["Int8Array", buffer, 33, 0],
    ] as const),
    ...([
      ["Int8Array", buffer, -1, 1],
      ["Int8Array", buffer, 0, -1],
    ] as const),
    ...([
      ["Int8Array", buffer, 0.5, 1],
      ["Int8Array", buffer, 0, Number.NaN],
    ] as const),
    ...([
      ["Float64Array", buffer, 4, 8],
      ["Float64Array", buffer, 0, 12],
    ] as const),
    ...([
      ["ArrayBuffer", buffer, 0, 16],
      ["ArrayBuffer", buffer, 16, 16],
    ] as const),
    ...([
      ["ArrayBuffer", shared, 0, 32],
      ["SharedArrayBuffer", buffer, 0, 32],
    ] as const),
    ...([
      ["Function", buffer, 0, 8],
      ["__proto__", buffer, 0, 8],
      ["", buffer, 0, 8],
    ] as const),
  ].map(([name, memory, offset, length]) => [name, memory, offset, length]);
  for (const [className, memory, offset, length] of refused) {
    assert.throws(
      () => reviveDense(className, memory, offset, length),
      (error: unknown) => isCacheError(error, "ERR_CORRUPT_ENTRY"),
      `${className} ${offset} ${length}`,
    );
  }
});

test.run();
