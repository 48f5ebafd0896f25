/**
 * The arrays that are measured, as stretches of their bytes.
 *
 * @module
 */

import { closeSync, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import type { StoredEntry } from "../call/entries/entries.ts";
import { readCompressed } from "../file/compressed-file.ts";
import { filterSize } from "../format/compressed.ts";
import { FRAME_BYTES } from "../format/frame.ts";
import { parseNpyHeader } from "../format/npy.ts";
import type { SidecarRecord } from "../format/record.ts";
import { planValue } from "../format/value.ts";
import { readInto } from "../store/file.ts";

/** An array to be measured. */
export interface Material {
  /** What people call it. */
  readonly name: string;
  /** The NumPy descriptor of its elements, or `arrow`. */
  readonly descr: string;
  /** Bytes of all of it. */
  readonly bytes: number;
  /** What a filter takes for an element. */
  readonly itemSize: number;
  /** Stretches of it, one after the other: whole frames, or all of it. */
  readonly sample: Uint8Array;
}

/** What is smaller is not compressed. */
export const SMALLEST: number = 4096;
const LARGEST_UNPACKED = 2 ** 28;
const LONGEST_HEADER = 2 ** 16 + 12;

/** The arrays in a value, as it would be stored. */
export function materialOfValue(value: unknown, sampleBytes: number): Material[] {
  return planValue(value).sidecars.flatMap(({ record, pieces }, index): Material[] => {
    const { className, descr, shape, bytes } = record;
    if (bytes < SMALLEST) return [];
    const name = `${index}: ${className} ${shape.join(" x ")}`;
    const sample = new Uint8Array(Math.min(bytes, sampleBytes));
    const wanted = [...stretches(bytes, sample.byteLength)];
    let position = 0;
    for (const piece of pieces()) {
      for (const { from, to, length } of wanted)
        copyPart(piece, position, sample, from, to, length);
      position += piece.byteLength;
    }
    return [{ name, descr, bytes, itemSize: filterSize(descr), sample }];
  });
}

/** The array of a `.npy` file of anyone's. */
export function materialOfNpy(path: string, name: string, sampleBytes: number): Material {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    const head = Buffer.alloc(Math.min(size, LONGEST_HEADER));
    readInto(fd, head, 0);
    const { descr, dataOffset } = parseNpyHeader(head, size);
    return ofFile(fd, { name, descr, itemSize: filterSize(descr) }, dataOffset, size, sampleBytes);
  } finally {
    closeSync(fd);
  }
}

/** A file as it is. */
export function materialOfFile(
  path: string,
  name: string,
  descr: string,
  sampleBytes: number,
): Material {
  const fd = openSync(path, "r");
  try {
    return ofFile(fd, { name, descr, itemSize: 1 }, 0, fstatSync(fd).size, sampleBytes);
  } finally {
    closeSync(fd);
  }
}

/** An array of an entry; undefined for one that is too large to be decompressed for this. */
export function materialOfEntry(
  { path, manifest }: StoredEntry,
  record: SidecarRecord,
  sampleBytes: number,
): Material | undefined {
  const { functionId } = manifest.metadata;
  const { className, shape, descr, offset, bytes } = record;
  const name = `${functionId} ${className} ${shape.join(" x ")}`;
  const itemSize = filterSize(descr);
  const file = join(path, record.file);
  if (record.compressed && bytes > LARGEST_UNPACKED) return undefined;
  const fd = openSync(file, "r");
  try {
    const about = { name, descr, itemSize };
    if (!record.compressed) return ofFile(fd, about, offset, offset + bytes, sampleBytes);
    const region = readCompressed(file, record, (at, target) => readInto(fd, target, at));
    const all = new Uint8Array(region.buffer, region.byteOffset, region.byteLength);
    return { ...about, bytes, sample: all.slice(0, sampleBytes) };
  } finally {
    closeSync(fd);
  }
}

function ofFile(
  fd: number,
  about: Pick<Material, "name" | "descr" | "itemSize">,
  begin: number,
  end: number,
  sampleBytes: number,
): Material {
  const bytes = end - begin;
  const sample = new Uint8Array(Math.min(bytes, sampleBytes));
  for (const { from, to, length } of stretches(bytes, sample.byteLength)) {
    readInto(fd, sample.subarray(to, to + length), begin + from);
  }
  return { ...about, bytes, sample };
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** Where the frames of a sample lie in the array: spread over all of it. */
function* stretches(bytes: number, sampleBytes: number): Generator<Stretch> {
  if (sampleBytes === bytes) {
    yield { from: 0, to: 0, length: bytes };
    return;
  }
  const count = Math.max(1, Math.floor(sampleBytes / FRAME_BYTES));
  const length = Math.floor(sampleBytes / count);
  const last = Math.floor((bytes - length) / FRAME_BYTES);
  for (let i = 0; i < count; i++) {
    const frame = count === 1 ? 0 : Math.floor((i * last) / (count - 1));
    yield { from: frame * FRAME_BYTES, to: i * length, length };
  }
}

/** Copies what a piece has of a stretch. */
function copyPart(
  piece: Uint8Array,
  position: number,
  sample: Uint8Array,
  from: number,
  to: number,
  length: number,
): void {
  const begin = Math.max(from, position);
  const end = Math.min(from + length, position + piece.byteLength);
  if (begin >= end) return;
  sample.set(piece.subarray(begin - position, end - position), to + begin - from);
}
