/**
 * The lock file of a store: a byte for each key, which the system locks, and a record of who has it.
 *
 * ```
 * 0        512                  2 MiB              2^52 …
 * | record | record | … 4096 … | (nothing)        | one byte for each key, by 52 bits of its digest
 * ```
 *
 * The bytes need not exist, so nothing is made or removed for a lock: it is one system call, another
 * one gives it up, and the system does so when a process ends, however it ends. A lock belongs to the
 * opening of the file: threads, which have openings of their own, keep each other out as processes do.
 *
 * Records are for people and against deadlocks. Two keys may share one; the key in it tells whose it
 * is, and one that is torn or that of another key counts as none.
 *
 * @module
 */

import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Native } from "../../native.ts";
import { isAbsent } from "../file.ts";
import type { Layout } from "../layout.ts";
import { makeDirectory } from "../make-directory.ts";
import { createRoot } from "../root.ts";
import type { LockRecord } from "./lock.ts";

const RECORD_BYTES = 512;
const FIRST_LOCK = 2 ** 52;
const LOCK_DIGITS = 13;
/** How often it is looked whether the file is still the one that others open. */
const CHECK_EVERY_MS = 1000;
const MOST_IDLE = 16;
const SPACE = 0x20;
const NEWLINE = 0x0a;

const scratch = Buffer.alloc(RECORD_BYTES);

/** An opening of a lock file. */
export class LockFile {
  /** How many locks it has. */
  held = 0;
  readonly #addon: Native;
  readonly #fd: number;
  #checked: number;
  #isRetired = false;

  /** @throws errors of the file system. */
  constructor(layout: Layout, addon: Native) {
    this.#addon = addon;
    this.#fd = open(layout);
    this.#checked = performance.now();
  }

  /** Whether somebody removed the file: those who open it now do not see these locks. */
  isRemoved(): boolean {
    const time = performance.now();
    if (time - this.#checked < CHECK_EVERY_MS) return false;
    this.#checked = time;
    return fstatSync(this.#fd).nlink === 0;
  }

  /** Asks for the lock of a key. @throws errors of the system, where it has none. */
  tryLock(id: string): boolean {
    const isLocked = this.#addon.tryLock(this.#fd, positionOf(id));
    if (isLocked) this.held++;
    return isLocked;
  }

  /** Gives it up. */
  unlock(id: string): void {
    this.held--;
    try {
      this.#addon.unlock(this.#fd, positionOf(id));
    } finally {
      if (this.#isRetired && this.held === 0) this.#close();
    }
  }

  /** Writes the record of a key. @throws errors of the file system. */
  write(id: string, record: LockRecord): void {
    const { host, pid, since, isAsync, waits } = record;
    const text = JSON.stringify({ id, host, pid, since, isAsync, waits });
    scratch.fill(SPACE, scratch.write(text));
    scratch[RECORD_BYTES - 1] = NEWLINE;
    writeSync(this.#fd, scratch, 0, RECORD_BYTES, recordOf(id));
  }

  /** The record of a key, if it is there. */
  read(id: string): LockRecord | undefined {
    try {
      const count = readSync(this.#fd, scratch, 0, RECORD_BYTES, recordOf(id));
      const record = JSON.parse(scratch.toString("utf8", 0, count));
      return record.id === id && isRecord(record) ? record : undefined;
    } catch {
      return undefined;
    }
  }

  /** Closes the file as soon as it has no locks. It must not be asked for any others. */
  retire(): void {
    this.#isRetired = true;
    if (this.held === 0) this.#close();
  }

  #close(): void {
    closeSync(this.#fd);
  }
}

const opened = new Map<string, LockFile>();

/**
 * The lock file of a store, opened once in this thread; of files without locks, the last few stay
 * open.
 *
 * @throws errors of the file system.
 */
export function lockFile(layout: Layout, addon: Native): LockFile {
  const path = layout.locks;
  let file = opened.get(path);
  if (file?.isRemoved()) {
    forget(path, file);
    file = undefined;
  }
  if (file) return file;
  file = new LockFile(layout, addon);
  for (const [other, idle] of opened) {
    if (opened.size < MOST_IDLE) break;
    if (idle.held === 0) forget(other, idle);
  }
  opened.set(path, file);
  return file;
}

function forget(path: string, file: LockFile): void {
  opened.delete(path);
  file.retire();
}

function open(layout: Layout): number {
  const flags = constants.O_RDWR | constants.O_CREAT;
  try {
    return openSync(layout.locks, flags);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  createRoot(layout.root);
  makeDirectory(dirname(layout.locks));
  return openSync(layout.locks, flags);
}

function positionOf(id: string): number {
  return FIRST_LOCK + Number.parseInt(id.slice(0, LOCK_DIGITS), 16);
}

function recordOf(id: string): number {
  return RECORD_BYTES * Number.parseInt(id.slice(LOCK_DIGITS), 16);
}

function isRecord(given: Record<keyof LockRecord, unknown>): boolean {
  const { host, pid, since, isAsync, waits } = given;
  return (
    typeof host === "string" &&
    Number.isSafeInteger(pid) &&
    Number.isSafeInteger(since) &&
    typeof isAsync === "boolean" &&
    Array.isArray(waits) &&
    waits.every((id) => typeof id === "string")
  );
}
