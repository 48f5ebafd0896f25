import * as fc from "fast-check";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, thrown } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;

/** By the definition, one byte after the other. */
function shuffled(source: Uint8Array, itemSize: number): Uint8Array {
  const result = source.slice();
  const n = Math.floor(source.length / itemSize);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < itemSize; j++) result[j * n + i] = source[i * itemSize + j] as number;
  }
  return result;
}

/** By the definition, one bit after the other. */
function bitshuffled(source: Uint8Array, itemSize: number): Uint8Array {
  const result = source.slice();
  const row = Math.floor(source.length / itemSize / 8);
  result.fill(0, 0, 8 * row * itemSize);
  for (let i = 0; i < 8 * row; i++) {
    for (let bit = 0; bit < 8 * itemSize; bit++) {
      const value = ((source[i * itemSize + (bit >> 3)] as number) >> (bit & 7)) & 1;
      const at = bit * row + (i >> 3);
      result[at] = (result[at] as number) | (value << (i & 7));
    }
  }
  return result;
}

/** The bytes at the offset of a larger buffer. */
function at(byteOffset: number, bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(byteOffset + bytes.length + 64).fill(170);
  view.set(bytes, byteOffset);
  return view.subarray(byteOffset, byteOffset + bytes.length);
}

const itemSizes = [1, 2, 4, 8, 16, 3, 5, 12, 17, 32, 300];
const pairs = [
  ["shuffle", "unshuffle", shuffled],
  ["bitshuffle", "bitunshuffle", bitshuffled],
] as const;

for (const [forth, back, reference] of pairs) {
  const check = (bytes: Uint8Array, itemSize: number, from: number, to: number): void => {
    const source = at(from, bytes);
    const expected = reference(bytes, itemSize);
    for (const simd of [true, false]) {
      const destination = at(to, new Uint8Array(bytes.length));
      addon[forth](source, destination, itemSize, simd);
      sameArray(destination, expected);
      const whole = new Uint8Array(destination.buffer);
      assert.ok(whole.subarray(0, to).every((byte) => byte === 170));
      assert.ok(whole.subarray(to + bytes.length).every((byte) => byte === 170));

      const restored = at(from, new Uint8Array(bytes.length));
      addon[back](destination, restored, itemSize, simd);
      sameArray(new Uint8Array(restored.buffer), new Uint8Array(source.buffer));
    }
  };

  test(`${forth} is what its definition says and ${back} undoes it, with vectors and without`, () => {
    const offset = fc.integer({ min: 0, max: 40 });
    void fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }).chain((length) => {
          return fc.tuple(fc.constant(length), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
        }),
        fc.constantFrom(...itemSizes),
        offset,
        offset,
        ([length, seed], itemSize, from, to) => check(noise(length, seed), itemSize, from, to),
      ),
    );
  });

  test(`${forth} is the same for every length around a block`, () => {
    for (const itemSize of itemSizes) {
      for (const elements of [
        0, 1, 7, 8, 15, 16, 17, 32, 127, 128, 255, 256, 511, 512, 513, 1400,
      ]) {
        for (const more of [0, 1, itemSize - 1]) {
          check(noise(elements * itemSize + more, elements), itemSize, 1, 3);
        }
      }
    }
  });

  test(`${forth} and ${back} take every kind of view`, () => {
    const bytes = counting(1024);
    const expected = reference(bytes, 8);
    const { Float16Array } = globalThis as unknown as { Float16Array?: typeof Uint16Array };
    const kinds = [Uint8ClampedArray, Int16Array, Float64Array, BigInt64Array];
    if (Float16Array !== undefined) kinds.push(Float16Array as never);
    for (const buffer of [new ArrayBuffer(1040), new SharedArrayBuffer(1040)]) {
      const views = kinds.map(
        (Kind) => new Kind(buffer as ArrayBuffer, 8, 1024 / Kind.BYTES_PER_ELEMENT),
      );
      for (const view of [...views, new DataView(buffer, 8, 1024)]) {
        new Uint8Array(buffer).fill(0);
        addon[forth](bytes, view, 8);
        sameArray(new Uint8Array(buffer, 8, 1024).slice(), expected);
        const restored = new Uint8Array(1024);
        addon[back](view, restored, 8);
        sameArray(restored, bytes);
      }
    }
    // Both lie somewhere in one large buffer.
    const [pooled, result] = [Buffer.from(bytes), Buffer.allocUnsafe(1024)];
    addon[forth](pooled, result, 8);
    sameArray(new Uint8Array(result), expected);
  });
}

/** Bytes that look alike nowhere (Marsaglia's xorshift). */
function noise(length: number, seed: number): Uint8Array {
  let state = seed | 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 11;
  });
}

test("a byte shuffle of three shorts has the low bytes first", () => {
  const result = new Uint8Array(7);
  addon.shuffle(Uint8Array.of(1, 2, 3, 4, 5, 6, 7), result, 2);
  assert.equal([...result], [1, 3, 5, 2, 4, 6, 7]);
});

test("a bit shuffle of eight bytes has the lowest bits first", () => {
  const result = new Uint8Array(9);
  addon.bitshuffle(Uint8Array.of(1, 1, 3, 1, 1, 1, 1, 129, 77), result, 1);
  assert.equal([...result], [255, 4, 0, 0, 0, 0, 0, 128, 77]);
});

test("a destination of another length, or over the source, is a RangeError", () => {
  const bytes = counting(64);
  const message = (source: Uint8Array, destination: Uint8Array): string => {
    const error = thrown(() => addon.shuffle(source, destination, 4));
    assert.instance(error, RangeError);
    return error.message;
  };
  assert.is(message(bytes, new Uint8Array(63)), "Expected a destination of 64 bytes, got 63");
  assert.match(message(bytes, bytes), "shares no bytes");
  assert.match(message(bytes.subarray(0, 33), bytes.subarray(31)), "shares no bytes");
  addon.shuffle(bytes.subarray(0, 32), bytes.subarray(32), 4);
  sameArray(bytes.slice(32), shuffled(counting(32), 4));
});

test("wrong arguments are a TypeError or a RangeError that names the argument", () => {
  const [a, b] = [new Uint8Array(8), new Uint8Array(8)];
  const cases: [unknown[], typeof TypeError | typeof RangeError, string][] = [
    [[undefined, b, 2], TypeError, "source"],
    [[new ArrayBuffer(8), b, 2], TypeError, "source"],
    [[a, [1, 2], 2], TypeError, "destination"],
    [[a, b], TypeError, "itemSize"],
    [[a, b, "2"], TypeError, "itemSize"],
    [[a, b, 0], RangeError, "itemSize"],
    [[a, b, 1.5], RangeError, "itemSize"],
    [[a, b, Number.POSITIVE_INFINITY], RangeError, "itemSize"],
  ];
  for (const name of ["shuffle", "unshuffle", "bitshuffle", "bitunshuffle"] as const) {
    for (const [args, type, argument] of cases) {
      const error = thrown(() => (addon[name] as (...args: unknown[]) => unknown)(...args));
      assert.instance(error, type);
      assert.match(error.message, `for ${argument}`);
    }
  }
});

test.run();
