/**
 * Digests of Arrow columns that were computed before, over maps that nobody has written to since.
 *
 * A column is known by its type and by where in the map everything of it lies, so that any table over
 * the same map has its digest, and one that differs in anything has not.
 *
 * @module
 */

import type { ArrowData, ArrowType } from "../../array/arrow.ts";
import { type SchemaSink, writeArrowType } from "./schema.ts";

/** What is remembered of a map. */
interface KnownColumns {
  readonly digests: Map<string, Buffer>;
  isCurrent(): boolean;
}

const known = new WeakMap<ArrayBufferLike, KnownColumns>();
/** Slices have digests of their own, and there may be any number of them. */
const MOST_DIGESTS = 4096;
/** Columns of many small pieces are hashed as quickly as they are described. */
const FEWEST_BYTES_PER_PIECE = 4096;

/**
 * Lets the digests of columns in a map be remembered. Keeps nothing alive.
 *
 * @param isCurrent whether no byte of the map has changed. Asked for each column, so it must be quick.
 */
export function rememberColumns(buffer: ArrayBufferLike, isCurrent: () => boolean): void {
  if (!known.has(buffer)) known.set(buffer, { digests: new Map(), isCurrent });
}

/** The digest of a column: the one that is known, or else the one that `compute` finds. */
export function knownColumn(
  type: ArrowType,
  pieces: readonly ArrowData[],
  compute: () => Buffer,
): Buffer {
  const first = pieces.map(memoryOf).find((buffer) => buffer !== undefined);
  const columns = first && known.get(first);
  if (first === undefined || !columns?.isCurrent()) return compute();
  const place = new Place(first);
  for (const piece of pieces) place.add(piece);
  if (!place.isInside || place.bytes < FEWEST_BYTES_PER_PIECE * pieces.length) return compute();
  const key = `${textOf(type)} ${place.text}`;
  const remembered = columns.digests.get(key);
  if (remembered) return remembered;
  const digest = compute();
  if (columns.digests.size >= MOST_DIGESTS) columns.digests.clear();
  // Another process may have written to the file in the meantime.
  if (columns.isCurrent()) columns.digests.set(key, digest);
  return digest;
}

/** Where the parts of a column lie, as far as it is in one buffer. */
class Place {
  isInside = true;
  /** Bytes of all parts. */
  bytes = 0;
  readonly #buffer: ArrayBufferLike;
  readonly #parts: string[] = [];

  constructor(buffer: ArrayBufferLike) {
    this.#buffer = buffer;
  }

  get text(): string {
    return this.#parts.join();
  }

  add(data: ArrowData): void {
    const { children, dictionary, variadicBuffers = [] } = data;
    this.#parts.push(`(${data.length} ${data.offset} ${data.nullCount}`);
    for (const view of buffersOf(data)) this.#addView(view);
    this.#parts.push(`${variadicBuffers.length}`);
    for (const view of variadicBuffers) this.#addView(view);
    for (const child of children) this.add(child);
    this.#parts.push(")");
    for (const chunk of dictionary?.data ?? []) this.add(chunk);
    if (dictionary) this.#parts.push("]");
  }

  #addView(view: ArrayBufferView | undefined): void {
    if (view === undefined) {
      this.#parts.push("-");
      return;
    }
    const { buffer, byteOffset, byteLength } = view;
    this.#parts.push(view[Symbol.toStringTag]);
    // The library makes empty arrays of its own.
    if (byteLength === 0) return;
    this.#parts.push(`${byteOffset} ${byteLength}`);
    this.bytes += byteLength;
    if (buffer !== this.#buffer) this.isInside = false;
  }
}

type ArrayBufferView = NodeJS.ArrayBufferView;

function buffersOf(data: ArrowData): readonly (ArrayBufferView | undefined)[] {
  return [data.nullBitmap, data.valueOffsets, data.typeIds, data.values];
}

/** The memory of the first part that is not empty. */
function memoryOf(data: ArrowData): ArrayBufferLike | undefined {
  const view = buffersOf(data).find((each) => (each?.byteLength ?? 0) > 0);
  if (view) return view.buffer;
  for (const child of data.children) {
    const found = memoryOf(child);
    if (found) return found;
  }
  return undefined;
}

function textOf(type: ArrowType): string {
  const parts: (string | number)[] = [];
  const push = (part: string | number): void => void parts.push(part);
  const sink: SchemaSink = { byte: push, float64: push, text: push, uint64: push };
  writeArrowType(sink, type);
  return JSON.stringify(parts);
}
