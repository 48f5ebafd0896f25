/**
 * Results that are promises of a value.
 *
 * @module
 */

import { types } from "node:util";

/** Whether a value is a promise or behaves like one. Runs no getter and no proxy trap of it. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (types.isPromise(value)) return true;
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  for (let link: object | null = value; link !== null; link = Object.getPrototypeOf(link)) {
    const property = Object.getOwnPropertyDescriptor(link, "then");
    if (property) return typeof property.value === "function";
  }
  return false;
}

/** Takes no notice of a promise, so that its rejection is nobody's. */
export function discard(promise: PromiseLike<unknown>): void {
  Promise.resolve(promise).catch(() => {});
}

/** Whether a function is declared `async` and returns a promise; an async generator does not. */
export function isAsyncFunction(func: (...args: never[]) => unknown): boolean {
  return types.isAsyncFunction(func) && !types.isGeneratorFunction(func);
}
