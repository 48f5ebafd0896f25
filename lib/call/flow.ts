/**
 * One course of things for callers that wait and for callers that do not.
 *
 * A cached function stays synchronous where everything it meets is synchronous. So the course of a
 * call is a generator that yields the promises it meets: without one it ends at once, and with one
 * the caller gets a promise.
 *
 * @module
 */

import { types } from "node:util";

/** A value, or the promise of one. */
export type Maybe<T> = T | PromiseLike<T>;

/** A course of things: yields what has to be waited for, and returns its result. */
export type Flow<T> = Generator<PromiseLike<unknown>, T, unknown>;

/** The value itself, or what its promise comes to. */
export function* wait<T>(value: Maybe<T>): Flow<T> {
  return (isPending(value) ? yield value : value) as T;
}

/** Whether a value is still to come. Where every microsecond counts this does without {@link wait}. */
export function isPending<T>(value: Maybe<T>): value is PromiseLike<T> {
  return types.isPromise(value);
}

/** Runs a flow: its result where it never had to wait, and the promise of it otherwise. */
export function run<T>(flow: Flow<T>): T | Promise<T> {
  const first = flow.next();
  return first.done ? first.value : settle(flow, first.value);
}

async function settle<T>(flow: Flow<T>, first: PromiseLike<unknown>): Promise<T> {
  let awaited = first;
  for (;;) {
    // What is no promise of the language may call back with anything, and return nothing.
    const resume = await Promise.resolve(awaited).then(
      (value) => () => flow.next(value),
      (error: unknown) => () => flow.throw(error),
    );
    const step = resume();
    if (step.done) return step.value;
    awaited = step.value;
  }
}
