/**
 * Memory that this thread and one worker share: room for a frame and for its content, and a few
 * numbers that say what is to be done.
 *
 * ```
 * 0     32 bytes  Int32: state, work, bytes of the content, bytes of the frame, filter, item size, level
 * 4096            the content
 *                 the frame
 * ```
 *
 * @module
 */

import { FILTERS } from "../format/filter.ts";
import { decodeFrame, encodeFrame, FRAME_BYTES, type Recipe } from "../format/frame.ts";

/** A piece of shared memory. */
export interface Slot {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly raw: Uint8Array<SharedArrayBuffer>;
  readonly frame: Uint8Array<SharedArrayBuffer>;
}

/** Where the state lies among the numbers. */
export const STATE = 0;
/** The state of a slot that its worker is at, or will be. */
export const GIVEN = 1;
/** The state of a slot whose work was done. */
export const DONE = 2;
/** The state of a slot whose work could not be done. */
export const FAILED = 3;

const [WORK, RAW_BYTES, FRAME_LENGTH, FILTER, ITEM_SIZE, LEVEL] = [1, 2, 3, 4, 5, 6] as const;
const HEAD = 4096;
/** Room for a frame: more than zstd needs for what cannot be compressed, which is 1/256. */
export const FRAME_ROOM: number = FRAME_BYTES + FRAME_BYTES / 128;

/** Fresh memory of a slot. */
export function newSlotMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD + FRAME_BYTES + FRAME_ROOM);
}

/** The slot in shared memory. */
export function slotIn(memory: SharedArrayBuffer): Slot {
  return {
    control: new Int32Array(memory, 0, 8),
    raw: new Uint8Array(memory, HEAD, FRAME_BYTES),
    frame: new Uint8Array(memory, HEAD + FRAME_BYTES, FRAME_ROOM),
  };
}

/** Says what the worker is to do; the content or the frame is there already. */
export function prepare(
  { control }: Slot,
  work: "encode" | "decode",
  rawBytes: number,
  frameBytes: number,
  { filter, itemSize, level }: Recipe,
): void {
  control[WORK] = work === "encode" ? 0 : 1;
  control[RAW_BYTES] = rawBytes;
  control[FRAME_LENGTH] = frameBytes;
  control[FILTER] = FILTERS.indexOf(filter);
  control[ITEM_SIZE] = itemSize;
  control[LEVEL] = level;
  Atomics.store(control, STATE, GIVEN);
}

/** Does the work of a slot, in the worker. */
export function perform({ control, raw, frame }: Slot): void {
  const number = (at: number): number => control[at] as number;
  const recipe: Recipe = {
    filter: FILTERS[number(FILTER)] ?? "none",
    ...{ itemSize: number(ITEM_SIZE), level: number(LEVEL) },
  };
  const content = raw.subarray(0, number(RAW_BYTES));
  let state: number = DONE;
  try {
    if (number(WORK) === 0) control[FRAME_LENGTH] = encodeFrame(frame, content, recipe);
    else decodeFrame(content, frame.subarray(0, number(FRAME_LENGTH)), recipe);
  } catch {
    // Who gave the work does it again, and meets the error himself.
    state = FAILED;
  }
  Atomics.store(control, STATE, state);
  Atomics.notify(control, STATE);
}

/** The content of a slot. */
export function contentIn({ control, raw }: Slot): Uint8Array<SharedArrayBuffer> {
  return raw.subarray(0, control[RAW_BYTES]);
}

/** The frame of a slot. */
export function frameIn({ control, frame }: Slot): Uint8Array<SharedArrayBuffer> {
  return frame.subarray(0, control[FRAME_LENGTH]);
}
