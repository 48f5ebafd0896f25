import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { compress, decompress } from "../../lib/format/zstd.ts";

/** A frame whose header says how long its content is, with blocks that are none. */
function promising(byteLength: number, blocks: number): Buffer {
  const head = Buffer.alloc(14);
  head.writeUInt32LE(0xfd2fb528, 0);
  // A size of 8 bytes, and a checksum; a window of 2 MiB.
  head.writeUInt16LE(0x58c4, 4);
  head.writeBigUInt64LE(BigInt(byteLength), 6);
  const body = Buffer.alloc(4 * blocks, 0x07);
  for (let i = 0; i < blocks; i++) {
    const isLast = i === blocks - 1;
    body.writeUIntLE((1 << 3) | (2 << 1) | (isLast ? 1 : 0), 4 * i, 3);
  }
  return Buffer.concat([head, body, Buffer.alloc(4)]);
}

test("no memory is asked for that only the header of a frame makes plausible", () => {
  const size = 2 ** 30;
  const allocate = Buffer.allocUnsafeSlow;
  let largest = 0;
  Buffer.allocUnsafeSlow = (bytes: number): Buffer<ArrayBuffer> => {
    largest = Math.max(largest, bytes);
    return allocate(bytes);
  };
  try {
    assert.throws(
      () => decompress(promising(size, size / 2 ** 17), size),
      (error: unknown) => isCacheError(error, "ERR_CORRUPT_ENTRY"),
    );
  } finally {
    Buffer.allocUnsafeSlow = allocate;
  }
  assert.ok(largest < 2 ** 26, `${largest} bytes`);
});

test("a frame that stands for far more than its own size comes back", () => {
  const content = Buffer.alloc(2 ** 26 + 2 ** 20, "abc");
  const frame = compress(content);
  assert.ok(frame.byteLength < 2 ** 16);
  assert.ok(content.equals(decompress(frame, content.byteLength)));
});

test.run();
