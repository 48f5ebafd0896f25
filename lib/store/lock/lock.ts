/**
 * Locks of entries: who has one computes the entry, and the others wait.
 *
 * A lock decides who works, never who is right: entries are published as if there were none. So
 * whoever cannot have one, or must not wait for it, computes too.
 *
 * @module
 */

import { hostname } from "node:os";
import { digestText } from "../../hash/xxh3.ts";
import type { LockOwner } from "../backend.ts";
import type { EntryKey } from "../layout.ts";

/** What is known of the one who has a lock. */
export interface LockRecord extends LockOwner {
  /** Whether the function returned a promise, so that waiting for it must not block. */
  readonly isAsync: boolean;
  /** The locks that it waits for, by {@link lockId}; {@link ANOTHER_STORE} for what is not here. */
  readonly waits: readonly string[];
}

/** A lock that was got. */
export interface Lock {
  /** Tells the others; where that fails, they know nothing of it. */
  tell(record: LockRecord): void;
  /** Gives it up. */
  release(): void;
}

/** A lock that somebody else has. */
export interface Taken {
  /** Who that is; `undefined` where it is not known, or not yet. */
  readonly owner: LockRecord | undefined;
}

/** The locks of one store. */
export interface Locks {
  /** Milliseconds after which to ask again at first, and at last. */
  readonly pauses: { readonly first: number; readonly longest: number };
  /**
   * How long who has a lock goes on waiting for another one, in milliseconds, while he cannot see that
   * its holder does not wait for him.
   */
  readonly blindWait: number;
  /** How long a computation has to take, in milliseconds, for its lock to be worth what it costs. */
  readonly paysFrom: number;

  /**
   * Asks for a lock, once. A caller that has it must not ask again.
   *
   * @param id of the key, by {@link lockId}.
   * @returns `undefined` where there are no locks; {@link Locks.failure} says why.
   */
  tryLock(key: EntryKey, id: string, record: LockRecord): Attempt | Promise<Attempt>;

  /** What is known of the one who has a lock; of the last one who had it, where nobody has. */
  read(id: string): LockRecord | undefined;

  /** Why there are no locks. */
  readonly failure: unknown;
}

/** What comes of asking for a lock. */
export type Attempt = Lock | Taken | undefined;

/** Stands for a lock of another store. */
export const ANOTHER_STORE = "?";

const LONGEST_HOST = 64;
const host = hostname().slice(0, LONGEST_HOST);

let lastCode = { functionId: "", codeId: "", first: 0, second: 0 };

/** What names a lock in a store: 16 hex digits. */
export function lockId({ functionId, codeId, argsId }: EntryKey): string {
  if (lastCode.functionId !== functionId || lastCode.codeId !== codeId) {
    const digest = digestText(`${codeId}${functionId}`);
    lastCode = { functionId, codeId, first: bitsAt(digest, 0), second: bitsAt(digest, 8) };
  }
  const { first, second } = lastCode;
  return digitsOf(bitsAt(argsId, 0) ^ first) + digitsOf(bitsAt(argsId, 8) ^ second);
}

/** 32 bits of a digest. */
function bitsAt(digest: string, at: number): number {
  return Number.parseInt(digest.slice(at, at + 8), 16);
}

function digitsOf(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, "0");
}

/** This process, as the owner of a lock from now on. */
export function lockRecord(isAsync: boolean): LockRecord {
  return { host, pid: process.pid, since: Date.now(), isAsync, waits: [] };
}
