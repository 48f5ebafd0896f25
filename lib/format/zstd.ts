/**
 * Zstandard frames, each with its content's size and checksum.
 *
 * The binding allocates whatever a frame promises and, without a checksum, decodes flipped bits to
 * wrong bytes, so a frame is looked at before it is decoded. Format: RFC 8878.
 *
 * @module
 */

import { createRequire } from "node:module";
import { CacheError, wrongValue } from "../errors.ts";

type Zstd = typeof import("zstd-napi/binding.js");

/** What compress accepts, and decompress believes. */
const LARGEST_CONTENT = 2 ** 31;

/** By how much the content may be larger than its frame before it is looked at; a power of 2. */
const MOST_PROMISED = 2 ** 26;
const ROOM_BYTES = 2 ** 17;

/** Four bytes of a frame, a block of one repeated byte, can stand for 128 KiB. */
const MOST_CONTENT_PER_BYTE = 2 ** 15;

/** Above this level a context of much content holds too much memory, up to 700 MB, to be kept. */
const HIGHEST_KEPT_LEVEL = 9;
const LARGEST_KEPT_CONTENT = 2 ** 22;

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const CHECKSUM_FLAG = 0x04;
// RFC 8878, 3.1.1.1.1: one bit means nothing, one must be zero. Frames of ours have neither.
const SPARE_FLAGS = 0x18;

let zstd: Zstd | undefined;
let compressor: InstanceType<Zstd["CCtx"]> | undefined;
let decompressor: InstanceType<Zstd["DCtx"]> | undefined;

/**
 * Compresses bytes to one frame.
 *
 * Levels are those of zstd: 1 to 22, negative ones are faster, 0 is its default. Takes as much
 * memory again as the bytes.
 *
 * @throws RangeError for a level that zstd does not have.
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` for more than 2 GiB.
 */
export function compress(bytes: Uint8Array, level: number = 3): Uint8Array {
  if (bytes.byteLength > LARGEST_CONTENT) {
    throw new CacheError(
      "ERR_UNSUPPORTED_VALUE",
      `${bytes.byteLength} bytes besides arrays are more than the 2 GiB that are compressed at once`,
    );
  }
  checkLevel("the compression level", level);
  const room = Buffer.allocUnsafeSlow(frameBound(bytes.byteLength));
  const frame = room.subarray(0, compressInto(room, bytes, level));
  return frame.byteLength * 2 < room.byteLength ? Buffer.from(frame) : frame;
}

/**
 * Compresses bytes to one frame in memory that is there, and tells how long it is.
 *
 * @param room as many bytes as {@link frameBound} says.
 */
export function compressInto(room: Uint8Array, bytes: Uint8Array, level: number): number {
  const { CCtx, CParameter } = load();
  const context = compressor ?? new CCtx();
  // Put back only if it succeeds: after an error a context is in no known state.
  compressor = undefined;
  context.setParameter(CParameter.compressionLevel, level);
  context.setParameter(CParameter.contentSizeFlag, 1);
  context.setParameter(CParameter.checksumFlag, 1);
  const length = context.compress2(room, bytes);
  const isSmall = level <= HIGHEST_KEPT_LEVEL || bytes.byteLength <= LARGEST_KEPT_CONTENT;
  if (isSmall) compressor = context;
  return length;
}

/** The most bytes that a frame of so many can have. */
export function frameBound(byteLength: number): number {
  return load().compressBound(byteLength);
}

/** @throws RangeError for a level that zstd does not have. */
export function checkLevel(name: string, level: number): void {
  const { maxCLevel, minCLevel } = load();
  if (Number.isInteger(level) && level >= minCLevel() && level <= maxCLevel()) return;
  throw wrongValue(name, `an integer from ${minCLevel()} to ${maxCLevel()}`, level);
}

/**
 * Decompresses a frame of {@link compress} whose content is known to be `rawBytes` long.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` for anything that is not exactly one such frame. Nothing is
 * allocated before the frame's own size agrees, and was found possible for its length.
 */
export function decompress(frame: Uint8Array, rawBytes: number): Uint8Array {
  checkFrame(frame, rawBytes);
  checkContent(frame, rawBytes);
  const content = Buffer.allocUnsafeSlow(rawBytes);
  decode(content, frame);
  return content;
}

/**
 * Decompresses a frame into memory that is there and has just the size of the content.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` as {@link decompress}; the memory may be written to then.
 */
