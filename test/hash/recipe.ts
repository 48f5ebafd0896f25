/**
 * Values as recipes: from one recipe come any number of equal values that differ in everything that
 * must not count.
 *
 * @module
 */

import * as fc from "fast-check";

/** How to make a value. */
export type Recipe =
  | { readonly kind: "primitive" | "boxed"; readonly value: Primitive }
  | { readonly kind: "date"; readonly time: number }
  | { readonly kind: "regExp"; readonly flags: string; readonly lastIndex: number }
  | { readonly kind: "memory"; readonly type: string; readonly bytes: readonly number[] }
  | {
      readonly kind: "array";
      readonly items: readonly (Recipe | "hole")[];
      readonly extras: Entries;
    }
  | { readonly kind: "object" | "bare" | "instance"; readonly entries: Entries }
  | { readonly kind: "map"; readonly entries: Entries; readonly members: readonly Recipe[] }
  | { readonly kind: "set"; readonly texts: readonly string[]; readonly members: readonly Recipe[] }
  | { readonly kind: "error"; readonly message: string; readonly entries: Entries };

/** What is no object. */
export type Primitive = number | bigint | string | boolean | symbol | null | undefined;
/** Properties or entries under string keys, no two alike. */
export type Entries = readonly (readonly [key: string, value: Recipe])[];

class Instance {}

/** The kinds of memory. */
export const TYPES: readonly string[] = [
  ...["Uint8Array", "Int8Array", "Uint8ClampedArray", "Float32Array", "Float64Array"],
  ...["Int32Array", "BigUint64Array", "Buffer", "DataView", "ArrayBuffer", "SharedArrayBuffer"],
];
const ITEM_BYTES = 8;

const text = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc
    .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 4 })
    .map((units) => String.fromCharCode(...units)),
  fc.integer({ min: 0, max: 40 }).map((length) => "long ".repeat(length)),
);
const key = fc.oneof(text, fc.constantFrom("a", "b", "0", "1", "length", "__proto__", "name"));
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY),
);
const primitive: fc.Arbitrary<Primitive> = fc.oneof(
  number,
  fc.bigInt(),
  text,
  fc.boolean(),
  fc.constantFrom(null, undefined, Symbol.iterator, Symbol.for("a"), Symbol.for("b")),
);

/** Any recipe. */
export const recipes: fc.Arbitrary<Recipe> = fc.letrec<{ any: Recipe; entries: Entries }>(
  (tie) => ({
    entries: fc.uniqueArray(fc.tuple(key, tie("any")), {
      selector: ([name]) => name,
      maxLength: 5,
    }),
    any: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ kind: fc.constant("primitive" as const), value: primitive }),
      fc.record({
        kind: fc.constant("boxed" as const),
        value: fc.oneof(number, fc.bigInt(), text, fc.boolean()),
      }),
      fc.record({ kind: fc.constant("date" as const), time: fc.integer() }),
      fc.record({
        kind: fc.constant("regExp" as const),
        flags: fc.constantFrom("", "g", "i", "gi", "y"),
        lastIndex: fc.nat(3),
      }),
      fc.record({
        kind: fc.constant("memory" as const),
        type: fc.constantFrom(...TYPES),
        bytes: fc.array(fc.nat(255), { maxLength: 20 }),
      }),
      fc.record({
        kind: fc.constant("array" as const),
        items: fc.array(fc.oneof(tie("any"), fc.constant("hole" as const)), { maxLength: 6 }),
        extras: fc
          .oneof({ weight: 4, arbitrary: fc.constant([]) }, tie("entries"))
          .map((entries) => entries.filter(([name]) => !/^(\d+|length)$/.test(name))),
      }),
      fc.record({
        kind: fc.constantFrom("object" as const, "bare" as const, "instance" as const),
        entries: tie("entries"),
      }),
      fc.record({
        kind: fc.constant("map" as const),
        entries: tie("entries"),
        members: fc.array(tie("any"), { maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant("set" as const),
        texts: fc.uniqueArray(text, { maxLength: 4 }),
        members: fc.array(tie("any"), { maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant("error" as const),
        message: text,
        // Node compares the names of errors by identity.
        entries: tie("entries").map((entries) => entries.filter(([name]) => name !== "name")),
      }),
    ),
  }),
).any;

/**
 * Makes the value of a recipe. With `other` true its properties and members are made in another
 * order, and its arrays view other places of other buffers.
 */
export function build(recipe: Recipe, other: boolean): unknown {
  switch (recipe.kind) {
    case "primitive":
      return recipe.value;
    case "boxed":
      return Object(recipe.value);
    case "date":
      return new Date(recipe.time);
    case "regExp":
      return Object.assign(new RegExp("a", recipe.flags), { lastIndex: recipe.lastIndex });
    case "memory":
      return buildMemory(recipe.type, recipe.bytes, other);
    case "array":
      return buildArray(recipe.items, recipe.extras, other);
    case "object":
      return define({}, recipe.entries, other);
    case "bare":
      return define(Object.create(null), recipe.entries, other);
    case "instance":
      return define(new Instance(), recipe.entries, other);
    case "error":
      return define(new Error(recipe.message), recipe.entries, other);
    case "map": {
      const entries: [unknown, unknown][] = [
        ...recipe.entries.map(([name, value]): [unknown, unknown] => [name, build(value, other)]),
        // Numbered, as equal keys and members would be kept or not by the order they come in.
        ...recipe.members.map((key, i): [unknown, unknown] => [[i, build(key, other)], i]),
      ];
      return new Map(ordered(entries, other));
    }
    case "set":
      return new Set<unknown>(
        ordered(
          [...recipe.texts, ...recipe.members.map((member, i) => [i, build(member, other)])],
          other,
        ),
      );
  }
}

function buildMemory(type: string, bytes: readonly number[], other: boolean): unknown {
  // Each byte stands in an item of its own, so that every class can hold it.
  const size = bytes.length * ITEM_BYTES;
  const isBuffer = type.endsWith("ArrayBuffer");
  const offset = other && !isBuffer ? 24 : 0;
  const shared = type === "SharedArrayBuffer" || (other && !isBuffer);
  const length = size + (isBuffer ? 0 : 2 * offset);
  const memory = shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length);
  const raw = new Uint8Array(memory);
  if (offset > 0) raw.fill(7);
  for (let i = 0; i < size; i++)
    raw[offset + i] = i % ITEM_BYTES === 0 ? (bytes[i / ITEM_BYTES] ?? 0) : 0;
  if (isBuffer) return memory;
  if (type === "Buffer") return Buffer.from(memory as ArrayBuffer, offset, size);
  const Class = Reflect.get(globalThis, type);
  return new Class(memory, offset, size / (Class.BYTES_PER_ELEMENT ?? 1));
}

function buildArray(
  items: readonly (Recipe | "hole")[],
  extras: Entries,
  other: boolean,
): unknown[] {
  const array: unknown[] = [];
  array.length = items.length;
  for (const [i, item] of ordered([...items.entries()], other)) {
    if (item !== "hole") array[i] = build(item, other);
  }
  return define(array, extras, other);
}

function define<T extends object>(target: T, entries: Entries, other: boolean): T {
  for (const [name, value] of ordered(entries, other)) {
    // Not by assignment, which takes __proto__ for the prototype.
    Object.defineProperty(target, name, {
      value: build(value, other),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return target;
}

function ordered<T>(list: readonly T[], reversed: boolean): T[] {
  return reversed ? [...list].reverse() : [...list];
}
