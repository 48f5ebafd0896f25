import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { test } from "uvu";
import { applyFilter, undoFilter } from "../../lib/format/filter.ts";
import { bitshuffle, bitunshuffle, shuffle, unshuffle } from "../../lib/format/shuffle.ts";
import { sameArray } from "../helpers/assert.ts";

const filters = ["shuffle", "bitshuffle"] as const;
const plain = { shuffle, bitshuffle };
const undo = { shuffle: unshuffle, bitshuffle: bitunshuffle };

for (const filter of filters) {
  test(`${filter} of TypeScript and of the addon write the same bytes, and each undoes the other`, () => {
    const property = fc.property(
      fc.uint8Array({ maxLength: 600 }),
      fc.constantFrom(1, 2, 3, 4, 8, 16),
      (bytes, itemSize) => {
        const expected = new Uint8Array(bytes.length);
        plain[filter](bytes, expected, itemSize);
        const found = new Uint8Array(bytes.length);
        applyFilter(filter, bytes, found, itemSize);
        sameArray(found, expected);

        const back = new Uint8Array(bytes.length);
        undo[filter](found, back, itemSize);
        sameArray(back, bytes);
        undoFilter(filter, expected, back.fill(0), itemSize);
        sameArray(back, bytes);
      },
    );
    void fc.assert(property);
  });

  test(`${filter} reorders the bytes as its definition says`, () => {
    const source = new Uint8Array(randomBytes(8 * 16 + 3));
    const found = new Uint8Array(source.length);
    plain[filter](source, found, 2);
    const expected = source.slice();
    if (filter === "shuffle") {
      const n = Math.floor(source.length / 2);
      for (let i = 0; i < n; i++) {
        expected[i] = source[2 * i] as number;
        expected[n + i] = source[2 * i + 1] as number;
      }
    } else {
      const row = 8;
      expected.fill(0, 0, 16 * row);
      for (let i = 0; i < 8 * row; i++) {
        for (let bit = 0; bit < 16; bit++) {
          const value = ((source[2 * i + (bit >> 3)] as number) >> (bit & 7)) & 1;
          expected[bit * row + (i >> 3)] =
            (expected[bit * row + (i >> 3)] as number) | (value << (i & 7));
        }
      }
    }
    sameArray(found, expected);
  });
}

test.run();
