/**
 * Own enumerable properties in canonical bytes, in an order that does not depend on their making.
 *
 * @module
 */

import { isNativeCode } from "../code/syntax/source.ts";
import type { Difference } from "./code/difference.ts";
import type { Step } from "./path.ts";
import { symbolName } from "./primitive.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";

/** A property as it is written: a tag and a text in place of its key. */
interface Name {
  readonly key: string | symbol;
  readonly tag: number;
  readonly text: string;
}

/** Writes the string-keyed properties: their number, then each name and value, sorted by name. */
export function writeProperties(walk: Walk, value: object): void {
  const keys = Object.keys(value);
  if (!isSorted(keys)) keys.sort();
  walk.sink.uint64(keys.length);
  for (const key of keys) {
    walk.sink.text(key);
    writeOwn(walk, value, key);
  }
}

/**
 * Writes properties that do not belong to the kind of an object: those of the given keys and all
 * enumerable ones under symbols. Writes nothing when there are none.
 */
export function writeExtras(walk: Walk, value: object, keys: readonly (string | symbol)[]): void {
  const names = namesOf(walk, value, keys);
  if (names.length === 0) return;
  walk.sink.byte(Tag.extras);
  walk.sink.uint64(names.length);
  for (const name of names) {
    writeName(walk, name);
    writeOwn(walk, value, name.key);
  }
}

/**
 * Writes what is on a function or a prototype and not told by the source: methods in the old style,
 * and what was patched in or taken out. An accessor of a prototype is written as its functions: it
 * makes no sense on the prototype itself.
 */
export function writeDifferences(
  walk: Walk,
  owner: object,
  differences: readonly Difference[],
  isPrototype = true,
): void {
  const whats = new Map(differences.map(({ key, what }) => [key, what]));
  const names = namesOf(walk, owner, [...whats.keys()], whats);
  if (!isPrototype) {
    if (names.length === 0) return;
    walk.sink.byte(Tag.extras);
  }
  walk.sink.uint64(names.length);
  for (const name of names) {
    writeName(walk, name);
    const what = whats.get(name.key) ?? "as is";
    if (what === "absent") {
      walk.sink.byte(Tag.absent);
    } else if (what !== "as is") {
      walk.sink.byte(Tag.computed);
      for (const number of what) walk.sink.uint64(number + 1);
    } else if (isPrototype) {
      writeAsIs(walk, owner, name.key);
    } else {
      writeOwn(walk, owner, name.key);
    }
  }
}

/**
 * Writes an own property: what it holds, or what its getter returns; where no code may run, an
 * accessor as its functions.
 */
export function writeOwn(walk: Walk, value: object, key: Step): void {
  if (walk.inert) writeAsIs(walk, value, key);
  else walk.part(key, Reflect.get(value, key));
}

/**
 * A property that may come from a prototype and says what an object is, such as its `name`. Where
 * no code may run, a getter of the user's counts as absent: it is in the code of the class.
 */
export function inherited(walk: Walk, value: object, key: string | symbol): unknown {
  if (!walk.inert) return Reflect.get(value, key);
  for (let link: object | null = value; link !== null; link = Object.getPrototypeOf(link)) {
    const property = Object.getOwnPropertyDescriptor(link, key);
    if (property === undefined) continue;
    if (property.get === undefined) return property.value;
    return isNativeCode(property.get) ? property.get.call(value) : undefined;
  }
  return undefined;
}

function writeAsIs(walk: Walk, value: object, key: Step): void {
  const property = Object.getOwnPropertyDescriptor(value, key);
  if (property?.get === undefined && property?.set === undefined) {
    walk.part(key, property?.value);
  } else {
    walk.sink.byte(Tag.accessor);
    walk.part(key, property.get);
    walk.part(key, property.set);
  }
}

function writeName(walk: Walk, { tag, text }: Name): void {
  walk.sink.byte(tag);
  walk.sink.text(text);
}

function namesOf(
  walk: Walk,
  value: object,
  keys: readonly (string | symbol)[],
  whats?: ReadonlyMap<string | symbol, Difference["what"]>,
): Name[] {
  const symbols = Object.getOwnPropertySymbols(value);
  if (keys.length === 0 && symbols.length === 0) return [];
  const names: Name[] = [];
  const all = new Set<string | symbol>(keys);
  for (const symbol of symbols) {
    if (Object.prototype.propertyIsEnumerable.call(value, symbol)) all.add(symbol);
  }
  for (const key of all) {
    if (typeof key === "string") {
      names.push({ key, tag: Tag.string, text: key });
    } else {
      const name = nameOfSymbol(walk, value, key, typeof whats?.get(key) === "object");
      if (name !== undefined) names.push(name);
    }
  }
  return names.sort((a, b) => a.tag - b.tag || (a.text < b.text ? -1 : 1));
}

/** @param isMember whether it is the name of a member of a class, whose code is known. */
function nameOfSymbol(walk: Walk, value: object, key: symbol, isMember: boolean): Name | undefined {
  const name = symbolName(key);
  if (name === undefined) {
    if (isMember) return { key, tag: Tag.describedSymbol, text: key.description ?? "" };
    const reason = `has a property under ${key.toString()}, a symbol that only this process knows`;
    walk.leaveOut(value, reason);
    return undefined;
  }
  const tag = name.registered ? Tag.registeredSymbol : Tag.wellKnownSymbol;
  return { key, tag, text: name.name };
}

function isSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) {
    if ((keys[i - 1] as string) > (keys[i] as string)) return false;
  }
  return true;
}
