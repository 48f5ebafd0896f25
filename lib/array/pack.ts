/**
 * The elements of a view with strides, one after the other: in windows, whatever the size.
 *
 * Bits are copied, never numbers, since a conversion may change those of a NaN.
 *
 * @module
 */

import type { Packed } from "./bytes.ts";
import { axesOf, countOf, type Layout, spanOf, starts } from "./strides.ts";

/** Memory that holds elements. */
export interface ElementMemory {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  /** Bytes of an element: 1, 2, 4, 8 or 16. */
  readonly itemSize: number;
}

type Words = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

const WINDOW_BYTES = 2 ** 20;
const MOST_WORDS = 2 ** 32 - 1;

/**
 * Packs elements in the order of their layout, which must lie inside the memory.
 *
 * Each window is memory of its own, of at most 1 MiB.
 */
export function packed(memory: ElementMemory, layout: Layout): Packed {
  const byteLength = countOf(layout.shape) * memory.itemSize;
  return { byteLength, pieces: () => piecesOf(memory, layout, byteLength) };
}

function* piecesOf(
  memory: ElementMemory,
  layout: Layout,
  byteLength: number,
): Generator<Uint8Array> {
  const span = spanOf(layout);
  if (span === undefined) return;
  const source = wordsOf(memory, span);
  const perItem = memory.itemSize / source.BYTES_PER_ELEMENT;
  const windowWords = WINDOW_BYTES / source.BYTES_PER_ELEMENT;
  let left = byteLength / source.BYTES_PER_ELEMENT;
  let window = wordsLike(source, Math.min(left, windowWords));
  let filled = 0;

  const axes = axesOf(layout);
  const { extent, stride } = axes.pop() ?? { extent: 1, stride: 1 };
  for (const start of starts(axes, layout.offset - span[0])) {
    for (let done = 0; done < extent; ) {
      const count = Math.min(extent - done, (window.length - filled) / perItem);
      const from = (start + done * stride) * perItem;
      copyRun(source, from, stride * perItem, window, filled, count, perItem);
      filled += count * perItem;
      done += count;
      if (filled < window.length) continue;
      yield new Uint8Array(window.buffer);
      left -= filled;
      if (left === 0) return;
      window = wordsLike(source, Math.min(left, windowWords));
      filled = 0;
    }
  }
}

/** Copies a number of elements of some words each, all of which have room. */
function copyRun(
  source: Words,
  from: number,
  step: number,
  target: Words,
  at: number,
  count: number,
  perItem: number,
): void {
  if (step === perItem) {
    const run = source.subarray(from, from + count * perItem);
    (target as Uint8Array).set(run as Uint8Array, at);
    return;
  }
  // Each class by itself, so that the engine makes machine code of the loop.
  if (source instanceof Uint32Array && target instanceof Uint32Array) {
    if (perItem === 2) copyPairs(source, from, step, target, at, count);
    else copyWords(source, from, step, target, at, count, perItem);
  } else if (source instanceof Uint8Array && target instanceof Uint8Array) {
    copyBytes(source, from, step, target, at, count);
  } else {
    copyWords(source as Uint16Array, from, step, target as Uint16Array, at, count, perItem);
  }
}

function copyPairs(
  source: Uint32Array,
  from: number,
  step: number,
  target: Uint32Array,
  at: number,
  count: number,
): void {
  for (let i = 0, place = from, to = at; i < count; i++, place += step, to += 2) {
    target[to] = source[place] as number;
    target[to + 1] = source[place + 1] as number;
  }
}

function copyBytes(
  source: Uint8Array,
  from: number,
  step: number,
  target: Uint8Array,
  at: number,
  count: number,
): void {
  for (let i = 0, place = from; i < count; i++, place += step) {
    target[at + i] = source[place] as number;
  }
}

function copyWords(
  source: Uint16Array | Uint32Array,
  from: number,
  step: number,
  target: Uint16Array | Uint32Array,
  at: number,
  count: number,
  perItem: number,
): void {
  for (let i = 0, place = from, to = at; i < count; i++, place += step, to += perItem) {
    for (let word = 0; word < perItem; word++) target[to + word] = source[place + word] as number;
  }
}

/** The memory between the first and the last element, as unsigned numbers. */
function wordsOf(
  { buffer, byteOffset, itemSize }: ElementMemory,
  [first, last]: readonly [number, number],
): Words {
  const start = byteOffset + first * itemSize;
  const byteLength = (last - first + 1) * itemSize;
  if (itemSize === 1) return new Uint8Array(buffer, start, byteLength);
  if (itemSize === 2) return new Uint16Array(buffer, start, byteLength / 2);
  // Node 20 has no array of more elements.
  return itemSize > 4 && byteLength / 4 > MOST_WORDS
    ? new BigUint64Array(buffer, start, byteLength / 8)
    : new Uint32Array(buffer, start, byteLength / 4);
}

function wordsLike(words: Words, length: number): Words {
  const Class = words.constructor as new (length: number) => Words;
  return new Class(length);
}
