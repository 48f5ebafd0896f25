import { test } from "uvu";
import * as assert from "uvu/assert";
import { dtypes } from "../../lib/array/dtype.ts";
import { hash } from "../../lib/hash/hash.ts";

const LENGTHS = [0, 1, 3, 64, 65, 1000, 600_000];

for (const { name, array: Class, itemSize } of dtypes) {
  test(`a ${name} array has one digest, whatever buffer it views`, () => {
    for (const length of LENGTHS) {
      const plain = new Class(length);
      const bytes = new Uint8Array(plain.buffer).fill(1, 0, itemSize);
      const offset = new Class(new ArrayBuffer(plain.byteLength + 32), 16, length);
      const shared = new Class(new SharedArrayBuffer(plain.byteLength + 16), 8, length);
      new Uint8Array(offset.buffer, 16, bytes.length).set(bytes);
      new Uint8Array(shared.buffer, 8, bytes.length).set(bytes);
      assert.is(hash(offset), hash(plain));
      assert.is(hash(shared), hash(plain));
      assert.is(hash(plain.slice()), hash(plain));
    }
  });

  test(`a ${name} array has another digest when any byte or its length changes`, () => {
    for (const length of LENGTHS.slice(1)) {
      const array = new Class(length);
      const bytes = new Uint8Array(array.buffer);
      const seen = new Set([hash(array), hash(new Class(length - 1)), hash(new Class(length + 1))]);
      const places = new Set([0, Math.floor(bytes.length / 2), bytes.length - 1]);
      for (const place of places) {
        bytes[place] = 1;
        seen.add(hash(array));
        bytes[place] = 0;
      }
      assert.is(seen.size, 3 + places.size);
    }
  });
}

test("empty arrays of different classes differ", () => {
  const digests = dtypes.map(({ array: Class }) => hash(new Class(0)));
  digests.push(hash(Buffer.alloc(0)), hash(new Uint8ClampedArray(0)), hash(new ArrayBuffer(0)));
  assert.is(new Set(digests).size, digests.length);
});

test("a pooled Buffer equals one with memory of its own, and differs from its Uint8Array", () => {
  const pooled = Buffer.from("some text");
  const own = Buffer.allocUnsafeSlow(pooled.length);
  own.set(pooled);
  assert.ok(pooled.buffer.byteLength > pooled.length);
  assert.is(hash(pooled), hash(own));
  assert.is.not(hash(pooled), hash(new Uint8Array(own)));
});

test("a resizable buffer counts by its present bytes", () => {
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize(length: number): void };
  const buffer = new Resizable(8, { maxByteLength: 64 });
  const tracking = new Uint8Array(buffer);
  assert.is(hash(buffer), hash(new ArrayBuffer(8)));
  buffer.resize(16);
  assert.is(hash(buffer), hash(new ArrayBuffer(16)));
  assert.is(hash(tracking), hash(new Uint8Array(16)));
});

test("properties that shadow what the engine knows do not hide bytes", () => {
  const one = Object.defineProperty(new Float64Array(1000), "byteLength", { value: 0 });
  const two = Object.defineProperty(new Float64Array(1000).fill(1), "byteLength", { value: 0 });
  assert.is.not(hash(one), hash(two));

  class Matrix extends Float64Array {
    override get length(): number {
      return 0;
    }
    override get byteLength(): number {
      return 0;
    }
  }
  assert.is.not(hash(new Matrix([1])), hash(new Matrix([2])));
});

test("a subarray that shares the buffer of another is not taken for it", () => {
  const numbers = Float64Array.from({ length: 2000 }, (_, i) => i);
  const halves = [numbers.subarray(0, 1000), numbers.subarray(1000)];
  assert.is.not(hash(halves[0]), hash(halves[1]));
  assert.is.not(hash([halves[0], halves[0]]), hash(halves));
  assert.is(hash([numbers, numbers]), hash([numbers, numbers.slice()]));
});

test.run();
