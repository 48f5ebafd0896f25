/**
 * Compressing the content of a sidecar: frame by frame, by the workers and this thread.
 *
 * One course of things for callers that block and callers that wait: a generator of pieces that
 * also yields the promises it meets. Extra memory: two frames for each worker and one for this
 * thread, each with room for its content, whatever the size of the array.
 *
 * @module
 */

import { tableOf } from "../format/compressed.ts";
import { encodeFrame, FRAME_BYTES, type Recipe } from "../format/frame.ts";
import type { Compression } from "../format/record.ts";
import type { ListedFrame } from "../format/seek-table.ts";
import { compress, frameBound } from "../format/zstd.ts";
import { Digest } from "../hash/xxh3.ts";
import { PieceReader } from "./pieces.ts";
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
import { contentIn, frameIn } from "./slot.ts";

/** What is to be compressed. */
export interface Plain {
  /** What comes before the elements, in a frame of its own. */
  readonly head: Uint8Array;
  /** Bytes of the elements. */
  readonly bytes: number;
  /** The elements. */
  pieces(): Iterable<Uint8Array>;
}

/** What is known once everything was compressed. */
export interface Packing {
  /** XXH3-128 of the elements, as they were compressed. */
  readonly digest: string;
  readonly compression: Compression;
}

/** Starting workers takes about as long as compressing this much. */
const WORTH_WORKERS = 2 ** 23;

/** A frame that this thread made. */
interface Made {
  readonly made: Uint8Array;
  readonly rawBytes: number;
}

/**
 * The pieces of the compressed file, each valid until the next one is taken.
 *
 * @param finish called with what is known at the end.
 */
export function* compressed(
  plain: Plain,
  recipe: Recipe,
  finish: (packing: Packing) => void,
): Generator<Uint8Array, void, undefined> {
  for (const piece of encode(plain, recipe, false, finish)) yield piece as Uint8Array;
}

/** The same without blocking the thread for longer than it takes to copy and hash a frame. */
export async function* compressedLater(
  plain: Plain,
  recipe: Recipe,
  finish: (packing: Packing) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const piece of encode(plain, recipe, true, finish)) {
    if (piece instanceof Promise) await piece;
    else yield piece;
  }
}

function* encode(
  plain: Plain,
  recipe: Recipe,
  waits: boolean,
  finish: (packing: Packing) => void,
): Generator<Uint8Array | Promise<unknown>, void, undefined> {
  const { head, bytes } = plain;
  const reader = new PieceReader(plain.pieces());
  const digest = new Digest();
  const frames: ListedFrame[] = [];
  const queue: (PoolSlot | Made)[] = [];
  let own: Own | undefined;
  let [left, length] = [bytes, 0];
  const listed = (frame: Uint8Array, rawBytes: number): Uint8Array => {
    frames.push({ bytes: frame.byteLength, rawBytes });
    length += frame.byteLength;
    return frame;
  };
  // What is hashed is what is compressed, also where another thread writes to the array.
  const fill = (target: Uint8Array): Uint8Array => {
    reader.fill(target);
    digest.update(target);
    left -= target.byteLength;
    return target;
  };

  if (waits || bytes >= WORTH_WORKERS) startWorkers();
  if (head.byteLength > 0) yield listed(compress(head, recipe.level), head.byteLength);
  try {
    for (;;) {
      const [first] = queue;
      if (first && ("made" in first || isFinished(first))) {
        const { made, rawBytes } = "made" in first ? first : taken(first, recipe);
        yield listed(made, rawBytes);
        queue.shift();
        if ("control" in first) freeSlot(first);
        continue;
      }
      const rawBytes = Math.min(left, FRAME_BYTES);
      const slot = rawBytes > 0 ? (waits ? takeSlot() : takeSlotNow()) : undefined;
      const mayWork = !waits || !hasWorkers();
      if (slot) {
        queue.push(slot);
        fill(slot.raw.subarray(0, rawBytes));
        give(slot, "encode", rawBytes, 0, recipe);
        if (waits) yield turn();
      } else if (rawBytes > 0 && mayWork && !queue.some((each) => "made" in each)) {
        own ??= newOwn(Math.min(bytes, FRAME_BYTES));
        const raw = fill(own.raw.subarray(0, rawBytes));
        const size = encodeFrame(own.frame, raw, recipe);
        queue.push({ made: own.frame.subarray(0, size), rawBytes });
        if (waits) yield turn();
      } else if (first) {
        if (waits) {
          yield finished(first);
        } else if (!waitFor(first)) {
          queue[0] = taken(first, recipe);
          freeSlot(first);
        }
      } else if (rawBytes > 0) {
        yield whenFree();
      } else {
        break;
      }
    }
  } finally {
    reader.close();
    for (const queued of queue) if ("control" in queued) freeSlot(queued);
  }
  const table = tableOf(frames);
  yield table;
  const { filter, itemSize, level } = recipe;
  const size = { bytes: length + table.byteLength, frame: FRAME_BYTES };
  finish({ digest: digest.hex(), compression: { ...size, filter, itemSize, level } });
}

/** Memory for the frames that this thread makes. */
interface Own {
  readonly raw: Uint8Array;
  readonly frame: Uint8Array;
}

function newOwn(rawBytes: number): Own {
  return { raw: new Uint8Array(rawBytes), frame: new Uint8Array(frameBound(rawBytes)) };
}

/** The frame that a worker made, or else should have made. */
function taken(slot: PoolSlot, recipe: Recipe): Made {
  const raw = contentIn(slot);
  const rawBytes = raw.byteLength;
  if (isDone(slot)) return { made: frameIn(slot), rawBytes };
  const room = new Uint8Array(frameBound(rawBytes));
  return { made: room.subarray(0, encodeFrame(room, raw, recipe)), rawBytes };
}
