/**
 * Which code a function is: the part of a key that changes when the function does something else.
 *
 * `"own"` is its source without comments and layout. `"deep"` adds what the source reaches through
 * its scope and imports: helpers and classes by their own source and reach, constants and captured
 * data by value, installed packages by name and version. `"none"` is the same for every function.
 *
 * @module
 */

import type { AnyFunction } from "../code/parse.ts";
import { outerVariables } from "../code/scope.ts";
import type { LeftOut, Reached } from "./findings.ts";
import { CodeGraph } from "./graph.ts";
import { ownDigest } from "./own-code.ts";

export type { LeftOut, Reached } from "./findings.ts";

/** How much of the code counts. */
export type Track = "deep" | "own" | "none";

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
}

const NO_CODE: Code = { codeId: "0".repeat(32), complete: true, leftOut: [], reached: [] };

const own = new WeakMap<AnyFunction, Code>();
const deep = new WeakMap<AnyFunction, DeepCode>();

/**
 * The code of a function or class. Computed on first use, once for each function object: variables
 * count with the values that they have then.
 *
 * A deep id costs some 0.3 ms for each function that is reached, and listing the scripts of the
 * process (0.1 ms each) once some of them are in other files. Runs no code of what is reached.
 *
 * @throws CacheError `ERR_UNHASHABLE` for native code, bound functions included.
 */
export function codeOf(fn: AnyFunction, track: Track): Code {
  if (track === "none") return NO_CODE;
  if (track === "deep") return deepCode(fn).code;
  let code = own.get(fn);
  if (code === undefined) {
    code = ownCode(fn, ownDigest(fn), "is not followed");
    own.set(fn, code);
  }
  return code;
}

/** The same as `codeOf` for a deep id, for values that are functions. */
export function deepCode(fn: AnyFunction): DeepCode {
  let code = deep.get(fn);
  if (code === undefined) {
    code = computeDeep(fn);
    deep.set(fn, code);
  }
  return code;
}

function computeDeep(fn: AnyFunction): DeepCode {
  const graph = new CodeGraph();
  const digests = graph.digest(fn);
  if (digests === undefined) {
    const digest = ownDigest(fn);
    const code = ownCode(fn, digest, "cannot be read without the inspector");
    return { code, digest, missing: code.leftOut[0] };
  }
  const { leftOut, reached, missing } = graph.findings;
  const codeId = digests.whole.toString("hex");
  const code = { codeId, complete: missing === undefined, leftOut, reached };
  return { code, digest: digests.bare, missing };
}

function ownCode(fn: AnyFunction, digest: Buffer, why: string): Code {
  const names = outerVariables(fn) ?? ["its scope"];
  return {
    codeId: digest.toString("hex"),
    complete: names.length === 0,
    leftOut: names.map((name) => ({ name, why })),
    reached: [],
  };
}
