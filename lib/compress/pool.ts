/**
 * The worker threads that frames are given to: started when they are first of use, and none that
 * keeps the process alive.
 *
 * A slot is taken, filled, given, waited for and freed. Whoever blocks its thread waits for the
 * shared memory, everybody else for the worker's message. Where a worker cannot be started, ends or
 * does not answer, the frame is still in its slot, and whoever gave it does the work itself.
 *
 * @module
 */

import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import type { Recipe } from "../format/frame.ts";
import { DONE, FAILED, GIVEN, newSlotMemory, prepare, type Slot, STATE, slotIn } from "./slot.ts";
import type { WorkerData } from "./worker.ts";

/** A slot of a worker. */
export interface PoolSlot extends Slot {
  readonly member: Member;
  readonly index: number;
  /** Called when the worker may be done. */
  wake: (() => void) | undefined;
  /** Whether nobody wants what the worker is at. */
  isAbandoned: boolean;
}

interface Member {
  readonly worker: Worker;
  readonly alive: Int32Array<SharedArrayBuffer>;
  readonly free: PoolSlot[];
  readonly all: PoolSlot[];
}

/** More threads than this would hold more memory than they save time. */
const MOST_WORKERS = 4;
/** One is being worked at while the other is filled or emptied. */
const SLOTS_PER_WORKER = 2;
/** A frame takes a second or two at the highest level. Nobody tells a blocked thread of a worker's end. */
const PATIENCE_MS = 20_000;

const members: Member[] = [];
const waiting: (() => void)[] = [];
let isStarted = false;
let awaited = 0;

/** Starts the workers, unless they were started before; returns before they are of use. */
export function startWorkers(): void {
  if (isStarted) return;
  isStarted = true;
  for (let i = Math.min(MOST_WORKERS, availableParallelism()); i > 0; i--) {
    try {
      startMember();
    } catch {
      // No permission, no threads: then this thread does the work.
      return;
    }
  }
}

/** Whether workers were started, or are starting, that can be given work. */
export function hasWorkers(): boolean {
  return members.length > 0;
}

/** A free slot of a worker that is up, but not of all of them: the caller works, too. */
export function takeSlotNow(): PoolSlot | undefined {
  const helpers = availableParallelism() - 1;
  return takeFrom(members.slice(0, helpers).filter(({ alive }) => Atomics.load(alive, 0) === 1));
}

/** A free slot of any worker, also of one that is still starting. */
export function takeSlot(): PoolSlot | undefined {
  return takeFrom(members);
}

/** Resolves when a slot may be free, or no worker is left. */
export function whenFree(): Promise<void> {
  return hold(new Promise((resolve) => waiting.push(resolve)));
}

/** Resolves when the event loop has turned: what is done frame by frame must not hold it up. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Has the worker of a slot do something with what is in it. */
export function give(
  slot: PoolSlot,
  work: "encode" | "decode",
  rawBytes: number,
  frameBytes: number,
  recipe: Recipe,
): void {
  prepare(slot, work, rawBytes, frameBytes, recipe);
  slot.member.worker.postMessage(slot.index);
}

/** Whether the worker has finished, well or not. */
export function isFinished({ control }: Slot): boolean {
  return Atomics.load(control, STATE) !== GIVEN;
}

/** Whether the worker has done its work. */
export function isDone({ control }: Slot): boolean {
  return Atomics.load(control, STATE) === DONE;
}

/** Blocks until the worker has finished, or has taken too long; then it gets no more. */
export function waitFor(slot: PoolSlot): boolean {
  if (Atomics.wait(slot.control, STATE, GIVEN, PATIENCE_MS) === "timed-out") forget(slot.member);
  return isDone(slot);
}

/** Resolves when the worker has finished, well or not. */
export async function finished(slot: PoolSlot): Promise<void> {
  while (!isFinished(slot)) {
    await hold(
      new Promise<void>((resolve) => {
        slot.wake = resolve;
      }),
    );
  }
}

/** Gives a slot back, also while its worker is at it: it is free when the worker has finished. */
export function freeSlot(slot: PoolSlot): void {
  slot.isAbandoned = !isFinished(slot);
  if (slot.isAbandoned) return;
  slot.member.free.push(slot);
  waiting.shift()?.();
}

function takeFrom(some: readonly Member[]): PoolSlot | undefined {
  const [first, ...others] = some;
  if (!first) return undefined;
  const idlest = others.reduce((a, b) => (b.free.length > a.free.length ? b : a), first);
  return idlest.free.pop();
}

/** The process does not end while somebody waits. */
async function hold(promise: Promise<void>): Promise<void> {
  if (awaited++ === 0) for (const { worker } of members) worker.ref();
  try {
    await promise;
  } finally {
    if (--awaited === 0) for (const { worker } of members) worker.unref();
  }
}

function startMember(): void {
  const memory = Array.from({ length: SLOTS_PER_WORKER }, newSlotMemory);
  const alive = new Int32Array(new SharedArrayBuffer(4));
  const worker = startWorker({ memory, alive });
  const member: Member = { worker, alive, free: [], all: [] };
  for (const [index, each] of memory.entries()) {
    member.all.push({ ...slotIn(each), member, index, wake: undefined, isAbandoned: false });
  }
  member.free.push(...member.all);
  members.push(member);
  worker.on("message", (index: number) => {
    const slot = member.all[index];
    if (slot?.isAbandoned && isFinished(slot)) freeSlot(slot);
    slot?.wake?.();
  });
  worker.on("error", () => forget(member));
  worker.on("exit", () => forget(member));
  if (awaited === 0) worker.unref();
}

/** A worker that has ended: its frames are done by those who gave them. */
function forget(member: Member): void {
  const at = members.indexOf(member);
  if (at >= 0) members.splice(at, 1);
  void member.worker.terminate();
  for (const { control, wake } of member.all) {
    Atomics.compareExchange(control, STATE, GIVEN, FAILED);
    wake?.();
  }
  for (const resolve of waiting.splice(0)) resolve();
}

function startWorker(workerData: WorkerData): Worker {
  // What the program was started with (loaders, coverage, a debugger) is none of the worker's business.
  const options = { workerData, execArgv: [], name: "ndmemo" };
  const here = import.meta.url;
  // Loaded here and not above: few programs compress.
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  if (!here.endsWith(".ts")) return new Worker(new URL("./worker.js", here), options);
  // In a checkout: Node 20 cannot be told to load TypeScript in a worker, but a worker can by itself.
  const tsx = createRequire(here).resolve("tsx/cjs");
  const file = fileURLToPath(new URL("./worker.ts", here));
  const source = `require(${JSON.stringify(tsx)}); require(${JSON.stringify(file)});`;
  return new Worker(source, { ...options, eval: true });
}
