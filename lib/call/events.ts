/**
 * What happened to calls, for those who watch: `node:diagnostics_channel`, channel `ndmemo:call`.
 *
 * @module
 */

import { channel } from "node:diagnostics_channel";

/** A call whose value was loaded. Times are in seconds. */
export interface HitEvent extends CallName {
  /** What happened. */
  readonly type: "hit";
  /** Bytes of the value. */
  readonly bytes: number;
  /** Hashing the arguments; 0 where the key of an equal call was kept. */
  readonly hash: number;
  /** Finding and loading the value. */
  readonly load: number;
  /** How long the value once took to compute. */
  readonly saved: number;
}

/** A call that runs the function. */
export interface MissEvent extends CallName {
  /** What happened. */
  readonly type: "miss";
  /** Why. */
  readonly reason: MissReason;
  /** Hashing the arguments, in seconds; 0 where the key of an equal call was kept. */
  readonly hash: number;
}

/** A value that was written. Times are in seconds. */
export interface StoredEvent extends CallName {
  /** What happened. */
  readonly type: "stored";
  /** Bytes of the value. */
  readonly bytes: number;
  /** Running the function. */
  readonly compute: number;
  /** Writing the value. */
  readonly store: number;
}

/** An entry that was removed to keep a limit. */
export interface EvictedEvent {
  /** What happened. */
  readonly type: "evicted";
  /** Digest of the code. */
  readonly codeId: string;
  /** Digest of the arguments. */
  readonly argsId: string;
  /** Bytes of the files that were removed. */
  readonly bytes: number;
  /** Where the entry was. */
  readonly path: string;
}

/** What a subscriber of the channel `ndmemo:call` is told. */
export type CallEvent = HitEvent | MissEvent | StoredEvent | EvictedEvent;

/** Which call an event is about. */
export interface CallName {
  /** `<module>#<name>` of the function. */
  readonly functionId: string;
  /** Digest of the function's code. */
  readonly codeId: string;
  /** Digest of the arguments. */
  readonly argsId: string;
}

/**
 * Why a call was no hit: there was no entry, or a damaged one, or one that the validation refused;
 * `recompute` was called; or the entry needs a class that is not registered in this process.
 */
export type MissReason = "absent" | "damaged" | "stale" | "forced" | "elsewhere";

const calls = channel("ndmemo:call");

/** Whether there are subscribers. */
export function isWatched(): boolean {
  return calls.hasSubscribers;
}

/** Tells the subscribers; without any, the event is not even made. */
export function publish(event: () => CallEvent): void {
  if (calls.hasSubscribers) calls.publish(event());
}
