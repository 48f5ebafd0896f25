/**
 * A recipe changed in one place, so that the value it makes is another one.
 *
 * @module
 */

import { type Entries, type Primitive, type Recipe, TYPES } from "./recipe.ts";

/** The recipe changed in one place, which `pick(n)` chooses (from 0 to n - 1), to make another value. */
export function change(recipe: Recipe, pick: (n: number) => number): Recipe {
  switch (recipe.kind) {
    case "primitive":
      return { ...recipe, value: changePrimitive(recipe.value) };
    case "boxed":
      return pick(2) === 0
        ? { kind: "primitive", value: recipe.value }
        : { ...recipe, value: changePrimitive(recipe.value) };
    case "date":
      return { ...recipe, time: recipe.time + 1 };
    case "regExp":
      return pick(2) === 0
        ? { ...recipe, lastIndex: recipe.lastIndex + 1 }
        : { ...recipe, flags: recipe.flags === "" ? "g" : "" };
    case "memory":
      return changeMemory(recipe, pick);
    case "array": {
      if (pick(3) === 0) return { ...recipe, extras: changeEntries(recipe.extras, pick) };
      if (pick(4) === 0 || recipe.items.length === 0) {
        return { ...recipe, items: [...recipe.items, "hole"] };
      }
      const at = pick(recipe.items.length);
      const items = recipe.items.map((item, i) => {
        if (i !== at) return item;
        return item === "hole" ? UNDEFINED : pick(4) === 0 ? "hole" : change(item, pick);
      });
      return { ...recipe, items };
    }
    case "object":
    case "bare":
    case "instance": {
      if (pick(4) > 0) return { ...recipe, entries: changeEntries(recipe.entries, pick) };
      return { ...recipe, kind: recipe.kind === "object" ? "bare" : "object" };
    }
    case "error":
      if (pick(2) > 0) return { ...recipe, message: `${recipe.message}x` };
      return { ...recipe, entries: changeEntries(recipe.entries, pick) };
    case "map":
      if (pick(2) > 0) return { ...recipe, entries: changeEntries(recipe.entries, pick) };
      return { ...recipe, members: changeMembers(recipe.members, pick) };
    case "set":
      if (pick(2) > 0) return { ...recipe, members: changeMembers(recipe.members, pick) };
      return { ...recipe, texts: [...recipe.texts, `${recipe.texts.join("")}another`] };
  }
}

const UNDEFINED: Recipe = { kind: "primitive", value: undefined };

function changePrimitive(value: Primitive): Primitive {
  switch (typeof value) {
    case "number":
      return Number.isNaN(value) ? 0 : -value;
    case "bigint":
      return value + 1n;
    case "string":
      return `${value}\ud800`;
    case "boolean":
      return !value;
    case "symbol":
      return value === Symbol.for("a") ? Symbol.for("b") : Symbol.for("a");
    case "undefined":
      return null;
    default:
      return undefined;
  }
}

function changeEntries(entries: Entries, pick: (n: number) => number): Entries {
  const at = pick(entries.length + 1);
  const names = new Set(entries.map(([name]) => name));
  let name = "new";
  while (names.has(name)) name += "x";
  if (at === entries.length) return [...entries, [name, UNDEFINED]];
  return entries.map((entry, i) => {
    if (i !== at) return entry;
    return pick(2) === 0 ? [name, entry[1]] : [entry[0], change(entry[1], pick)];
  });
}

function changeMembers(members: readonly Recipe[], pick: (n: number) => number): Recipe[] {
  const at = pick(members.length + 1);
  if (at === members.length) return [...members, UNDEFINED];
  return members.map((member, i) => (i === at ? change(member, pick) : member));
}

function changeMemory(recipe: Recipe & { kind: "memory" }, pick: (n: number) => number): Recipe {
  const { type, bytes } = recipe;
  if (pick(2) === 0) {
    return { ...recipe, type: TYPES[(TYPES.indexOf(type) + 1) % TYPES.length] as string };
  }
  if (bytes.length === 0 || pick(3) === 0) return { ...recipe, bytes: [...bytes, 0] };
  const at = pick(bytes.length);
  return { ...recipe, bytes: bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)) };
}
