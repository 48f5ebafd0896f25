/**
 * How what is on a class differs from what its source has, name by name.
 *
 * @module
 */

import type { WrittenMember, WrittenMembers } from "../../code/syntax/class-members.ts";
import { sourceText } from "../../code/syntax/parse.ts";
import { symbolName } from "../primitive.ts";
import { originalOf } from "./memorized.ts";

/** A property that the source does not tell. */
export interface Difference {
  readonly key: string | symbol;
  /**
   * What stands there: `"as is"` for whatever it is, `"absent"` for nothing, or the numbers of the
   * members of the source with computed names, of value, getter and setter; -1 for none.
   */
  readonly what: "as is" | "absent" | readonly number[];
}

/** What every function has. */
export const OF_FUNCTIONS: ReadonlySet<unknown> = new Set([
  ...["length", "name", "prototype", "arguments", "caller"],
]);

/** What every prototype has. */
export const OF_PROTOTYPES: ReadonlySet<unknown> = new Set(["constructor"]);

const PARTS = ["value", "get", "set"] as const;
const NO_MEMBERS: WrittenMembers = { named: new Map(), computed: [] };

/**
 * The properties that are enumerable, or not what the source has under their names. What a class
 * defines is not enumerable, and stays so where somebody puts another method in its place.
 *
 * @param members those of the source; undefined where that is no class or cannot be read.
 * @param inherent what everything of the kind has.
 */
export function differences(
  owner: object,
  source: string,
  members: WrittenMembers | undefined,
  inherent: ReadonlySet<unknown>,
): Difference[] {
  const { named, computed } = members ?? NO_MEMBERS;
  const found: Difference[] = [];
  for (const key of Reflect.ownKeys(owner)) {
    const property = Object.getOwnPropertyDescriptor(owner, key);
    if (property === undefined || key === "constructor") continue;
    const written = named.get(key);
    if (property.enumerable) {
      found.push({ key, what: "as is" });
    } else if (written !== undefined) {
      if (!isWritten(property, written)) found.push({ key, what: "as is" });
    } else if (!inherent.has(key)) {
      const numbers = numbersOf(property, computed);
      if (numbers !== undefined) {
        found.push({ key, what: numbers });
      } else if (typeof key !== "symbol" || symbolName(key) !== undefined) {
        // A symbol of one process may be anything that a library keeps for itself.
        if (members || !isIn(property, source)) found.push({ key, what: "as is" });
      }
    }
  }
  for (const key of named.keys()) {
    if (!Object.hasOwn(owner, key)) found.push({ key, what: "absent" });
  }
  return found;
}

/** Whether a property is what the source has under its name. */
function isWritten(property: PropertyDescriptor, written: WrittenMember): boolean {
  return PARTS.every((part) => {
    const text = written[part];
    return text === undefined ? property[part] === undefined : textOf(property[part]) === text;
  });
}

/** The numbers of the members that a property is of; undefined where it holds anything else. */
function numbersOf(
  property: PropertyDescriptor,
  computed: readonly string[],
): readonly number[] | undefined {
  if (computed.length === 0) return undefined;
  const parts = PARTS.map((part) => property[part]);
  const numbers = parts.map((part) => computed.indexOf(textOf(part) ?? ""));
  return parts.every((part, i) => part === undefined || numbers[i] !== -1) &&
    numbers.some((number) => number !== -1)
    ? numbers
    : undefined;
}

/** Whether the parts of a property occur in a text that is not known any better. */
function isIn(property: PropertyDescriptor, source: string): boolean {
  const parts = PARTS.map((part) => property[part]).filter((part) => part !== undefined);
  if (parts.length === 0) return !("value" in property);
  return parts.every((part) => {
    const text = textOf(part);
    return text !== undefined && source.includes(text);
  });
}

function textOf(part: unknown): string | undefined {
  return typeof part === "function" ? sourceText(originalOf(part)) : undefined;
}
