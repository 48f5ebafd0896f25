/**
 * Small arrays that have no file of their own: their bytes follow those of the clone.
 *
 * A file costs about as much time as 100 KB of it, and at least a block of the file system. Nothing
 * of this is mapped: whoever wants maps gets files.
 *
 * @module
 */

import { piecesOf } from "../array/bytes.ts";
import type { DenseArray } from "../array/dense.ts";
import { CacheError } from "../errors.ts";
import type { ArrayContent, Content } from "./content.ts";
import type { ArrayForm } from "./record.ts";
import { reviveArray } from "./revive.ts";

/** An array of more bytes has a file. */
const LARGEST = 4096;
/** What all of them may have, since they are compressed and read as one. */
const MOST_BYTES = 2 ** 24;
const MOST_ARRAYS = 2 ** 16;

/** The contents that have files, and those that have none. */
export interface Divided {
  readonly filed: readonly Content[];
  readonly inline: readonly ArrayContent[];
}

/** Divides contents by whether they need a file, with the order kept among each. */
export function divide(contents: Iterable<Content>): Divided {
  const filed: Content[] = [];
  const inline: ArrayContent[] = [];
  let bytes = 0;
  for (const content of contents) {
    const size = "array" in content ? content.array.source.byteLength : Number.POSITIVE_INFINITY;
    const isInline = size < LARGEST && bytes + size <= MOST_BYTES && inline.length < MOST_ARRAYS;
    if (isInline) {
      inline.push(content as ArrayContent);
      bytes += size;
    } else {
      filed.push(content);
    }
  }
  return { filed, inline };
}

/** What a manifest keeps of an array. */
export function formOf({ source, ...form }: DenseArray): ArrayForm {
  return { ...form, bytes: source.byteLength };
}

/** The bytes of a clone, and behind them those of arrays as they are now. */
export function withInline(clone: Uint8Array, inline: readonly ArrayContent[]): Uint8Array {
  if (inline.length === 0) return clone;
  const sources = inline.map(({ array }) => array.source);
  const byteLength = sources.reduce((sum, source) => sum + source.byteLength, clone.byteLength);
  const all = new Uint8Array(byteLength);
  all.set(clone);
  let end = clone.byteLength;
  for (const source of sources) {
    for (const piece of piecesOf(source)) {
      all.set(piece, end);
      end += piece.byteLength;
    }
  }
  return all;
}

/** The clone, and the arrays, each in memory of its own. @throws CacheError `ERR_CORRUPT_ENTRY` */
export function splitInline(
  all: Uint8Array,
  forms: readonly ArrayForm[],
): { readonly clone: Uint8Array; readonly arrays: unknown[] } {
  let at = all.byteLength - forms.reduce((sum, { bytes }) => sum + bytes, 0);
  if (at < 0) throw new CacheError("ERR_CORRUPT_ENTRY", "the arrays behind the clone are cut off");
  const clone = all.subarray(0, at);
  const arrays = forms.map((form) => {
    const { bytes, shared } = form;
    const buffer = shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
    new Uint8Array(buffer).set(all.subarray(at, at + bytes));
    at += bytes;
    return reviveArray(form, buffer, 0, false).value;
  });
  return { clone, arrays };
}
