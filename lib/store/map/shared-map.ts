/**
 * Maps that several arrays lie on: a large range that is mapped to be read, and is mapped already, is
 * not mapped again.
 *
 * Where V8 counts maps as memory of its own, it collects garbage for them: 64 MiB cost about as much
 * as a full collection. Elsewhere, what was read through one map need not be looked up for another.
 *
 * Each array that was handed out has a claim to its map, until it is released; the map can go with
 * the last claim. A claim does not end when its array is collected, because a `subarray` of it may
 * live on. Then the garbage collector unmaps, after the last view.
 *
 * @module
 */

import { fstatSync } from "node:fs";
import { factsOf } from "../../hash/buffer-facts.ts";
import { fileState, hasState } from "../look.ts";
import { type Mapped, type MmapMode, mapper } from "./mapper.ts";
import { type MapEnd, MapFacts, mapFile, mapRange, unmap } from "./mapping.ts";

/** The shortest range that is shared. */
const SHORTEST = 4 * 2 ** 20;

/** A map that may be shared. */
interface Shared {
  readonly buffer: WeakRef<ArrayBuffer>;
  /** The state of the file when it was mapped. While a file is mapped, no other one has its number. */
  readonly state: BigUint64Array;
}

/** A map of all that follows the head of a file. */
export interface MappedFile extends Mapped {
  /** The state of the file when it was mapped. */
  readonly state: BigUint64Array;
}

/** The latest map of each range of the file at a path. */
const latest = new Map<string, Shared>();
/** The arrays, apart from the first of each map. */
const claimants = new WeakSet<object>();
// The addon reads and writes memory outside the heap of V8. A small array lies inside until then, and
// would have to move for each map.
const found = new BigUint64Array(new ArrayBuffer(5 * BigUint64Array.BYTES_PER_ELEMENT));

/** The end of a map that may be shared. */
class EndOfShared implements MapEnd {
  readonly #range: string;

  constructor(range: string) {
    this.#range = range;
  }

  mapEnded(): void {
    forget(this.#range);
  }
}

/** What is known of a map that may be shared: the arrays on it. */
class Claims extends MapFacts {
  /** How many were handed out. */
  given = 0;
  /** How many of those have not been released. */
  left = 0;
  /** The first of them, until it is released: kept as long as the memory. Most maps have no other. */
  first: object | undefined = undefined;

  constructor(range: string) {
    super(new EndOfShared(range));
  }
}

/**
 * A name for a range of the file at a path; undefined for one that is too short to be shared.
 *
 * @param content what the range holds, as the caller has checked: only who says the same shares.
 */
export function sharedRange(
  path: string,
  offset: number,
  byteLength: number,
  content: string,
): string | undefined {
  return byteLength < SHORTEST ? undefined : `${path}\0${offset} ${byteLength} ${content}`;
}

/**
 * The memory of an earlier map, if the file is in the same state and nobody has written to the memory:
 * what was checked of the file then need not be checked again. Whatever array is made of it has to
 * {@link claim} it.
 */
export function earlierMap(path: string, range: string): Mapped | undefined {
  const shared = latest.get(range);
  return shared && hasState(path, shared.state) ? unwrittenMap(shared) : undefined;
}

/**
 * As {@link mapRange}. In mode `"r"` the result may be the memory of an earlier call. Whatever array is
 * made of it has to {@link claim} it.
 *
 * @param content what the range holds, as the caller has checked: only who says the same shares.
 */
export function mapShared(
  fd: number,
  offset: number,
  byteLength: number,
  mode: MmapMode,
  path: string,
  content: string,
): Mapped | undefined {
  const range = mode === "r" ? sharedRange(path, offset, byteLength, content) : undefined;
  if (range === undefined) return mapRange(fd, offset, byteLength, mode, path);
  const state = fileState(fstatSync(fd, { bigint: true }));
  const shared = latest.get(range);
  const earlier = shared && areEqual(shared.state, state) ? unwrittenMap(shared) : undefined;
  if (earlier) return earlier;

  const mapped = mapRange(fd, offset, byteLength, mode, path, new Claims(range));
  if (mapped) share(range, mapped, state);
  return mapped;
}

/**
 * Maps, in mode `"r"` and in one go, what follows the head of a file. Whatever array is made of it has
 * to {@link claim} it.
 *
 * @param range of {@link sharedRange}: the name of what follows the head.
 * @returns undefined where that has to be done step by step.
 */
export function mapSharedFile(
  path: string,
  head: Uint8Array,
  byteLength: number,
  range: string | undefined,
): MappedFile | undefined {
  const claims = range === undefined ? undefined : new Claims(range);
  const mapped = mapFile(path, head, byteLength, found, claims);
  if (mapped === undefined) return undefined;
  const state = found.slice();
  if (range !== undefined) share(range, mapped, state);
  return { buffer: mapped.buffer, byteOffset: mapped.byteOffset, state };
}

/** Gives what is handed out over a buffer a claim to its map, if that may be shared. */
export function claim(array: object, buffer: ArrayBufferLike): void {
  const claims = factsOf(buffer);
  if (!(claims instanceof Claims) || array === buffer) return;
  if (claims.given === 0) claims.first = array;
  else claimants.add(array);
  claims.given++;
  claims.left++;
}

/**
 * Ends the claim of an array over a buffer, and unmaps it at once if that was the last one; tells
 * whether it did.
 *
 * A view that somebody made of an array, and its buffer, have no claim. They stand for the array as
 * long as it is the only one that was handed out.
 */
export function releaseMap(array: object, buffer: ArrayBufferLike): boolean {
  const claims = factsOf(buffer);
  if (!(claims instanceof Claims)) return unmap(buffer);
  const isFirst = array === claims.first;
  if (isFirst) claims.first = undefined;
  if (isFirst || claimants.delete(array)) claims.left--;
  else if (claims.given === 1) claims.left = 0;
  else return false;
  return claims.left === 0 && unmap(buffer);
}

/** Lets later calls have a map. */
function share(range: string, { buffer }: Mapped, state: BigUint64Array): void {
  latest.set(range, { buffer: new WeakRef(buffer), state });
}

/** Drops what is known of a range whose map has ended, unless there is another one by now. */
function forget(range: string): void {
  const buffer = latest.get(range)?.buffer.deref();
  if (buffer === undefined || buffer.byteLength === 0) latest.delete(range);
}

/** A page that was written to, or lost, differs from the file. */
function unwrittenMap(shared: Shared): Mapped | undefined {
  const buffer = shared.buffer.deref();
  return buffer && mapper()?.dirtyPages(buffer) === 0 ? { buffer, byteOffset: 0 } : undefined;
}

function areEqual(one: BigUint64Array, other: BigUint64Array): boolean {
  return one.every((part, i) => part === other[i]);
}
