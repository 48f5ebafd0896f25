import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { compress, decompress } from "../../lib/format/zstd.ts";
import { sameArray } from "../helpers/assert.ts";

const zstd = createRequire(import.meta.url)("zstd-napi") as typeof import("zstd-napi");
const text = Buffer.from("structured clone ".repeat(200));

test("bytes come back as they were, at every level", () => {
  for (const level of [-131_072, -5, 0, 1, 3, 19, 22]) {
    for (const bytes of [Buffer.of(), Buffer.of(7), randomBytes(1001), text, Buffer.alloc(3e5)]) {
      const back = decompress(compress(bytes, level), bytes.byteLength);
      sameArray(new Uint8Array(back), new Uint8Array(bytes));
    }
  }
});

test("views at any offset are read, of pooled and of shared memory", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(5000), 11, 4000);
  shared.set(randomBytes(4000));
  for (const bytes of [shared, Buffer.from("pooled"), text.subarray(3, 50)]) {
    const frame = compress(bytes);
    const moved = new Uint8Array(new SharedArrayBuffer(frame.byteLength + 9), 9);
    moved.set(frame);
    for (const given of [frame, moved]) {
      sameArray(new Uint8Array(decompress(given, bytes.byteLength)), new Uint8Array(bytes));
    }
  }
});

test("a higher level compresses better", () => {
  const bytes = Buffer.from(Array.from({ length: 2e4 }, (_, i) => Math.sqrt(i).toFixed(5)).join());
  assert.ok(compress(bytes, 19).byteLength < compress(bytes, -50).byteLength);
  assert.ok(compress(bytes).byteLength === compress(bytes, 3).byteLength);
});

test("a level that zstd does not have is refused", () => {
  for (const level of [23, -131_073, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => compress(text, level),
      (error: unknown) => error instanceof RangeError && /compression level/.test(error.message),
    );
  }
});

test("a flip of any bit is found", () => {
  const frame = compress(text);
  const unnoticed: number[] = [];
  for (let bit = 0; bit < frame.byteLength * 8; bit++) {
    const flipped = Uint8Array.from(frame);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    try {
      assert.ok(text.equals(decompress(flipped, text.byteLength)));
      unnoticed.push(bit);
    } catch (error) {
      if (!isCacheError(error, "ERR_CORRUPT_ENTRY")) throw error;
    }
  }
  assert.equal(unnoticed, []);
});

test("a frame cut off anywhere is damaged", () => {
  const frame = compress(text);
  for (let end = 0; end < frame.byteLength; end++) corrupt(frame.subarray(0, end), text.byteLength);
});

test("bytes after a frame, and a second frame, are damage", () => {
  const frame = compress(text);
  corrupt(Buffer.concat([frame, Buffer.of(0)]), text.byteLength, /1 bytes follow/);
  corrupt(Buffer.concat([frame, frame]), text.byteLength, /follow its end/);
  corrupt(Buffer.concat([frame, compress(Buffer.of())]), text.byteLength, /follow its end/);
  corrupt(Buffer.concat([Buffer.from("5\x2a\x4d\x18\0\0\0\0", "latin1"), frame]), 0, /begin/);
});

test("another size than the one expected is damage", () => {
  const frame = compress(text);
  for (const rawBytes of [0, text.byteLength - 1, text.byteLength + 1, -1, Number.NaN]) {
    corrupt(frame, rawBytes, /expected/);
  }
});

test("a frame without its size or its checksum is refused", () => {
  const frame = zstd.compress(text, { contentSizeFlag: false, checksumFlag: true });
  corrupt(frame, text.byteLength, /how long/);
  corrupt(zstd.compress(text, { checksumFlag: false }), text.byteLength, /no checksum/);
});

test("a small frame that promises much is refused before anything is allocated", () => {
  const frame = Buffer.from(compress(Buffer.alloc(2 ** 17)));
  // Four bytes of size after magic and descriptor, which says so in its two highest bits.
  assert.is((frame[4] ?? 0) >> 6, 2);
  for (const promised of [2 ** 28, 2 ** 31, 2 ** 32 - 1]) {
    frame.writeUInt32LE(promised, 5);
    const before = process.memoryUsage().arrayBuffers;
    corrupt(frame, promised, /cannot stand for/);
    assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 24);
  }
});

test("after a damaged frame whole ones are read as before", () => {
  const frame = compress(text);
  const damaged = Buffer.from(frame);
  damaged[frame.byteLength - 1] = (damaged.at(-1) ?? 0) ^ 1;
  for (let i = 0; i < 3; i++) {
    corrupt(damaged, text.byteLength);
    assert.ok(text.equals(decompress(frame, text.byteLength)));
  }
});

test("the error beneath is kept as the cause", () => {
  const damaged = Buffer.from(compress(text));
  damaged[damaged.byteLength - 1] = (damaged.at(-1) ?? 0) ^ 1;
  try {
    decompress(damaged, text.byteLength);
    assert.unreachable();
  } catch (error) {
    assert.ok(isCacheError(error) && error.cause instanceof Error);
  }
});

test("any bytes either come back or are damage", () => {
  const property = fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(2100), (bytes, cut) => {
    const frame = compress(bytes);
    if (cut < frame.byteLength) corrupt(frame.subarray(0, cut), bytes.byteLength);
    corrupt(bytes, 100);
    sameArray(new Uint8Array(decompress(frame, bytes.byteLength)), bytes);
  });
  void fc.assert(property, { numRuns: 300 });
});

function corrupt(
  frame: Uint8Array,
  rawBytes: number,
  says: RegExp = /zstd frame is damaged/,
): void {
  assert.throws(
    () => decompress(frame, rawBytes),
    (error: unknown) => isCacheError(error, "ERR_CORRUPT_ENTRY") && says.test(error.message),
  );
}

test.run();
