/**
 * The bundle: one file that holds a value with its arrays, as `dump` writes it.
 *
 * ```
 * 0          8 bytes   magic  89 4e 44 4d 45 4d 4f 01   ("\x89NDMEMO\x01")
 * 8          1 byte    1 once it was opened for writing: the arrays' checksums may no longer hold
 *                      zeros up to the first block
 * 4096·k     blocks    each a whole .npy file, or the zstd frame of the clone
 *            n bytes   manifest, the same text as an entry's; its metadata maps names to positions
 * size - 16  8 bytes   n, unsigned little-endian
 * size - 8   8 bytes   magic
 * ```
 *
 * Blocks begin at multiples of 4096, so that every mapper can map them.
 *
 * @module
 */

import { CacheError } from "../errors.ts";
import { decodeManifest, encodeManifest, type Manifest } from "./manifest.ts";
import { fileBytes } from "./record.ts";
import type { Encoded } from "./value.ts";

const MAGIC = Buffer.from("\x89NDMEMO\x01", "latin1");
const BLOCK_ALIGNMENT = 4096;
const LARGEST_MANIFEST = 2 ** 26;

/** Where the byte lies that tells whether the bundle was opened for writing. */
export const MODIFIED_POSITION = 8;

/** Bytes of the trailer. */
export const TRAILER_LENGTH = 16;

/** Where each block begins, by name. */
export type Positions = Readonly<Record<string, number>>;

/** What a bundle's manifest says. */
export type BundleManifest = Manifest<null, { readonly positions: Positions }>;

/** Whether a file that begins with these bytes is a bundle. */
export function isBundle(head: Uint8Array): boolean {
  return MAGIC.equals(head.subarray(0, MAGIC.byteLength));
}

/** The bytes that a bundle begins with, padded to the first block. */
export function bundleHead(): Uint8Array {
  const head = Buffer.alloc(BLOCK_ALIGNMENT);
  MAGIC.copy(head);
  return head;
}

/** The zeros between a position and the next block. */
export function paddingAfter(position: number): Uint8Array {
  return Buffer.alloc((BLOCK_ALIGNMENT - (position % BLOCK_ALIGNMENT)) % BLOCK_ALIGNMENT);
}

/** The manifest and the trailer of a bundle. */
export function bundleTail(encoded: Encoded, positions: Positions): Uint8Array {
  const text = encodeManifest({ ...encoded, key: null, async: false, metadata: { positions } });
  const trailer = Buffer.alloc(TRAILER_LENGTH);
  trailer.writeBigUInt64LE(BigInt(text.byteLength));
  MAGIC.copy(trailer, 8);
  return Buffer.concat([text, trailer]);
}

/**
 * How long the manifest before this trailer is.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where that cannot be in a file of this size.
 */
export function manifestLength(trailer: Buffer, fileSize: number): number {
  const length = Number(trailer.readBigUInt64LE());
  const fits = length <= LARGEST_MANIFEST && length + TRAILER_LENGTH <= fileSize;
  if (!fits || !MAGIC.equals(trailer.subarray(8))) throw damaged("its end is missing");
  return length;
}

/**
 * The manifest of a bundle, with a position for every block that it names.
 *
 * @param fileSize bytes of the whole file, which all blocks together cannot exceed.
 * @throws CacheError `ERR_CORRUPT_ENTRY`, `ERR_FORMAT_VERSION`
 */
export function decodeBundleManifest(bytes: Buffer, fileSize: number): BundleManifest {
  const manifest = decodeManifest(bytes) as BundleManifest;
  const positions = manifest.metadata?.positions;
  if (manifest.arrays.some(({ digest }) => digest === null)) throw damaged("it lacks a checksum");
  const held = manifest.arrays.reduce((sum, record) => sum + fileBytes(record), 0);
  if (held > fileSize) throw damaged(`its arrays have ${held} bytes, and the file ${fileSize}`);
  const names = manifest.arrays.map(({ file }) => file);
  if ("file" in manifest.value) names.push(manifest.value.file);
  for (const name of names) {
    const position = Object.hasOwn(positions ?? {}, name) ? positions[name] : undefined;
    if (!Number.isSafeInteger(position) || (position as number) < 0) {
      throw damaged(`it says nothing about ${name}`);
    }
  }
  return manifest;
}

function damaged(what: string): CacheError {
  return new CacheError("ERR_CORRUPT_ENTRY", `the bundle is damaged: ${what}`);
}
