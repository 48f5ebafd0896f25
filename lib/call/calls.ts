/**
 * What a cached function can do, with a store and without.
 *
 * @module
 */

import type { EntryInfo } from "./entries/entry-info.ts";
import type { Metadata } from "./entries/metadata.ts";
import type { Explanation } from "./explain.ts";
import type { Maybe } from "./flow.ts";
import type { Shelved } from "./memorized-result.ts";
import type { FunctionStats } from "./stats.ts";

/** A value with the metadata of the call that made it. */
export interface Outcome<T = unknown> {
  /** What the function returned, mapped where a mode says so. */
  readonly value: T;
  /** What is kept about the call. */
  readonly metadata: Metadata;
}

/** A value on its way to the caller. */
export interface Delivery {
  readonly value: unknown;
  /** Whether the function returned a promise of it. */
  readonly async: boolean;
}

/** What a caller gets: a promise where the function gave one, also where the value is at hand. */
export function delivered(delivery: Maybe<Delivery>): unknown {
  if (delivery instanceof Promise) return delivery.then(({ value }) => value);
  const { value, async } = delivery as Delivery;
  return async ? Promise.resolve(value) : value;
}

/** The calls of one function. */
export interface Calls {
  /** The value of a call, or a promise of it where the function returns promises. */
  call(receiver: unknown, args: readonly unknown[]): unknown;
  /** A reference to the value of a call, which is computed and stored first if need be. */
  shelve(receiver: unknown, args: readonly unknown[]): Maybe<Shelved>;
  /** Runs the function and replaces the entry. */
  recompute(receiver: unknown, args: readonly unknown[]): Maybe<Outcome>;
  /** Whether a call would find an entry. */
  has(receiver: unknown, args: readonly unknown[]): Maybe<boolean>;
  /** Stores a value that was computed elsewhere. */
  set(receiver: unknown, args: readonly unknown[], value: unknown): Maybe<void>;
  /** Removes the entry of a call; tells whether there was one. */
  forget(receiver: unknown, args: readonly unknown[]): Maybe<boolean>;
  /** Why a call hits or misses. */
  explain(receiver: unknown, args: readonly unknown[]): Maybe<Explanation>;
  /** The entries of all versions of the function. */
  list(): Iterable<EntryInfo> | AsyncIterable<EntryInfo>;
  /** What the cache did for the function in this process, and what it holds of it. */
  stats(): Maybe<FunctionStats>;
  /** Removes the entries of all versions of the function. */
  clear(options: { readonly warn: boolean }): Maybe<void>;
}
