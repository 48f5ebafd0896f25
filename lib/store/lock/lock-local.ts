/**
 * The locks of a store of this machine: bytes of its lock file.
 *
 * @module
 */

import { native, nativeFailure } from "../../native.ts";
import type { EntryKey, Layout } from "../layout.ts";
import { ANOTHER_STORE, type Attempt, type Lock, type LockRecord, type Locks } from "./lock.ts";
import { type LockFile, lockFile } from "./lock-file.ts";

/** How long no lock is asked for where that failed. */
const REST_MS = 10_000;
/** As many as fit into a record. */
const MOST_WAITS = 12;

/** The locks of a local store. Making them touches no disk. */
export class LocalLocks implements Locks {
  readonly pauses = { first: 1, longest: 25 };
  /** From getting a lock to telling about it takes microseconds, or a turn of the scheduler. */
  readonly blindWait = 500;
  readonly paysFrom = 0;
  failure: unknown;
  readonly #layout: Layout;
  #restUntil = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  tryLock(_key: EntryKey, id: string, record: LockRecord): Attempt {
    const addon = native();
    if (!addon || performance.now() < this.#restUntil) {
      this.failure ??= nativeFailure();
      return undefined;
    }
    try {
      const file = lockFile(this.#layout, addon);
      if (!file.tryLock(id)) return { owner: file.read(id) };
      const lock = new HeldByte(file, id);
      lock.tell(record);
      return lock;
    } catch (error) {
      // Most often a file system that has no locks, or that may not be written to.
      this.failure = error;
      this.#restUntil = performance.now() + REST_MS;
      return undefined;
    }
  }

  read(id: string): LockRecord | undefined {
    const addon = native();
    try {
      return addon && lockFile(this.#layout, addon).read(id);
    } catch {
      return undefined;
    }
  }
}

class HeldByte implements Lock {
  readonly #file: LockFile;
  readonly #id: string;

  constructor(file: LockFile, id: string) {
    this.#file = file;
    this.#id = id;
  }

  tell(record: LockRecord): void {
    const isTooLong = record.waits.length > MOST_WAITS;
    try {
      this.#file.write(this.#id, isTooLong ? { ...record, waits: [ANOTHER_STORE] } : record);
    } catch {
      // Without a record nobody who has a lock waits for this one.
    }
  }

  release(): void {
    try {
      this.#file.unlock(this.#id);
    } catch {
      // Nobody holds what the system does not know; the value has been computed all the same.
    }
  }
}
