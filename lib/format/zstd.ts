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

/** Four bytes of a frame, a block of one repeated byte, can stand for 128 KiB. */
const MOST_CONTENT_PER_BYTE = 2 ** 15;

/** Above this level a context holds too much memory, up to 700 MB, to be kept for the next call. */
const HIGHEST_KEPT_LEVEL = 9;

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const CHECKSUM_FLAG = 0x04;

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
  const { CCtx, CParameter, compressBound, maxCLevel, minCLevel } = load();
  if (!Number.isInteger(level) || level < minCLevel() || level > maxCLevel()) {
    const accepted = `an integer from ${minCLevel()} to ${maxCLevel()}`;
    throw wrongValue("the compression level", accepted, level);
  }
  if (bytes.byteLength > LARGEST_CONTENT) {
    throw new CacheError(
      "ERR_UNSUPPORTED_VALUE",
      `${bytes.byteLength} bytes besides arrays are more than the 2 GiB that are compressed at once`,
    );
  }

  const context = compressor ?? new CCtx();
  // Put back only if it succeeds: after an error a context is in no known state.
  compressor = undefined;
  context.setParameter(CParameter.compressionLevel, level);
  context.setParameter(CParameter.contentSizeFlag, 1);
  context.setParameter(CParameter.checksumFlag, 1);
  const room = Buffer.allocUnsafeSlow(compressBound(bytes.byteLength));
  const frame = room.subarray(0, context.compress2(room, bytes));
  if (level <= HIGHEST_KEPT_LEVEL) compressor = context;
  return frame.byteLength * 2 < room.byteLength ? Buffer.from(frame) : frame;
}

/**
 * Decompresses a frame of {@link compress} whose content is known to be `rawBytes` long.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` for anything that is not exactly one such frame. Nothing is
 * allocated before the frame's own size agrees, and was found possible for its length.
 */
export function decompress(frame: Uint8Array, rawBytes: number): Uint8Array {
  const { DCtx, findFrameCompressedSize, getFrameContentSize } = load();
  if (!MAGIC.equals(frame.subarray(0, 4))) throw corrupt("it does not begin like one");
  // A flip of this bit would also move the end of the frame.
  if (((frame[4] ?? 0) & CHECKSUM_FLAG) === 0) throw corrupt("it has no checksum");

  try {
    const promised = getFrameContentSize(frame);
    if (promised === null) throw corrupt("it does not say how long its content is");
    if (promised !== rawBytes) throw corrupt(`${promised} bytes, expected ${rawBytes}`);
    if (rawBytes > Math.min(LARGEST_CONTENT, frame.byteLength * MOST_CONTENT_PER_BYTE)) {
      throw corrupt(`${frame.byteLength} bytes cannot stand for ${rawBytes}`);
    }
    const end = findFrameCompressedSize(frame);
    if (end !== frame.byteLength) throw corrupt(`${frame.byteLength - end} bytes follow its end`);

    const context = decompressor ?? new DCtx();
    // Put back only if it succeeds: after an error a context can be in the middle of a frame.
    decompressor = undefined;
    const content = Buffer.allocUnsafeSlow(rawBytes);
    const length = context.decompress(content, frame);
    decompressor = context;
    if (length !== rawBytes) throw corrupt(`${length} bytes, expected ${rawBytes}`);
    return content;
  } catch (error) {
    throw error instanceof CacheError ? error : corrupt(String(error), error);
  }
}

function load(): Zstd {
  zstd ??= createRequire(import.meta.url)("zstd-napi/binding.js") as Zstd;
  return zstd;
}

function corrupt(what: string, cause?: unknown): CacheError {
  const message = `the zstd frame is damaged: ${what}`;
  return new CacheError("ERR_CORRUPT_ENTRY", message, cause === undefined ? {} : { cause });
}
