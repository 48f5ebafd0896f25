/**
 * Making the cached form of a function.
 *
 * @module
 */

import { type Bound, boundParts } from "../code/inspector/bound.ts";
import { functionName } from "../code/origin/identity.ts";
import { isNativeCode } from "../code/syntax/source.ts";
import { wrongType } from "../errors.ts";
import { originalOf, tell } from "../hash/code/memorized.ts";
import type { Checked } from "../options.ts";
import type { WarnOnce } from "../warning.ts";
import { argumentsOf } from "./arguments/arguments.ts";
import { CallKeys } from "./arguments/call-key.ts";
import { KeptSources } from "./arguments/kept-sources.ts";
import { CachedCalls } from "./cached-calls.ts";
import type { Entries } from "./entries/entries.ts";
import { type MemorizedFunc, memorize } from "./memorized-func.ts";
import { Reporter } from "./reporter.ts";
import {
  type AnyFunction,
  type CacheOptions,
  type Settings,
  warnOfCompressedMaps,
} from "./settings.ts";
import type { Shape } from "./shape.ts";
import type { Counters } from "./stats.ts";
import { isAsyncFunction } from "./thenable.ts";
import { UncachedCalls } from "./uncached-calls.ts";

/** What the cached functions of one Memory have in common. */
export interface Home {
  /** `null`: nothing is stored. */
  readonly entries: Entries | null;
  readonly settings: Settings;
  readonly warnings: WarnOnce;
  readonly counters: Counters;
}

/**
 * The cached form of a function; of a cached function, that of the function inside it.
 *
 * @param calledBy the module whose function it is, where the options name none.
 * @throws TypeError for classes, native code, and anonymous functions without a `name`.
 */
export function cacheFunction<F extends AnyFunction, S extends Shape>(
  home: Home,
  func: F,
  options: Checked<CacheOptions<F>>,
  calledBy: string,
): MemorizedFunc<F, S> {
  const original = originalOf(checkFunction(func)) as F;
  const bound = checkNative(checkFunction(original));
  // A bound function is the one inside it, called in a certain way.
  const target = (bound?.target ?? original) as AnyFunction;
  const { name: givenName = nameOfMemorized(func, target), module = calledBy, ...own } = options;
  const name = functionName(target, givenName);
  const identity = { functionId: `${module}#${name}`, name };
  const settings = { ...home.settings, ...own } as Settings;
  const { entries, warnings, counters } = home;
  warnOfCompressedMaps(warnings, settings);
  const place = entries ? `${entries.backend} ${entries.location}` : "";
  const sources = new KeptSources(entries?.analyses, identity.functionId, place);
  const ignore = checkIgnore(settings);
  const counted = sources.during(() => argumentsOf(target, { ignore, name }));
  const reporter = new Reporter(identity, settings, warnings, counters.of(identity.functionId));
  const keys = new CallKeys(target, identity, settings, counted, bound, place, sources);
  const calls = entries
    ? new CachedCalls(original, identity, settings, keys, entries, reporter, counters)
    : new UncachedCalls(original, identity, counters);
  const isAsync = entries?.isAsync === true || isAsyncFunction(target);
  const { functionId } = identity;
  const memorized = memorize<F, S>(original, functionId, calls, frozen(options), {
    call: isAsync,
    members: entries?.isAsync === true,
  });
  const { track, version, captures } = settings;
  tell(memorized, { functionId, track, version, captures });
  return memorized;
}

/** A name that an anonymous function was given when it was cached before. */
function nameOfMemorized(func: AnyFunction, target: AnyFunction): string | undefined {
  const { options } = func as Partial<MemorizedFunc<AnyFunction>>;
  return func === target || target.name !== "" ? undefined : options?.name;
}

/** The options as they were given: what the caller does with his afterwards changes nothing. */
function frozen<F extends AnyFunction>(options: Checked<CacheOptions<F>>): CacheOptions<F> {
  const { ignore } = options;
  const copy = { ...options, ...(ignore && { ignore: Object.freeze([...ignore]) }) };
  return Object.freeze(copy) as CacheOptions<F>;
}

/** @throws TypeError for parts that are to be ignored of arguments that are not hashed. */
function checkIgnore({ key, ignore }: Settings): Settings["ignore"] {
  if (!key || ignore?.every((name) => name === "this") !== false) return ignore;
  throw new TypeError(
    "cache was given both key and ignore: with key the arguments are not hashed, leave out ignore",
  );
}

function checkFunction(func: AnyFunction): AnyFunction {
  const isClass =
    typeof func === "function" && /^class\b/.test(Function.prototype.toString.call(func));
  if (typeof func !== "function" || isClass) {
    throw wrongType("what is to be cached", "a function", func);
  }
  return func;
}

/** The parts of a bound function. @throws TypeError for other native code. */
function checkNative(func: AnyFunction): Bound | undefined {
  if (!isNativeCode(func)) return undefined;
  const bound = boundParts(func);
  if (bound) return bound;
  const accepted = "a function with a source, such as (...args) => original(...args),";
  throw wrongType("what is to be cached", accepted, func);
}
