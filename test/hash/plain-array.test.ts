import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dtypes } from "../../lib/array/dtype.ts";
import { writeValue } from "../../lib/hash/canonical.ts";
import { byCode } from "../../lib/hash/code/function.ts";
import { hash } from "../../lib/hash/hash.ts";
import { plainArrayDigest } from "../../lib/hash/plain-array.ts";
import { Sink } from "../../lib/hash/sink.ts";
import { Walk } from "../../lib/hash/walk.ts";

const sink = new Sink();

/** The digest by a pass over the value. */
function walked(value: unknown): string {
  return new Walk(writeValue, byCode).run(value, "value").toString("hex");
}

function short(value: object): string | undefined {
  return plainArrayDigest(sink, value);
}

test("a plain typed array has the digest that a pass over it gives", () => {
  const classes = [...dtypes.map(({ array }) => array), Uint8ClampedArray];
  for (const Class of classes) {
    for (const length of [0, 1, 64, 65, 1000]) {
      const array = new Class(length);
      new Uint8Array(array.buffer).forEach((_, i, bytes) => {
        bytes[i] = i % 251;
      });
      for (const view of [array, array.subarray(length >> 1)]) {
        assert.is(short(view), walked(view));
        assert.is(hash(view), walked(view));
      }
    }
  }
  for (const buffer of [Buffer.from("pooled"), Buffer.alloc(0), Buffer.alloc(100)]) {
    assert.is(short(buffer), walked(buffer));
  }
});

test("an array of another realm has the digest of one of this realm", () => {
  const foreign = runInNewContext("new Float64Array([1, 2, 3])");
  assert.is(short(foreign), walked(foreign));
  assert.is(short(foreign), hash(Float64Array.of(1, 2, 3)));
});

test("an array that is more than its elements, or another thing, is left to the pass", () => {
  class Sub extends Float64Array {}
  const others = [2, 100].flatMap((length) => [
    Object.assign(new Float64Array(length), { unit: "m" }),
    Object.assign(new Float64Array(length), { [Symbol.for("unit")]: "m" }),
    Object.defineProperty(new Float64Array(length), Symbol.toStringTag, { value: "Other" }),
    new Sub(length),
    new DataView(new ArrayBuffer(length)),
  ]);
  for (const other of others) {
    assert.is(short(other), undefined);
    assert.is(hash(other), walked(other));
  }
  assert.is(new Set(others.map((other) => hash(other))).size, others.length);
  const disguised = Object.setPrototypeOf(new Float64Array(2), Uint8Array.prototype);
  assert.is(short(disguised), undefined);
  assert.is(short(Object.setPrototypeOf(new Float64Array(2), null)), undefined);
});

test("a detached array is refused like any other", () => {
  const array = new Float64Array(4);
  structuredClone(array, { transfer: [array.buffer] });
  assert.is(short(array), undefined);
  assert.throws(() => hash(array), /detached/);
  assert.is(hash(Float64Array.of(1)), walked(Float64Array.of(1)));
});

test.run();
