/**
 * Looks at files in one go, through the native addon: a call of JavaScript for each call of the
 * system, as `node:fs` has it, takes several times as long as the system.
 *
 * Whoever asks here and learns nothing asks the system step by step, and is told what is wrong.
 *
 * @module
 */

import type { BigIntStats } from "node:fs";
import { loadedNative, type Native, native } from "../native.ts";

/** Loading the addon, where nothing else needs it, costs as much as it saves in so many looks. */
const WORTHWHILE = 200;
/** On Windows the addon knows nothing of paths. */
const isKnowing = process.platform !== "win32";
/** In a millisecond. */
const NANOSECONDS = 1_000_000n;
let looks = 0;

function looking(): Native | undefined {
  if (!isKnowing) return undefined;
  if (looks > WORTHWHILE) return native();
  looks++;
  return loadedNative();
}

/** Reads a file from its beginning on, as {@link Native.readBeginning}: -2 where nothing is known. */
export function readBeginning(path: string, destination: Buffer, modified?: Float64Array): number {
  return looking()?.readBeginning(path, destination, modified) ?? -2;
}

/** Whether a file is known to hold just these bytes. */
export function holdsBytes(path: string, bytes: Uint8Array): boolean {
  return looking()?.holdsBytes(path, bytes) ?? false;
}

/** The state of a file: of two states of one file, or two files that exist, one differs. */
export function fileState({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): BigUint64Array {
  return BigUint64Array.of(dev, ino, size, mtimeNs, ctimeNs);
}

/** The number of a file in a state of {@link fileState}. */
export function inodeOf(state: BigUint64Array): number {
  return Number(state[1]);
}

/** Whether a file in a state of {@link fileState} was modified just at this time, in milliseconds. */
export function isModifiedAt(state: BigUint64Array, time: number): boolean {
  return state[3] === BigInt(time) * NANOSECONDS;
}

/** Whether a file is known to be in a state of {@link fileState}. */
export function hasState(path: string, state: BigUint64Array): boolean {
  return looking()?.hasState(path, state) ?? false;
}
