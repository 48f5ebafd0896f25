/**
 * Arrays that are compressed in tests, and compressed files in memory.
 *
 * @module
 */

import { windows } from "../../lib/array/bytes.ts";
import { decompressed, decompressedLater, type Packed } from "../../lib/compress/decode.ts";
import { compressed, compressedLater, type Packing } from "../../lib/compress/encode.ts";
import type { Recipe } from "../../lib/format/frame.ts";

/** A compressed file in memory. */
export interface PackedFile extends Packing {
  readonly file: Uint8Array;
}

/** What comes before the elements. */
export const HEAD: Uint8Array = Buffer.from("the head of a file".padEnd(64));

/** Bytes that compress to about a half, other ones for each length. */
export function contentOf(byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let state = byteLength + 1;
  for (let i = 0; i < byteLength; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    bytes[i] = i % 2 === 0 ? state >> 16 : i >> 12;
  }
  return bytes;
}

/** Compresses, with the thread blocked or not. */
export async function pack(
  content: Uint8Array,
  recipe: Recipe,
  waits: boolean,
): Promise<PackedFile> {
  let packing: Packing | undefined;
  const finish = (made: Packing): void => {
    packing = made;
  };
  // Pieces of odd sizes: frames are put together from any.
  const pieces = (): Iterable<Uint8Array> => windows(content, 100_003);
  const plain = { head: HEAD, bytes: content.byteLength, pieces };
  const taken: Uint8Array[] = [];
  if (waits) {
    for await (const piece of compressedLater(plain, recipe, finish)) taken.push(piece.slice());
  } else {
    for (const piece of compressed(plain, recipe, finish)) taken.push(piece.slice());
  }
  if (!packing) throw new Error("nothing is known of the file");
  return { ...packing, file: new Uint8Array(Buffer.concat(taken)) };
}

/** Decompresses to fresh memory, with the thread blocked or not. */
export async function unpack(
  { file, compression }: Pick<PackedFile, "file" | "compression">,
  bytes: number,
  waits: boolean,
): Promise<Uint8Array> {
  const memory = new Uint8Array(bytes);
  const packed = (read: Packed["read"]): Packed => ({
    ...{ offset: HEAD.byteLength, bytes, compression, read },
    place(head) {
      if (!Buffer.from(head).equals(HEAD)) throw new Error("it is not the head");
      return memory.buffer;
    },
  });
  const read = (position: number, target: Uint8Array): void =>
    target.set(file.subarray(position, position + target.byteLength));
  if (waits) await decompressedLater(packed(async (at, target) => read(at, target)));
  else decompressed(packed(read));
  return memory;
}
