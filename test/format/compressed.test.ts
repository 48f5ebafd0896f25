import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { filterSize, framesOf, tablePlace } from "../../lib/format/compressed.ts";
import type { Compression } from "../../lib/format/record.ts";
import { decodeSeekTable, encodeSeekTable, seekTableBytes } from "../../lib/format/seek-table.ts";

const compression: Compression = {
  ...{ bytes: 0, filter: "shuffle", itemSize: 8, level: 3, frame: 2 ** 21 },
};

test("the list of frames is that of the seekable format", () => {
  const table = encodeSeekTable([
    { bytes: 20, rawBytes: 128 },
    { bytes: 300, rawBytes: 1000 },
  ]);
  const hex = Buffer.from(table).toString("hex");
  const frames = "1400000080000000" + "2c010000e8030000";
  assert.is(hex, `5e2a4d18${"19000000"}${frames}02000000${"00"}b1ea928f`);
  assert.is(table.byteLength, seekTableBytes(2));
  assert.equal(decodeSeekTable(table, [128, 1000]), [20, 300]);
});

test("a list with any bit flipped, except in a frame's size, is damage", () => {
  const table = encodeSeekTable([{ bytes: 20, rawBytes: 128 }]);
  for (let bit = 0; bit < 8 * table.byteLength; bit++) {
    const byte = bit >> 3;
    if (byte >= 8 && byte < 12) continue;
    const flipped = table.slice();
    flipped[byte] = (flipped[byte] as number) ^ (1 << (bit & 7));
    corrupt(() => decodeSeekTable(flipped, [128]));
  }
});

test("frames that do not add up to the file are damage", () => {
  const table = encodeSeekTable([
    { bytes: 30, rawBytes: 128 },
    { bytes: 500, rawBytes: 1000 },
  ]);
  const content = { offset: 128, bytes: 1000 };
  const whole = { ...compression, bytes: 530 + table.byteLength };
  assert.equal(framesOf(content, whole, table), [
    { position: 0, bytes: 30, rawBytes: 128 },
    { position: 30, bytes: 500, rawBytes: 1000 },
  ]);
  corrupt(() => framesOf(content, { ...whole, bytes: whole.bytes + 1 }, table));
  corrupt(() => framesOf({ ...content, bytes: 999 }, whole, table));
});

test("a promise that a file of this size cannot keep is damage before anything is allocated", () => {
  const before = process.memoryUsage();
  const sizes = [2 ** 40, 2 ** 52, Number.MAX_SAFE_INTEGER];
  for (const bytes of sizes) {
    const file = { ...compression, bytes: 5000 };
    corrupt(() => tablePlace({ offset: 128, bytes }, file));
    corrupt(() => tablePlace({ offset: 128, bytes }, { ...file, bytes: 2 ** 53 - 1, frame: 1 }));
  }
  corrupt(() => tablePlace({ offset: 0, bytes: 10 }, { ...compression, bytes: 10 }));
  corrupt(() => tablePlace({ offset: 0, bytes: 10 }, { ...compression, bytes: 100, itemSize: 0 }));
  corrupt(() =>
    tablePlace({ offset: 0, bytes: 10 }, { ...compression, bytes: 100, frame: 2 ** 40 }),
  );
  const after = process.memoryUsage();
  assert.ok(
    after.heapTotal + after.arrayBuffers - before.heapTotal - before.arrayBuffers < 2 ** 25,
  );
});

test("a filter takes a complex number for its two parts", () => {
  const sizes = ["|u1", "<i2", "<f4", "<f8", "<c8", "<c16"].map(filterSize);
  assert.equal(sizes, [1, 2, 4, 8, 4, 8]);
});

function corrupt(run: () => unknown): void {
  assert.throws(run, (error: unknown) => isCacheError(error, "ERR_CORRUPT_ENTRY"));
}

test.run();