export function decompressInto(content: Uint8Array, frame: Uint8Array): void {
  checkFrame(frame, content.byteLength);
  decode(content, frame);
}

/**
 * Decompresses a frame that another program made, which may have no checksum and may not say how long
 * its content is.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` as far as it shows.
 */
export function decompressForeign(frame: Uint8Array, rawBytes: number): Uint8Array {
  const isSize = Number.isSafeInteger(rawBytes) && rawBytes >= 0 && rawBytes <= LARGEST_CONTENT;
  if (!MAGIC.equals(frame.subarray(0, 4))) throw corrupt("it does not begin like one");
  if (!isSize || !isPossible(frame.byteLength, rawBytes)) {
    throw corrupt(`${frame.byteLength} bytes cannot stand for ${rawBytes}`);
  }
  checkContent(frame, rawBytes);
  const content = Buffer.allocUnsafeSlow(rawBytes);
  decode(content, frame);
  return content;
}

/** Whether so many bytes of frames can stand for as much content. */
export function isPossible(frameBytes: number, rawBytes: number): boolean {
  return rawBytes <= frameBytes * MOST_CONTENT_PER_BYTE;
}

function checkFrame(frame: Uint8Array, rawBytes: number): void {
  const { findFrameCompressedSize, getFrameContentSize } = load();
  const flags = frame[4] ?? 0;
  if (!MAGIC.equals(frame.subarray(0, 4))) throw corrupt("it does not begin like one");
  // A flip of this bit would also move the end of the frame.
  if ((flags & CHECKSUM_FLAG) === 0) throw corrupt("it has no checksum");
  if ((flags & SPARE_FLAGS) !== 0) throw corrupt("it sets flags that frames do not have");

  try {
    const promised = getFrameContentSize(frame);
    if (promised === null) throw corrupt("it does not say how long its content is");
    if (promised !== rawBytes) throw corrupt(`${promised} bytes, expected ${rawBytes}`);
    if (rawBytes > LARGEST_CONTENT || !isPossible(frame.byteLength, rawBytes)) {
      throw corrupt(`${frame.byteLength} bytes cannot stand for ${rawBytes}`);
    }
    const end = findFrameCompressedSize(frame);
    if (end !== frame.byteLength) throw corrupt(`${frame.byteLength - end} bytes follow its end`);
  } catch (error) {
    throw error instanceof CacheError ? error : corrupt(String(error), error);
  }
}

/**
 * Decompresses a frame that stands for far more than it is, once without keeping anything, so that no
 * memory is asked for that a promise alone has made plausible.
 */
function checkContent(frame: Uint8Array, rawBytes: number): void {
  if (rawBytes <= frame.byteLength + MOST_PROMISED) return;
  const { DCtx, DParameter } = load();
  const context = new DCtx();
  const room = Buffer.allocUnsafeSlow(ROOM_BYTES);
  let length = 0;
  try {
    context.setParameter(DParameter.windowLogMax, Math.log2(MOST_PROMISED));
    for (let done = 0, isOpen = true; isOpen; ) {
      const [toFlush, written, read] = context.decompressStream(room, frame.subarray(done));
      done += read;
      length += written;
      if (toFlush > 0 && written + read === 0) throw corrupt("it is cut off");
      isOpen = toFlush > 0 && length <= rawBytes;
    }
  } catch (error) {
    throw error instanceof CacheError ? error : corrupt(String(error), error);
  }
  if (length !== rawBytes) throw corrupt(`${length} bytes or more, expected ${rawBytes}`);
}

function decode(content: Uint8Array, frame: Uint8Array): void {
  const { DCtx } = load();
  const context = decompressor ?? new DCtx();
  // Put back only if it succeeds: after an error a context can be in the middle of a frame.
  decompressor = undefined;
  let length: number;
  try {
    length = context.decompress(content, frame);
  } catch (error) {
    throw corrupt(String(error), error);
  }
  if (length !== content.byteLength) {
    throw corrupt(`${length} bytes, expected ${content.byteLength}`);
  }
  decompressor = context;
}

function load(): Zstd {
  zstd ??= createRequire(import.meta.url)("zstd-napi/binding.js") as Zstd;
  return zstd;
}

function corrupt(what: string, cause?: unknown): CacheError {
  const message = `the zstd frame is damaged: ${what}`;
  return new CacheError("ERR_CORRUPT_ENTRY", message, cause === undefined ? {} : { cause });
}
