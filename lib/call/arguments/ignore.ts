/**
 * The option `ignore`: which names it may hold, and what they mean.
 *
 * ```text
 * "x"              a parameter, also a rest parameter: all of it
 * "debug"          a variable that a pattern takes out of a parameter
 * "options.debug"  a property of such a variable, at any depth
 * "this"           the receiver
 * ```
 *
 * @module
 */

import { type AnyFunction, sourceText } from "../../code/syntax/parse.ts";
import { propertiesRead, readsProperty } from "../../code/syntax/properties-read.ts";
import { wrongType } from "../../errors.ts";
import { propertyRule, type Rule, type Rules } from "./rule.ts";

const ADVICE = 'use the option "key" to say what counts';

/** Refuses what is no list of names. */
export function checkIgnore(ignore: unknown): readonly string[] {
  if (Array.isArray(ignore) && Array.from(ignore).every((item) => typeof item === "string")) {
    return ignore;
  }
  throw wrongType('the option "ignore"', "an array of names of parameters", ignore);
}

/** The error for a function whose parameters cannot be read. */
export function unreadable(item: string, name: string): TypeError {
  return new TypeError(
    `Cannot ignore "${item}" of ${name}: its parameters are not known, since its source cannot be ` +
      `read (native code, a bound function, or syntax newer than the parser's); ${ADVICE}`,
  );
}

/**
 * Marks what one item of `ignore` means as ignored.
 *
 * @throws TypeError where it means nothing, with the names that there are.
 */
export function ignoreItem(item: string, rules: Rules, fn: AnyFunction, name: string): void {
  const [variable = "", ...keys] = item.split(".");
  const found = rules.names.get(variable);
  if (!found || keys.includes("")) throw unknownName(item, rules, fn, name);
  if (found.length === 0) {
    throw new TypeError(
      `Cannot ignore "${item}" of ${name}: "${variable}" stands in a pattern with a computed or ` +
        `repeated property, or behind a rest, so what it holds is not known; ${ADVICE}`,
    );
  }
  for (const rule of found) {
    const isRest = rule === rules.rest || rule === rule.within?.content?.rest;
    if (isRest && keys.length > 0) {
      throw new TypeError(
        `Cannot ignore "${item}" of ${name}: "${variable}" is a rest, of which all or nothing is ` +
          `ignored; ${ADVICE}`,
      );
    }
    const [key] = keys;
    if (key !== undefined) checkProperty(key, variable, fn, name);
    markIgnored(keys.reduce(propertyRule, rule), item);
  }
}

/**
 * Refuses the name of a property that the function never reads, if it reads one that is spelled almost
 * like it. Other unknown names are left: callers may pass more than the function looks at.
 */
function checkProperty(key: string, variable: string, fn: AnyFunction, name: string): void {
  const read = propertiesRead(fn, variable);
  if (!read || read.has(key)) return;
  const meant = [...read].find((other) => isAlmost(key, other));
  if (meant === undefined) return;
  throw new TypeError(
    `Cannot ignore "${variable}.${key}" of ${name}, which reads no such property: did you mean ` +
      `"${variable}.${meant}"? If not, ${ADVICE}`,
  );
}

/** Whether a name becomes another one by a letter more, less or other, or two that change places. */
function isAlmost(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length < 3 || long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end++;
  const left = short.slice(start, short.length - end);
  const right = long.slice(start, long.length - end);
  const isSwap = left.length === 2 && left === [...right].reverse().join("");
  return right.length <= 1 || isSwap;
}

function markIgnored(rule: Rule, item: string): void {
  rule.ignored = true;
  for (let outer = rule.within; outer; outer = outer.within) {
    if (outer.content) outer.content.ignoring ??= item;
  }
}

function unknownName(item: string, rules: Rules, fn: AnyFunction, name: string): TypeError {
  const known = [...rules.names.keys()];
  const list = known.length > 0 ? `its parameters are ${known.join(", ")}` : "it has no parameters";
  const advice = looksMinified(fn, known)
    ? `. Its code looks minified, so that the names of the source are lost: ${ADVICE}, or keep the ` +
      "minifier from this function"
    : meantProperty(item, rules, fn);
  return new TypeError(`${name} has no parameter "${item}" to ignore: ${list}${advice}`);
}

/** A question, where the function reads properties of this name. */
function meantProperty(item: string, { names, rest }: Rules, fn: AnyFunction): string {
  const [key = "", ...deeper] = item.split(".");
  if (key === "" || deeper.includes("")) return "";
  const isObject = (rule: Rule): boolean => rule !== rest && rule !== rule.within?.content?.rest;
  const meant = [...names]
    .filter(([, found]) => found.length > 0 && found.every(isObject))
    .filter(([variable]) => readsProperty(fn, variable, key))
    .map(([variable]) => `"${variable}.${item}"`);
  return meant.length > 0 ? `; did you mean ${meant.join(" or ")}?` : "";
}

function looksMinified(fn: AnyFunction, names: readonly string[]): boolean {
  // People, and printers of code, leave spaces.
  const isDense = !/\n|[,;{] /.test(sourceText(fn));
  return names.length > 0 && names.every(({ length }) => length <= 2) && isDense;
}
