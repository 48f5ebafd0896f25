/**
 * Decompressing the content of a sidecar into its place: frame by frame, by the workers and this
 * thread, in the order in which they get done.
 *
 * @module
 */

import { framesOf, type PlacedFrame, tablePlace } from "../format/compressed.ts";
import { decodeFrame, FRAME_BYTES } from "../format/frame.ts";
import type { Compression } from "../format/record.ts";
import { decompress } from "../format/zstd.ts";
import {
  finished,
  freeSlot,
  give,
  hasWorkers,
  isDone,
  isFinished,
  type PoolSlot,
  startWorkers,
  takeSlot,
  takeSlotNow,
  turn,
  waitFor,
  whenFree,
} from "./pool.ts";
import { contentIn, FRAME_ROOM, frameIn } from "./slot.ts";

/** A compressed file, and where its content is to go. */
export interface Packed {
  /** Bytes of the head. */
  readonly offset: number;
  /** Bytes of the elements. */
  readonly bytes: number;
  readonly compression: Compression;
  /** Fills the target with the bytes of the file from a position on; a promise only where one waits. */
  read(position: number, target: Uint8Array): void | Promise<void>;
  /**
   * Gives the memory for the elements, as many bytes as they have; called once, when the list of the
   * frames and the head were read.
   *
   * @throws where it is not the right head.
   */
  place(head: Uint8Array): ArrayBufferLike;
}

/** Starting workers takes about as long as decompressing this much. */
const WORTH_WORKERS = 2 ** 25;

/** A frame that a worker is at, and where its content begins in the array. */
interface Given {
  readonly slot: PoolSlot;
  readonly start: number;
}

/**
 * Decompresses a file while the caller waits for it.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where anything in it is damaged.
 */
export function decompressed(packed: Packed): void {
  for (const _ of decode(packed, false));
}

/** The same without blocking the thread for longer than it takes to copy a frame. */
export async function decompressedLater(packed: Packed): Promise<void> {
  for (const promise of decode(packed, true)) await promise;
}

function* decode(packed: Packed, waits: boolean): Generator<unknown, void, undefined> {
  const { offset, bytes, compression } = packed;
  const place = tablePlace(packed, compression);
  const table = new Uint8Array(place.byteLength);
  yield packed.read(place.position, table);
  const frames = framesOf(packed, compression, table);
  const largest = frames.reduce((most, frame) => Math.max(most, frame.bytes), 0);

  let room = new Uint8Array();
  let next = 0;
  let head: Uint8Array = new Uint8Array();
  const [first] = frames;
  if (offset > 0 && first) {
    room = new Uint8Array(first.bytes);
    yield packed.read(first.position, room);
    head = decompress(room, offset);
    next = 1;
  }
  const memory = packed.place(head);
  let start = 0;
  if (bytes > FRAME_BYTES && (waits || bytes >= WORTH_WORKERS)) startWorkers();

  const atWork: Given[] = [];
  try {
    for (;;) {
      const at = atWork.findIndex(({ slot }) => isFinished(slot));
      const ready = atWork[at];
      if (ready) {
        take(ready, memory, compression);
        atWork.splice(at, 1);
        freeSlot(ready.slot);
        if (waits) yield turn();
        continue;
      }
      const frame = frames[next];
      const slot = frame && slotFor(frame, waits);
      const [oldest] = atWork;
      if (frame && slot) {
        const given = { slot, start };
        atWork.push(given);
        const target = slot.frame.subarray(0, frame.bytes);
        yield packed.read(frame.position, target);
        give(slot, "decode", frame.rawBytes, frame.bytes, compression);
      } else if (frame && (!waits || !hasWorkers() || !fits(frame))) {
        if (room.byteLength < largest) room = new Uint8Array(largest);
        const target = room.subarray(0, frame.bytes);
        yield packed.read(frame.position, target);
        decodeFrame(new Uint8Array(memory, start, frame.rawBytes), target, compression);
        if (waits) yield turn();
      } else if (oldest) {
        if (waits) yield finished(oldest.slot);
        else if (!waitFor(oldest.slot)) {
          take(oldest, memory, compression);
          atWork.shift();
          freeSlot(oldest.slot);
        }
        continue;
      } else if (frame) {
        yield whenFree();
        continue;
      } else {
        return;
      }
      next++;
      start += frame.rawBytes;
    }
  } finally {
    for (const { slot } of atWork) freeSlot(slot);
  }
}

function slotFor(frame: PlacedFrame, waits: boolean): PoolSlot | undefined {
  if (!fits(frame)) return undefined;
  return waits ? takeSlot() : takeSlotNow();
}

/** Files of other versions may have larger frames than the slots have room for. */
function fits({ bytes, rawBytes }: PlacedFrame): boolean {
  return rawBytes <= FRAME_BYTES && bytes <= FRAME_ROOM;
}

/** Copies what a worker decompressed to its place, or decompresses it there. */
function take({ slot, start }: Given, memory: ArrayBufferLike, compression: Compression): void {
  const content = contentIn(slot);
  const target = new Uint8Array(memory, start, content.byteLength);
  if (isDone(slot)) target.set(content);
  else decodeFrame(target, frameIn(slot), compression);
}
