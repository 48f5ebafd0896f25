/**
 * Maps that several arrays lie on: a large range that is mapped to be read, and is mapped already, is
 * not mapped again.
 *
 * Where V8 counts maps as memory of its own, it collects garbage for them: 256 MiB cost about as much
 * as a full collection. Elsewhere, what was read through one map need not be looked up for another.
 *
 * Each array that was handed out has a claim to its map, until it is released; the map can go with
 * the last claim. A claim does not end when its array is collected, because a `subarray` of it may
 * live on. Then the garbage collector unmaps, after the last view.
 *
 * @module
 */

import { type BigIntStats, fstatSync, statSync } from "node:fs";
import { fileState, hasState } from "../look.ts";
import { type Mapped, type MmapMode, mapper } from "./mapper.ts";
import { mapRange, unmap } from "./mapping.ts";

/** The shortest range that is shared. */
const SHORTEST = 4 * 2 ** 20;

/** The arrays on one map. */
interface Claims {
  /** How many were handed out. */
  given: number;
  /** How many of those have not been released. */
  left: number;
}

/** What was mapped last of the file at a path. */
interface Latest {
  readonly offset: number;
  readonly byteLength: number;
  readonly content: string;
  readonly state: BigUint64Array;
  readonly range: string;
}

const maps = new Map<string, WeakRef<ArrayBuffer>>();
const latest = new Map<string, Latest>();
const claimsOf = new WeakMap<ArrayBufferLike, Claims>();
const claimants = new WeakSet<object>();
const collected = new FinalizationRegistry<readonly [path: string, range: string]>(
  ([path, range]) => {
    if (maps.get(range)?.deref() !== undefined) return;
    maps.delete(range);
    if (latest.get(path)?.range === range) latest.delete(path);
  },
);

/**
 * The memory of an earlier {@link mapShared}, if the file is in the same state and nobody has written
 * to the memory: what was checked of the file then need not be checked again. Whatever array is made
 * of it has to {@link claim} it.
 */
export function earlierMap(
  path: string,
  offset: number,
  byteLength: number,
  content: string,
): Mapped | undefined {
  if (byteLength < SHORTEST) return undefined;
  const last = latest.get(path);
  const isLast =
    last?.offset === offset && last.byteLength === byteLength && last.content === content;
  if (isLast && hasState(path, last.state)) return unwrittenMap(last.range);
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && unwrittenMap(rangeName(stat, offset, byteLength, content));
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
  const stat = fstatSync(fd, { bigint: true });
  const range = rangeName(stat, offset, byteLength, content);
  const earlier = unwrittenMap(range);
  if (earlier) return earlier;

  const mapped = mapRange(fd, offset, byteLength, mode, path);
  if (mapped) {
    maps.set(range, new WeakRef(mapped.buffer));
    claimsOf.set(mapped.buffer, { given: 0, left: 0 });
    latest.set(path, { offset, byteLength, content, state: fileState(stat), range });
    collected.register(mapped.buffer, [path, range]);
  }
  return mapped;
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

/** A page that was written to, or lost, differs from the file. */
function unwrittenMap(range: string): Mapped | undefined {
  const buffer = maps.get(range)?.deref();
  return buffer && mapper()?.dirtyPages(buffer) === 0 ? { buffer, byteOffset: 0 } : undefined;
}

/**
 * A name for a range that another file, or another state of the file, does not have: while a file is
 * mapped, its number is not given to another one.
 */
function rangeName(
  { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats,
  offset: number,
  byteLength: number,
  content: string,
): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs} ${offset} ${byteLength} ${content}`;
}
