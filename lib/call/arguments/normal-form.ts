/**
 * A value as it is hashed: with defaults in the place of `undefined`, without what is ignored.
 *
 * The caller's objects are not changed, and no getter of theirs is run: what differs is put into a
 * shallow stand-in, which hashes like the object in all other respects.
 *
 * @module
 */

import { types } from "node:util";
import { describe } from "../../describe.ts";
import { builtInName } from "../../hash/base.ts";
import { kindOf, plainObject } from "../../hash/kind.ts";
import { registeredType } from "../../type/registry.ts";
import type { Content, Rule } from "./rule.ts";

/**
 * Stands where something is ignored, so that the key also tells that it is. Otherwise a function
 * that is cached with and without `ignore` would find the entries of one under the keys of the other.
 */
export const IGNORED: unique symbol = Symbol.for("ndmemo.ignored");

const MISSING = Symbol("missing");
const ATTRIBUTES = { writable: true, enumerable: true, configurable: true };

/**
 * What is hashed in place of a value: the value itself where nothing is to be changed.
 *
 * @throws TypeError where a part is ignored of something that can have no stand-in.
 */
export function normalForm(rule: Rule, value: unknown): unknown {
  if (rule.ignored) return IGNORED;
  if (value !== undefined || !rule.initial) return formOf(rule, value);
  rule.standard ??= { value: formOf(rule, rule.initial.value) };
  return rule.standard.value;
}

function formOf(rule: Rule, value: unknown): unknown {
  const isObject = typeof value === "object" ? value !== null : typeof value === "function";
  return rule.content && isObject ? contentForm(rule, rule.content, value as object) : value;
}

function contentForm(rule: Rule, content: Content, value: object): object {
  const obstacle = obstacleIn(content, value);
  const changes = obstacle ?? changesIn(content, value);
  if (typeof changes === "object") {
    if (changes.size === 0 && !content.rest?.ignored) return value;
    const form = standIn(content, value, changes);
    if (form) return form;
  }
  // Without a stand-in a value counts as it is: a miss at worst, but not where the user was promised
  // that a part does not count.
  if (content.ignoring === undefined) return value;
  const reason = typeof changes === "string" ? changes : "has a getter";
  throw new TypeError(
    `Cannot ignore "${content.ignoring}": ${rule.place} is ${describe(value)}, which ${reason}; ` +
      'use the option "key" to say what counts',
  );
}

/** The parts that differ from the value's own, or why that cannot be told. */
function changesIn({ parts, isTakenApart }: Content, value: object): Map<string, unknown> | string {
  const changes = new Map<string, unknown>();
  const prototype: object | null = Object.getPrototypeOf(value);
  for (const [key, rule] of parts) {
    const own = Object.getOwnPropertyDescriptor(value, key);
    const isInherited = prototype !== null && key in prototype;
    const isIgnored = rule.ignored || rule.content?.ignoring !== undefined;
    if (isIgnored && !own && isInherited && !isPlain(prototype)) {
      return `inherits "${key}" from its class`;
    }
    if (rule.ignored) {
      changes.set(key, IGNORED);
    } else if (own && !("value" in own)) {
      return `has a getter "${key}"`;
    } else if (own || !isInherited) {
      const before: unknown = own?.value;
      const after = normalForm(rule, before);
      if (after === undefined && isTakenApart && own && !isInherited) changes.set(key, MISSING);
      else if (!Object.is(after, before)) changes.set(key, after);
    }
  }
  return changes;
}

/** A copy of an object with other parts; undefined where one of the others has a getter. */
function standIn(
  { isArray, parts, rest, length }: Content,
  value: object,
  changes: ReadonlyMap<string, unknown>,
): object | undefined {
  const isRestIgnored = rest?.ignored ?? false;
  const prototype: object | null = Object.getPrototypeOf(value);
  const form = (isArray ? [] : Object.create(prototype)) as Record<string | symbol, unknown>;
  const put = (key: string | symbol, part: unknown): void => {
    // An assignment is quicker, but would run the setters of a prototype.
    if (prototype === null || !(key in prototype)) form[key] = part;
    else Object.defineProperty(form, key, { value: part, ...ATTRIBUTES });
  };
  // There may be holes at the end.
  if (isArray && !isRestIgnored) form["length"] = (value as unknown[]).length;
  for (const key of Reflect.ownKeys(value)) {
    if (changes.has(key as string)) continue;
    if (isRestIgnored && !parts.has(key as string)) continue;
    const own = Object.getOwnPropertyDescriptor(value, key);
    // What cannot be listed does not count, but an iterator takes such an element like any other.
    if (!own || (isArray ? key === "length" : !own.enumerable)) continue;
    if (!("value" in own)) return undefined;
    put(key, own.value);
  }
  for (const [key, part] of changes) if (part !== MISSING) put(key, part);
  if (isRestIgnored) put(isArray ? String(length) : IGNORED, IGNORED);
  return form;
}

const OBJECT_TAG = "[object Object]";

/** Why a value can have no stand-in. */
function obstacleIn({ isArray, ignoring }: Content, value: object): string | undefined {
  if (types.isProxy(value)) return "is a proxy";
  const prototype: object | null = Object.getPrototypeOf(value);
  if (isArray) {
    // Any other object is taken apart by an iterator of its own.
    const isOrdinary =
      Array.isArray(value) &&
      prototype !== null &&
      builtInName(prototype) === "Array" &&
      !Object.hasOwn(value, Symbol.iterator);
    return isOrdinary ? undefined : "is no plain array";
  }
  // What is hashed as an object like any other may have a stand-in that is.
  if (Object.hasOwn(value, Symbol.toStringTag)) return "says itself what it is";
  if (prototype === Object.prototype && OBJECT_TAG === Object.prototype.toString.call(value)) {
    return undefined;
  }
  if (typeof value === "function" || kindOf(value) !== plainObject) return "is no plain object";
  if (isPlain(prototype)) return undefined;
  if (ignoring === undefined || !isOfOwnClass(prototype)) return "is no plain object";
  return registeredType(value)
    ? "is of a registered class, and counts as what it encodes"
    : undefined;
}

function isPlain(prototype: object | null): boolean {
  return prototype === null || builtInName(prototype) === "Object";
}

function isOfOwnClass(prototype: object | null): boolean {
  for (let link = prototype; link !== null; link = Object.getPrototypeOf(link)) {
    if (types.isProxy(link)) return false;
    if (builtInName(link) !== undefined) return isPlain(link);
  }
  return true;
}
