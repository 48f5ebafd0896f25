/**
 * Which code a function is: the part of a key that changes when the function does something else.
 *
 * `"own"` is its source without comments and layout. `"deep"` adds what the source reaches through
 * its scope and imports: helpers and classes by their own source and reach, constants and captured
 * data by value, installed packages by name and version. `"none"` is the same for every function.
 *
 * A user may also say it himself: by a version, which stands for all code, or by the values of what
 * the function captures and nobody can see.
 *
 * @module
 */

import { Memo } from "../../code/syntax/memo.ts";
import type { AnyFunction } from "../../code/syntax/parse.ts";
import { digestValue } from "../hash.ts";
import { digestText } from "../xxh3.ts";
import { type Code, computeDeep, deepCode, ownCode } from "./deep-code.ts";
import { type Reached, reachedValue } from "./findings.ts";

export type { Code } from "./deep-code.ts";
export type { LeftOut, Reached } from "./findings.ts";

/** How much of the code counts. */
export type Track = "deep" | "own" | "none";

/** What counts as the code of a function. */
export interface CodeOptions {
  /** How much of the code counts. */
  readonly track: Track;
  /** Stands for all code: any value that has a digest. */
  readonly version?: unknown;
  /**
   * Whether there is a version.
   *
   * @defaultValue whether `version` is anything but `undefined`
   */
  readonly hasVersion?: boolean;
  /**
   * Values that the function captures, by the name of the variable, or by another name that
   * {@link Code.leftOut} has: they count in place of what would be found there.
   */
  readonly captures?: Readonly<Record<string, unknown>> | undefined;
}

const NO_CODE: Code = { codeId: "0".repeat(32), complete: true, leftOut: [], reached: [] };

const own = new Memo<AnyFunction, Code>();
const told = new WeakMap<CodeOptions, Memo<AnyFunction, Code>>();

/**
 * The code of a function or class. Computed on first use, once for each function object: variables,
 * `version` and `captures` count with the values that they have then. With options that hold a
 * version or captures it is once for these options: pass the same object again.
 *
 * A deep id costs some 0.2 ms for each function that is reached, and more where the code of it has
 * not been run warm yet. Runs no code of what is reached.
 *
 * @throws CacheError `ERR_UNHASHABLE` for native code, bound functions included, unless there is a
 * version; for a version or a capture that has no digest.
 */
export function codeOf(fn: AnyFunction, options: Track | CodeOptions): Code {
  if (typeof options === "string") return codeByTrack(fn, options);
  if (!isVersioned(options) && names(options).length === 0) return codeByTrack(fn, options.track);
  let codes = told.get(options);
  if (codes === undefined) {
    codes = new Memo();
    told.set(options, codes);
  }
  return codes.get(fn) ?? codes.add(fn, () => codeAsTold(fn, options));
}

/** Whether options say which code a function is by a version. */
export function isVersioned({ hasVersion, version }: CodeOptions): boolean {
  return hasVersion ?? version !== undefined;
}

function codeByTrack(fn: AnyFunction, track: Track): Code {
  if (track === "none") return NO_CODE;
  if (track === "deep") return deepCode(fn).code;
  return own.get(fn) ?? own.add(fn, () => ownCode(fn, [], "is not followed"));
}

function codeAsTold(fn: AnyFunction, options: CodeOptions): Code {
  const { track, version, captures = {} } = options;
  const given = names(options);
  const parts: string[] = [];
  const reached: Reached[] = [];
  const add = (name: string, value: unknown): void => {
    const digest = digestValue(value, name);
    parts.push(digest);
    reached.push(reachedValue(name, value, digest));
  };

  let code = NO_CODE;
  if (isVersioned(options)) {
    add("version", version);
  } else {
    code = codeAround(fn, track, given);
    parts.push(code.codeId);
  }
  // They count beside a version too: two closures of one version may capture different things.
  for (const name of given) add(`captures.${name}`, captures[name]);
  const kinds = isVersioned(options) ? ["version"] : ["code"];
  const text = JSON.stringify([...kinds, ...given, ...parts]);
  return {
    ...code,
    codeId: digestText(text),
    reached: [...reached, ...code.reached],
  };
}

/** The code without the variables of these names. */
function codeAround(fn: AnyFunction, track: Track, given: readonly string[]): Code {
  if (track === "none") return NO_CODE;
  return track === "deep" ? computeDeep(fn, given).code : ownCode(fn, given, "is not followed");
}

function names({ captures }: CodeOptions): readonly string[] {
  return Object.keys(captures ?? {}).sort();
}
