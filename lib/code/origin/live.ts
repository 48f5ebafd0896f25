/**
 * Refuses two functions that would share their entries although they may compute different things.
 *
 * A key may hold the source of a function without all that it closes over: by choice, or where that
 * cannot be read or hashed. Functions that a factory makes from one source then have one id and one
 * code, and would return each other's results. Evaluating a module makes each of its functions once,
 * so a second function object with the same id and code means a factory, a loop, or a module that was
 * evaluated twice. It is refused if it refers to anything outside itself, imports and helpers
 * included, since the values are out of sight.
 *
 * What this cannot see: closures in different processes, worker threads or copies of ndmemo, and a
 * function that alone is claimed in each run but closes over something else every time; and, where
 * there is no inspector, a closure over a variable with the name of a global.
 *
 * @module
 */

import { CacheError } from "../../errors.ts";
import type { AnyFunction } from "../syntax/parse.ts";
import { writtenVariables } from "../syntax/scope.ts";

// The record outlives the function: its entries are on the disk, so that a closure made later must
// not find them either. It holds no function, and there is one for each source, not for each object.
const claimed = new Map<string, WeakRef<AnyFunction>>();

/**
 * Claims the entries under a function id and a code id for one function object.
 *
 * Claiming again for the same object does nothing, nor does a claim for a function that refers to
 * nothing but its arguments. Keeps no function alive.
 *
 * @param place the store: functions on two stores do not share entries.
 * @throws CacheError `ERR_AMBIGUOUS_FUNCTION` when another function object, alive or not, claimed
 * them in this process.
 */
export function claimCode(functionId: string, codeId: string, fn: AnyFunction, place = ""): void {
  const id = JSON.stringify([place, functionId, codeId]);
  const claim = claimed.get(id);
  if (claim?.deref() === fn) return;
  const outer = writtenVariables(fn);
  if (outer?.length === 0) return;
  if (claim) throw ambiguous(functionId, outer);
  claimed.set(id, new WeakRef(fn));
}

function ambiguous(functionId: string, outer: readonly string[] | undefined): CacheError {
  const reason = outer
    ? `refers to ${outer.map((name) => `"${name}"`).join(", ")} outside itself`
    : "may refer to anything outside itself (it has no readable source, or calls eval)";
  return new CacheError(
    "ERR_AMBIGUOUS_FUNCTION",
    `Two functions with the same code were cached as "${functionId}", and the second one ${reason}: ` +
      "they could return each other's results. Say in `captures` what differs, give each a `name` of " +
      "its own, pass what differs as an argument, or make the function once, outside the loop, " +
      "factory or reloaded module",
    { key: functionId },
  );
}
