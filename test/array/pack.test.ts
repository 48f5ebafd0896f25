/**
 * Views whose neighbours lie far apart in memory are packed like any other.
 *
 * @module
 */

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packed } from "../../lib/array/pack.ts";
import { eachPlace, type Layout } from "../../lib/array/strides.ts";

const ITEM_SIZES = [1, 2, 4, 8, 16] as const;

/** Layouts of 2 to 4 axes in any order of memory, with gaps, backwards or repeated. */
const layouts: fc.Arbitrary<{ readonly layout: Layout; readonly length: number }> = fc
  .record({
    extents: fc.shuffledSubarray([3, 40, 70, 130], { minLength: 2 }),
    gaps: fc.array(fc.nat(2), { minLength: 4, maxLength: 4 }),
    flips: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    repeated: fc.option(fc.nat(3), { freq: 3 }),
    long: fc.integer({ min: 900, max: 1300 }),
    order: fc.constantFrom("C", "F" as const),
    from: fc.nat(3),
    keys: fc.array(fc.double({ noNaN: true }), { minLength: 5, maxLength: 5 }),
  })
  .map(({ extents, gaps, flips, repeated, long, order, from, keys }) => {
    const shape = [...extents.slice(0, 2), long].slice(-3);
    const axes = [...shape.keys()].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
    const strides = shape.map(() => 0);
    let [step, offset, last] = [1, from, from];
    for (const axis of axes) {
      if (axis === repeated) continue;
      const stride = step + (gaps[axis] ?? 0);
      const reach = stride * ((shape[axis] ?? 1) - 1);
      strides[axis] = flips[axis] ? -stride : stride;
      if (flips[axis]) offset += reach;
      last += reach;
      step = stride * (shape[axis] ?? 1);
    }
    return { layout: { shape, strides, offset, order }, length: last + 1 };
  })
  .filter(({ length }) => length < 2 ** 22);

function check({ layout, length }: { layout: Layout; length: number }, itemSize: number): void {
  const buffer = new ArrayBuffer(length * itemSize + 16);
  const words = new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 2_654_435_761);
  const all = new Uint8Array(buffer, 16);
  const source = packed({ buffer, byteOffset: 16, itemSize }, layout);
  const found = Buffer.concat([...source.pieces()]);
  assert.is(found.byteLength, source.byteLength);
  const expected = Buffer.alloc(source.byteLength);
  let at = 0;
  eachPlace(layout, (place) => {
    for (let i = 0; i < itemSize; i++) expected[at++] = all[place * itemSize + i] ?? 0;
  });
  assert.ok(found.equals(expected));
}

test("layouts of many elements are packed in order", () => {
  const property = fc.property(layouts, fc.constantFrom(...ITEM_SIZES), check);
  fc.assert(property, { numRuns: 20 });
});

for (const itemSize of ITEM_SIZES) {
  test(`transposed matrices with elements of ${itemSize} bytes are packed, in windows of 1 MiB`, () => {
    for (const [rows, columns] of [
      [1024, 1024],
      [1031, 517],
      [9, 70_000],
      [70_000, 9],
    ] as const) {
      const shape = [columns, rows];
      for (const strides of [
        [1, columns],
        [-1, columns],
        [0, columns],
      ]) {
        const offset = strides[0] === -1 ? columns - 1 : 0;
        check({ layout: { shape, strides, offset, order: "C" }, length: rows * columns }, itemSize);
      }
    }
    const buffer = new ArrayBuffer(2048 * 2048 * itemSize);
    const layout = { shape: [2048, 2048], strides: [1, 2048], offset: 0, order: "C" } as const;
    for (const piece of packed({ buffer, byteOffset: 0, itemSize }, layout).pieces()) {
      assert.ok(piece.byteLength <= 2 ** 20);
      assert.is(piece.byteLength, piece.buffer.byteLength);
    }
  });
}

test.run();
