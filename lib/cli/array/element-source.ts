/**
 * The elements of a stored array, a range at a time: never all of a large one.
 *
 * @module
 */

import { join } from "node:path";
import type { Entries, StoredEntry } from "../../call/entries/entries.ts";
import type { ArrayForm, SidecarRecord } from "../../format/manifest.ts";
import { dtypeOfDescr, swapBytes } from "../../format/npy.ts";
import { readInto, withFile } from "../../store/file.ts";
import type { Complex, Elements } from "./number-format.ts";

/** Access to the elements in the order in which they lie in the file. */
export interface ElementSource {
  /** The name of the element type, such as `float64`. */
  readonly dtype: string;
  /** How many elements there are. */
  readonly length: number;
  /** Whether they are floating-point numbers, real or complex. */
  readonly isFloat: boolean;
  /** Whether they have the precision of a float32 or less. */
  readonly isSingle: boolean;
  /** Some consecutive elements. */
  read(first: number, count: number): Elements;
}

/** What is loaded whole where it cannot be read in ranges. */
export const LARGEST_LOADED: number = 2 ** 28;

/** Why the elements of an array are not shown. */
export class NotShown extends Error {}

/**
 * The elements of an array of an entry, in a `.npy` file or in an Arrow file of one column.
 *
 * @throws NotShown where they could be had only by loading a large array whole; CacheError where they
 * cannot be read.
 */
export async function elementSource(
  entries: Entries,
  { manifest, path }: StoredEntry,
  record: SidecarRecord,
): Promise<ElementSource> {
  const { file, offset, bytes, compressed } = record;
  const form = "arrow" in record ? (record.array as ArrayForm) : record;
  if (!entries.isAsync && compressed === undefined && form === record) {
    return sourceOf(form, (position, length) => {
      const read = new Uint8Array(length);
      withFile(join(path, file), "r", (fd) => readInto(fd, read, offset + position));
      return read;
    });
  }
  if (Math.max(bytes, form.bytes) > LARGEST_LOADED) {
    throw new NotShown("the elements are not shown: the array would have to be loaded whole");
  }
  // The array alone, by the store's own way of loading; as bytes it needs no class of anybody.
  const bare = { ...form, className: "ArrayBuffer", shared: false };
  const plain = "arrow" in record ? { ...record, array: bare } : { ...record, ...bare };
  const alone = { ...manifest, arrays: [plain], inline: [], value: { array: 0 } };
  const loaded = await entries.load(manifest.key, alone, { mmapMode: null, verify: "size" });
  return sourceIn(form, new Uint8Array(loaded as ArrayBuffer));
}

/** The elements of an array whose bytes are in memory. */
export function sourceIn(form: ArrayForm, bytes: Uint8Array): ElementSource {
  return sourceOf(form, (start, length) => bytes.slice(start, start + length));
}

/** @param read returns a copy of some of the bytes. */
function sourceOf(
  { descr, bytes }: ArrayForm,
  read: (start: number, length: number) => Uint8Array,
): ElementSource {
  const { dtype, swap } = dtypeOfDescr(descr);
  const { name, itemSize, array: Class } = dtype;
  return {
    ...{ dtype: name, length: bytes / itemSize },
    isFloat: /^(float|complex)/.test(name),
    isSingle: ["float16", "float32", "complex64"].includes(name),
    read(first, count) {
      const copy = read(first * itemSize, count * itemSize);
      const held = new Class(copy.buffer, 0, (count * itemSize) / Class.BYTES_PER_ELEMENT);
      if (swap) swapBytes(held);
      return elementsOf(name, held as never);
    },
  };
}

function elementsOf(dtype: string, held: readonly number[] & ArrayLike<number>): Elements {
  if (dtype === "bool") return Array.from(held, (value) => value !== 0);
  if (!dtype.startsWith("complex")) return Array.from(held);
  const numbers: Complex[] = [];
  for (let i = 0; i < held.length; i += 2) numbers.push([held[i] as number, held[i + 1] as number]);
  return numbers;
}

/** Where an element lies in the file. */
export function positionOf(index: readonly number[], { shape, order }: ArrayForm): number {
  let position = 0;
  if (order === "C") {
    for (const [axis, i] of index.entries()) position = position * (shape[axis] as number) + i;
  } else {
    for (const axis of index.keys()) {
      const at = index.length - 1 - axis;
      position = position * (shape[at] as number) + (index[at] as number);
    }
  }
  return position;
}
