/**
 * The code of a function with all that it reaches.
 *
 * @module
 */

import { namesAround } from "../../code/syntax/captured-names.ts";
import { Memo } from "../../code/syntax/memo.ts";
import type { AnyFunction } from "../../code/syntax/parse.ts";
import type { LeftOut, Reached } from "./findings.ts";
import { CodeGraph } from "./graph.ts";
import { ownDigest } from "./own-code.ts";

/** The code of a function. */
export interface Code {
  /** 32 lower-case hex digits, the same in every process and checkout. */
  readonly codeId: string;
  /**
   * Whether two functions of the same id do the same. If not, something that makes a difference was
   * left out: claim the id for one function object.
   */
  readonly complete: boolean;
  /** What the function refers to that is not part of the id. */
  readonly leftOut: readonly LeftOut[];
  /** What else the id is made of, besides the function's own source. */
  readonly reached: readonly Reached[];
}

/** The code of a function with what it reaches, and more. */
export interface DeepCode {
  readonly code: Code;
  /** The digest of the code without what is visible on the function itself: its properties. */
  readonly digest: Buffer;
  /** The first thing that makes the code incomplete. */
  readonly missing: LeftOut | undefined;
  /** The name of a collection that it can reach in which something may be kept for objects. */
  readonly register: string | undefined;
}

const deep = new Memo<AnyFunction, DeepCode>();

/**
 * The code of a function or class. Computed once for each function object: variables count with the
 * values that they have at the first call.
 *
 * @throws CacheError `ERR_UNHASHABLE` for native code.
 */
export function deepCode(fn: AnyFunction): DeepCode {
  return deep.get(fn) ?? deep.add(fn, () => computeDeep(fn, []));
}

/**
 * The code of a function or class as it is now: variables count with the values that they have at
 * this call. Computed anew where it holds any.
 */
export function currentCode(fn: AnyFunction): DeepCode {
  const before = deep.get(fn);
  if (before === undefined) return deepCode(fn);
  return isFixed(before.code) ? before : computeDeep(fn, []);
}

/** Whether the code cannot be another one later: it holds no values of variables, only functions. */
function isFixed({ reached, leftOut }: Code): boolean {
  const isValue = ({ kind }: Reached): boolean => kind === "constant" || kind === "data";
  return leftOut.length === 0 && !reached.some(isValue);
}

/** The same, computed anew, without the variables of these names: the caller tells their values. */
export function computeDeep(fn: AnyFunction, given: readonly string[]): DeepCode {
  const graph = new CodeGraph(given);
  const digests = graph.digest(fn);
  if (digests === undefined) {
    const code = ownCode(fn, given, "cannot be read without the inspector");
    return { code, digest: ownDigest(fn), missing: code.leftOut[0], register: undefined };
  }
  const { leftOut, reached, missing, register } = graph.findings;
  const codeId = digests.whole.toString("hex");
  const code = { codeId, complete: missing === undefined, leftOut, reached };
  return { code, digest: digests.bare, missing, register };
}

/** The code of a function by its own source alone; `why` says why the rest is left out. */
export function ownCode(fn: AnyFunction, given: readonly string[], why: string): Code {
  const names = namesAround(fn)?.filter((name) => !given.includes(name)) ?? ["its scope"];
  return {
    codeId: ownDigest(fn).toString("hex"),
    complete: names.length === 0,
    leftOut: names.map((name) => ({ name, why })),
    reached: [],
  };
}
