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
import { fileState, hasState } from "../look.ts";
import { type Mapped, type MmapMode, mapper } from "./mapper.ts";
import { mapFile, mapRange, unmap } from "./mapping.ts";

/** The shortest range that is shared. */
const SHORTEST = 4 * 2 ** 20;

/** The arrays on one map. */
interface Claims {
  /** How many were handed out. */
  given: number;
  /** How many of those have not been released. */
  left: number;
}

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
const claimsOf = new WeakMap<ArrayBufferLike, Claims>();
const claimants = new WeakSet<object>();

/**
 * The memory of an earlier map, if the file is in the same state and nobody has written to the memory:
 * what was checked of the file then need not be checked again. Whatever array is made of it has to
 * {@link claim} it.
 */
export function earlierMap(
  path: string,
  offset: number,
  byteLength: number,
  content: string,
): Mapped | undefined {
  if (byteLength < SHORTEST) return undefined;
  const shared = latest.get(rangeName(path, offset, byteLength, content));
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
  if (mode !== "r" || byteLength < SHORTEST) return mapRange(fd, offset, byteLength, mode, path);
  const state = fileState(fstatSync(fd, { bigint: true }));
  const range = rangeName(path, offset, byteLength, content);
  const shared = latest.get(range);
  const earlier = shared && areEqual(shared.state, state) ? unwrittenMap(shared) : undefined;
  if (earlier) return earlier;

  const onEnd = (): void => forget(range);
  const mapped = mapRange(fd, offset, byteLength, mode, path, { onEnd });
  if (mapped) share(range, mapped, state);
  return mapped;
}

/**
 * Maps, in mode `"r"` and in one go, what follows the head of a file. Whatever array is made of it has
 * to {@link claim} it.
 *
 * @param content what the file holds, as its head says: only who says the same shares.
 * @returns undefined where that has to be done step by step.
 */
export function mapSharedFile(
  path: string,
  head: Uint8Array,
  byteLength: number,
  content: string,
): MappedFile | undefined {
  const state = new BigUint64Array(5);
  const range =
    byteLength < SHORTEST ? undefined : rangeName(path, head.byteLength, byteLength, content);
  const use = range === undefined ? undefined : { onEnd: () => forget(range) };
  const mapped = mapFile(path, head, byteLength, state, use);
  if (mapped === undefined) return undefined;
  if (range !== undefined) share(range, mapped, state);
  return { buffer: mapped.buffer, byteOffset: mapped.byteOffset, state };
}

/** Gives what is handed out over a buffer a claim to its map, if that may be shared. */
export function claim(array: object, buffer: ArrayBufferLike): void {
  const claims = claimsOf.get(buffer);
  if (claims === undefined || array === buffer) return;
  claimants.add(array);
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
  const claims = claimsOf.get(buffer);
  if (claims === undefined) return unmap(buffer);
  if (claimants.delete(array)) claims.left--;
  else if (claims.given === 1) claims.left = 0;
  else return false;
  return claims.left === 0 && unmap(buffer);
}

/** Lets later calls have a map. */
function share(range: string, { buffer }: Mapped, state: BigUint64Array): void {
  latest.set(range, { buffer: new WeakRef(buffer), state });
  claimsOf.set(buffer, { given: 0, left: 0 });
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

/** A name for a range of the file at a path. */
function rangeName(path: string, offset: number, byteLength: number, content: string): string {
  return `${path}\0${offset} ${byteLength} ${content}`;
}

function areEqual(one: BigUint64Array, other: BigUint64Array): boolean {
  return one.every((part, i) => part === other[i]);
}
