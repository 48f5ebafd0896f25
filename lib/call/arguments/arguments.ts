/**
 * Which arguments of a function count in a key, and in what form.
 *
 * Calls that the function cannot tell apart by its parameters get the same form: `f(1)`,
 * `f(1, undefined)` and `f(1, 2)` where the second parameter has the default 2. Whatever may make a
 * difference to it stays as it was given: everything, where it uses `arguments` or `eval`, and where
 * its source cannot be read; and arguments beyond the parameters, though they seldom matter.
 *
 * @module
 */

import { parametersOf } from "../../code/syntax/parameters.ts";
import type { AnyFunction } from "../../code/syntax/parse.ts";
import { checkIgnore, ignoreItem, unreadable } from "./ignore.ts";
import { IGNORED, normalForm } from "./normal-form.ts";
import { type Rule, type Rules, rulesOf } from "./rule.ts";

/** What counts of the arguments of one function. */
export interface CountedArguments {
  /** Whether the receiver does not. */
  readonly ignoresThis: boolean;
  /**
   * The arguments as they are hashed: the array that was given where nothing is to be changed.
   *
   * Takes a few microseconds, and shares all content with the caller's objects: do not change it.
   *
   * @throws TypeError where a part is to be ignored of something that is no plain object.
   */
  normalise(args: readonly unknown[]): readonly unknown[];
  /** An argument in words: `x`, `...rest[2]`, or `args[1]` where it has no name. */
  nameOf(position: number): string;
}

/** What a missing argument is to a function that sees how many there were. */
const ABSENT = Symbol.for("ndmemo.absent");

/**
 * What counts of the arguments of a function.
 *
 * Reads the source at once if something is to be ignored, otherwise when first needed.
 *
 * @param options the option `ignore` as the user gave it, and what messages call the function.
 * @throws TypeError where `ignore` is no array of strings, or names what the function does not have.
 */
export function argumentsOf(
  fn: AnyFunction,
  options: { readonly ignore?: unknown; readonly name: string },
): CountedArguments {
  const ignore = options.ignore === undefined ? [] : checkIgnore(options.ignore);
  let known: Counted | null | undefined;
  if (ignore.length > 0) known = readWith(ignore, fn, options.name);
  const counted = (): Counted | null => {
    known = known === undefined ? read(fn) : known;
    return known;
  };
  return {
    ignoresThis: ignore.includes("this"),
    normalise: (args) => counted()?.normalise(args) ?? args,
    nameOf: (position) => counted()?.nameOf(position) ?? `args[${position}]`,
  };
}

function read(fn: AnyFunction): Counted | null {
  const list = parametersOf(fn);
  return list ? new Counted(rulesOf(list)) : null;
}

function readWith(ignore: readonly string[], fn: AnyFunction, name: string): Counted {
  const list = parametersOf(fn);
  const [first = ""] = ignore;
  if (!list) throw unreadable(first, name);
  const rules = rulesOf(list);
  for (const item of ignore) {
    if (item !== "this") ignoreItem(item, rules, fn, name);
    else if (list.isArrow) throw noReceiver(name);
  }
  return new Counted(rules);
}

function noReceiver(name: string): TypeError {
  return new TypeError(
    `Cannot ignore "this" of ${name}: it is an arrow function, which has no receiver of its own`,
  );
}

class Counted {
  readonly #rules: Rules;
  /** The parameters that something becomes of. */
  readonly #active: readonly (readonly [position: number, rule: Rule])[];

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#active = [...rules.parameters.entries()].filter(
      ([, { ignored, initial, content }]) => ignored || initial || content,
    );
  }

  normalise(args: readonly unknown[]): readonly unknown[] {
    const { parameters, rest, isExact } = this.#rules;
    const filler = isExact ? ABSENT : undefined;
    let given: unknown[] | undefined;
    for (const [position, rule] of this.#active) {
      const before = args[position];
      const after = normalForm(rule, before);
      if (Object.is(after, before)) continue;
      given ??= args.slice();
      while (given.length < position) given.push(filler);
      given[position] = after;
    }
    if (rest?.ignored) {
      given = (given ?? args).slice(0, parameters.length);
      while (given.length < parameters.length) given.push(filler);
      given.push(IGNORED);
    }
    return isExact ? (given ?? args) : this.#withoutTrailing(given ?? args);
  }

  nameOf(position: number): string {
    const { parameters, rest } = this.#rules;
    const rule = parameters[position];
    if (rule) return rule.place;
    return rest?.place ? `...${rest.place}[${position - parameters.length}]` : `args[${position}]`;
  }

  /** Without `undefined` at the end, unless a rest parameter would tell how many there were. */
  #withoutTrailing(args: readonly unknown[]): readonly unknown[] {
    const { parameters, rest } = this.#rules;
    if (rest && args.length > parameters.length) return args;
    let { length } = args;
    while (length > 0 && args[length - 1] === undefined) length--;
    return length === args.length ? args : args.slice(0, length);
  }
}
