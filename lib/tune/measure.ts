/**
 * How small an array becomes and how long that takes, by the same code that stores and loads.
 *
 * @module
 */

import { windows } from "../array/bytes.ts";
import { decompressed } from "../compress/decode.ts";
import { compressed, type Packing } from "../compress/encode.ts";
import type { Recipe } from "../format/frame.ts";
import { digestBytes } from "../hash/xxh3.ts";
import type { Material } from "./material.ts";

/** What was measured of an array: speeds are bytes of the array in a second. */
export interface Measured {
  /** Bytes of the array for each byte of its file. */
  readonly ratio: number;
  /** Compressing, without the disk. */
  readonly storeSpeed: number;
  /** Decompressing, without the disk. */
  readonly loadSpeed: number;
}

/** What takes longer is measured once, without a warm-up. */
const LONG_MS = 500;

/** Measures one way to compress a sample. @throws Error where it does not come back the same. */
export function measureRecipe({ sample }: Material, recipe: Recipe, repeat: number): Measured {
  const { byteLength: bytes } = sample;
  const room = new Uint8Array(bytes + Math.ceil(bytes / 64) + 65_536);
  let packing: Packing | undefined;
  let length = 0;
  const store = median(repeat, () => {
    length = 0;
    const plain = { head: new Uint8Array(), bytes, pieces: () => windows(sample) };
    const pieces = compressed(plain, recipe, (made) => {
      packing = made;
    });
    for (const piece of pieces) {
      room.set(piece, length);
      length += piece.byteLength;
    }
  });
  if (!packing) throw new Error("nothing was compressed");
  const { compression } = packing;
  const memory = new Uint8Array(bytes);
  const load = median(repeat, () => {
    decompressed({
      ...{ offset: 0, bytes, compression },
      read: (position, target) => target.set(room.subarray(position, position + target.byteLength)),
      place: () => memory.buffer,
    });
  });
  if (digestBytes(memory) !== packing.digest) throw new Error("other bytes came back");
  return { ratio: bytes / length, storeSpeed: bytes / store, loadSpeed: bytes / load };
}

/** Measures storing and reading a sample as it is, without the disk. */
export function measurePlain({ sample }: Material, repeat: number): Measured {
  const memory = new Uint8Array(sample.byteLength);
  const load = median(repeat, () => memory.set(sample));
  const store = median(repeat, () => {
    memory.set(sample);
    digestBytes(sample);
  });
  const { byteLength } = sample;
  return { ratio: 1, storeSpeed: byteLength / store, loadSpeed: byteLength / load };
}

/** Seconds of the median run; the first one warms up. */
function median(repeat: number, run: () => void): number {
  const timed = (): number => {
    const start = performance.now();
    run();
    return Math.max(performance.now() - start, 1e-3);
  };
  const first = timed();
  if (first > LONG_MS) return first / 1000;
  const times = Array.from({ length: repeat }, timed).sort((a, b) => a - b);
  return (times[Math.floor(times.length / 2)] ?? first) / 1000;
}
