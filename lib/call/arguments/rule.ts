/**
 * What becomes of the arguments of one function before they are hashed, part by part.
 *
 * @module
 */

import type { Literal } from "../../code/syntax/literal.ts";
import type { Destructuring, Parameter, ParameterList } from "../../code/syntax/parameters.ts";

/** What becomes of one value. */
export interface Rule {
  /** The value in words: `x`, `options.solver`, `args[1].solver`. Empty for a rest without a name. */
  readonly place: string;
  /** The value that it is a part of. */
  readonly within: Rule | undefined;
  /** What stands in for `undefined`. */
  readonly initial: Literal | undefined;
  /** What becomes of that, once it is known. */
  standard: Literal | undefined;
  /** What becomes of its parts, where something does. */
  content: Content | undefined;
  /** Whether it is left out of the key. */
  ignored: boolean;
}

/** What becomes of the parts of a value. */
export interface Content {
  readonly isArray: boolean;
  /**
   * Whether the function sees nothing but the parts, so that a property which is `undefined` may as
   * well be missing.
   */
  readonly isTakenApart: boolean;
  /** By the name of the property, or the index of the element. */
  readonly parts: Map<string, Rule>;
  /** What is no part, where a variable takes it. */
  readonly rest: Rule | undefined;
  /** The number of elements in front of the rest. */
  readonly length: number;
  /** What `ignore` says that leads through here. */
  ignoring: string | undefined;
}

/** What becomes of all arguments. */
export interface Rules {
  readonly parameters: readonly Rule[];
  /** For the arguments beyond the parameters. */
  readonly rest: Rule | undefined;
  /**
   * By the variable that holds the value: several where a name is declared twice, none where it is
   * not known what the variable holds.
   */
  readonly names: ReadonlyMap<string, readonly Rule[]>;
  /** Whether the arguments count as they were given, with their number. */
  readonly isExact: boolean;
}

interface Context {
  readonly names: Map<string, Rule[]>;
  readonly isExact: boolean;
}

/** The rules of a function that ignores nothing yet. */
export function rulesOf({ parameters, rest, seesArguments: isExact }: ParameterList): Rules {
  const context: Context = { names: new Map(), isExact };
  return {
    parameters: parameters.map((parameter, i) => ruleOf(parameter, `args[${i}]`, context)),
    rest: rest && ruleOf({ target: rest, initial: undefined }, "", context),
    names: context.names,
    isExact,
  };
}

/** The rule of a property, made if there is none yet. */
export function propertyRule(of: Rule, key: string): Rule {
  of.content ??= {
    ...{ isArray: false, isTakenApart: false, parts: new Map(), rest: undefined, length: 0 },
    ignoring: undefined,
  };
  const known = of.content.parts.get(key);
  if (known) return known;
  const rule = emptyRule(`${of.place}.${key}`, of);
  of.content.parts.set(key, rule);
  return rule;
}

function ruleOf(
  { target, initial }: Parameter,
  place: string,
  context: Context,
  within?: Rule,
): Rule {
  const words = target.kind === "variable" && !within ? target.name : place;
  const rule = { ...emptyRule(words, within), initial: context.isExact ? undefined : initial };
  if (target.kind === "variable") addName(context, target.name, rule);
  else if (target.kind === "opaque") for (const hidden of target.names) addName(context, hidden);
  else rule.content = contentOf(target, rule, context);
  return rule;
}

function contentOf(
  { kind, parts, length, rest }: Destructuring,
  of: Rule,
  context: Context,
): Content {
  const isArray = kind === "array";
  const others = rest === undefined ? undefined : emptyRule(`...${rest}`, of);
  if (rest !== undefined) addName(context, rest, others);
  const rules = new Map<string, Rule>();
  for (const [key, part] of parts) {
    const place = isArray ? `${of.place}[${key}]` : `${of.place}.${key}`;
    rules.set(key, ruleOf(part, place, context, of));
  }
  const isTakenApart = !context.isExact && !isArray;
  return { isArray, isTakenApart, parts: rules, rest: others, length, ignoring: undefined };
}

function emptyRule(place: string, within: Rule | undefined): Rule {
  const nothing = { initial: undefined, standard: undefined, content: undefined };
  return { place, within, ...nothing, ignored: false };
}

function addName({ names }: Context, name: string, rule?: Rule): void {
  names.set(name, [...(names.get(name) ?? []), ...(rule ? [rule] : [])]);
}
