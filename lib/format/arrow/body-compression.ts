/**
 * Buffers as Arrow compresses them: each for itself, behind the number of its bytes.
 *
 * ```text
 * int64   bytes of the content, -1: the content follows as it is
 * frame   of zstd, or of LZ4
 * ```
 *
 * @module
 */

import type { Packed } from "../../array/bytes.ts";
import { CacheError } from "../../errors.ts";
import type { ArrowLibrary } from "../../type/arrow-package.ts";
import { compress, decompressForeign } from "../zstd.ts";
import type { Memory } from "./body-reader.ts";
import { Codec } from "./message.ts";

/** A longer content is not compressed: the frame has to be in memory. */
const LONGEST_CONTENT = 2 ** 31;
const PREFIX_BYTES = 8;

/**
 * Compresses buffers with zstd, one at a time. Nothing is kept of them but their lengths, so that they
 * are compressed again when they are written: the same bytes, as the same level gives the same frame.
 */
export function compressedBuffers(buffers: readonly Packed[], level: number): Packed[] {
  return buffers.map((buffer) => {
    const { byteLength } = buffer;
    if (byteLength === 0) return buffer;
    if (byteLength > LONGEST_CONTENT) return asItIs(buffer);
    const length = frameOf(buffer, level).byteLength;
    if (length >= byteLength) return asItIs(buffer);
    return {
      byteLength: PREFIX_BYTES + length,
      *pieces() {
        yield prefix(byteLength);
        yield frameOf(buffer, level);
      },
    };
  });
}

function asItIs(buffer: Packed): Packed {
  return {
    byteLength: PREFIX_BYTES + buffer.byteLength,
    *pieces() {
      yield prefix(-1);
      yield* buffer.pieces();
    },
  };
}

function frameOf({ byteLength, pieces }: Packed, level: number): Uint8Array {
  const content = new Uint8Array(byteLength);
  let at = 0;
  for (const piece of pieces()) {
    content.set(piece, at);
    at += piece.byteLength;
  }
  return compress(content, level);
}

function prefix(length: number): Uint8Array {
  return new Uint8Array(BigInt64Array.of(BigInt(length)).buffer);
}

/**
 * The content of a compressed buffer.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` for a damaged one, `ERR_UNSUPPORTED_VALUE` for LZ4 where the
 * program has registered no codec for it.
 */
export function decompressBuffer(stored: Memory, codec: number, library?: ArrowLibrary): Memory {
  const { buffer, byteOffset, byteLength } = stored;
  if (byteLength === 0) return stored;
  if (byteLength < PREFIX_BYTES) throw damaged("it has no length");
  const length = Number(new DataView(buffer, byteOffset).getBigInt64(0, true));
  const rest = {
    buffer,
    byteOffset: byteOffset + PREFIX_BYTES,
    byteLength: byteLength - PREFIX_BYTES,
  };
  if (length === -1) return rest;
  const frame = new Uint8Array(rest.buffer, rest.byteOffset, rest.byteLength);
  if (codec === Codec.zstd) return decompressForeign(frame, length);
  const decode = library?.compressionRegistry?.get(codec)?.decode;
  if (decode === undefined) throw noCodec(codec);
  const content = decode(frame);
  if (content.byteLength !== length)
    throw damaged(`${content.byteLength} bytes, expected ${length}`);
  return content;
}

function noCodec(codec: number): CacheError {
  return new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    codec === Codec.lz4
      ? "the Arrow file is compressed with LZ4: register a codec in the compressionRegistry of " +
          "apache-arrow (CompressionType.LZ4_FRAME), or write the file without compression or with zstd"
      : `the Arrow file is compressed with a codec that is not known (number ${codec})`,
  );
}

function damaged(what: string): CacheError {
  return new CacheError("ERR_CORRUPT_ENTRY", `a compressed buffer is damaged: ${what}`);
}
