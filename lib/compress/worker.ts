/**
 * A worker thread that compresses and decompresses frames; an entry point of its own.
 *
 * It is sent the number of a slot, does what the slot says and sends the number back.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { perform, slotIn } from "./slot.ts";

const { memory, alive } = workerData as WorkerData;
const slots = memory.map(slotIn);

/** What a worker is started with. */
export interface WorkerData {
  /** The memory of its slots. */
  readonly memory: readonly SharedArrayBuffer[];
  /** Its first number becomes 1 when the worker can be given work. */
  readonly alive: Int32Array<SharedArrayBuffer>;
}

parentPort?.on("message", (index: number) => {
  const slot = slots[index];
  if (slot) perform(slot);
  parentPort?.postMessage(index);
});
Atomics.store(alive, 0, 1);
