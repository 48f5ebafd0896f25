/**
 * Classes that are registered, and random values with instances of them at random places.
 *
 * @module
 */

import * as fc from "fast-check";
import { registerType } from "../../lib/type/registry.ts";

/** Its state cannot be seen from outside; the array in it is kept as it is. */
export class Model {
  readonly #weights: unknown;
  readonly #parts: readonly unknown[];

  constructor(weights: unknown, parts: readonly unknown[] = []) {
    this.#weights = weights;
    this.#parts = parts;
  }

  get weights(): unknown {
    return this.#weights;
  }

  get parts(): readonly unknown[] {
    return this.#parts;
  }
}

/** A kind of object of its own to V8: it would come back as a plain Map. */
export class Table extends Map<unknown, unknown> {}

/** A kind of array to V8 and to the file format. */
export class Wave extends Float64Array {}

registerType(Model, {
  name: "test/Model",
  encode: (model) => ({ weights: model.weights, parts: model.parts }),
  decode: ({ weights, parts }) => new Model(weights, parts),
});
registerType(Table, {
  name: "test/Table",
  encode: (table) => [...table],
  decode: (rows) => new Table(rows),
});
registerType(Wave, {
  name: "test/Wave",
  encode: (wave) => new Float64Array(wave),
  decode: (samples) => new Wave(samples.buffer, samples.byteOffset, samples.length),
});

/** How to make a value. */
export type Recipe =
  | { readonly kind: "leaf"; readonly value: unknown }
  | { readonly kind: "array" | "map" | "set" | "model" | "table"; readonly parts: Recipe[] }
  | { readonly kind: "object"; readonly parts: Recipe[]; readonly keys: readonly string[] }
  | { readonly kind: "floats" | "wave"; readonly numbers: readonly number[] }
  | { readonly kind: "error"; readonly cause: Recipe }
  | { readonly kind: "again"; readonly number: number };

const parts = (any: fc.Arbitrary<Recipe>): fc.Arbitrary<Recipe[]> =>
  fc.array(any, { maxLength: 4 });

/** Recipes of trees in which some objects stand in several places. */
export const recipes: fc.Arbitrary<Recipe> = fc.letrec<{ any: Recipe }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({
      kind: fc.constant("leaf" as const),
      value: fc.oneof(fc.double(), fc.string(), fc.bigInt(), fc.constantFrom(null, undefined, -0)),
    }),
    fc.record({
      kind: fc.constantFrom("floats" as const, "wave" as const),
      numbers: fc.array(fc.double(), { maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant("again" as const), number: fc.nat(20) }),
    fc.record({
      kind: fc.constantFrom(
        "array" as const,
        "map" as const,
        "set" as const,
        "model" as const,
        "table" as const,
      ),
      parts: parts(tie("any")),
    }),
    fc.record({
      kind: fc.constant("object" as const),
      parts: parts(tie("any")),
      keys: fc.uniqueArray(fc.constantFrom("a", "b", "0", "length", "__proto__", "toString"), {
        minLength: 4,
        maxLength: 4,
      }),
    }),
    fc.record({ kind: fc.constant("error" as const), cause: tie("any") }),
  ),
})).any;

/** Makes the value of a recipe anew. */
export function build(recipe: Recipe): unknown {
  const made: object[] = [];
  const make = (part: Recipe): unknown => {
    if (part.kind === "leaf") return part.value;
    if (part.kind === "again") return made.length > 0 ? made[part.number % made.length] : 0;
    const value = makeObject(part);
    made.push(value);
    return value;
  };
  const makeObject = (part: Exclude<Recipe, { kind: "leaf" | "again" }>): object => {
    if (part.kind === "error") return new Error("e", { cause: make(part.cause) });
    if ("numbers" in part) {
      return part.kind === "wave" ? new Wave(part.numbers) : new Float64Array(part.numbers);
    }
    const values = part.parts.map(make);
    switch (part.kind) {
      case "array":
        return values;
      case "map":
        return new Map(values.map((value, i) => [i % 2 === 0 ? [i, value] : i, value]));
      case "set":
        return new Set(values.map((value, i) => [i, value]));
      case "model":
        return new Model(new Float64Array([values.length]), values);
      case "table":
        return new Table(values.map((value, i) => [[i, value], value]));
      case "object": {
        const object = {};
        for (const [i, value] of values.entries()) {
          const key = part.keys[i] as string;
          const property = { value, configurable: true, enumerable: true, writable: true };
          Object.defineProperty(object, key, property);
        }
        return object;
      }
    }
  };
  return make(recipe);
}

/** A value as plain data that shows the classes in it, and which objects stand in several places. */
export function picture(value: unknown): unknown {
  const numbers = new Map<object, number>();
  const draw = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    const number = numbers.get(part);
    if (number !== undefined) return { again: number };
    numbers.set(part, numbers.size);
    const name = Object.getPrototypeOf(part).constructor.name;
    if (part instanceof Model) return { name, inside: [part.weights, part.parts].map(draw) };
    if (part instanceof Float64Array) return { name, inside: [...part] };
    if (part instanceof Map || part instanceof Set) return { name, inside: [...part].map(draw) };
    if (part instanceof Error)
      return { name, inside: [part.message, part.stack, draw(part.cause)] };
    return { name, inside: Object.entries(part).map(([key, item]) => [key, draw(item)]) };
  };
  return draw(value);
}
