/**
 * Results whose every byte follows from their key and their generation, so that a reader can tell
 * whose they are, and whether they are whole.
 *
 * @module
 */

import { isDeepStrictEqual } from "node:util";

/** What a result is stored as. */
export type Kind =
  /** A number in the manifest. */
  | "number"
  /** A structured clone in the manifest. */
  | "clone"
  /** An array in a file. */
  | "array"
  /** Two arrays and a structured clone in files. */
  | "large"
  /** An array that `memory.empty` made, whose file is adopted. */
  | "adopted";

/** All kinds. */
export const kinds: readonly Kind[] = ["number", "clone", "array", "large", "adopted"];

const GENERATIONS = 1000;
const ELEMENTS = 1000;

/** The result of a key in a generation, from 0 to 999. */
export function content(kind: Kind, key: number, generation: number): unknown {
  const seed = key * GENERATIONS + generation;
  switch (kind) {
    case "number":
      return seed + 0.5;
    case "clone": {
      const value: Record<string, unknown> = {
        seed,
        when: new Date(seed),
        list: [seed, `${seed}`],
      };
      value["self"] = value;
      return value;
    }
    case "array":
    case "adopted":
      return elements(seed);
    case "large":
      return { seed, a: elements(seed), b: Buffer.from(`bytes of ${seed}`), text: text(seed) };
  }
}

/** The generation of a value that is, whole, the result of a key; `undefined` where it is not. */
export function generationOf(kind: Kind, key: number, value: unknown): number | undefined {
  const generation = seedOf(value) - key * GENERATIONS;
  if (!Number.isInteger(generation) || generation < 0 || generation >= GENERATIONS)
    return undefined;
  return isDeepStrictEqual(value, content(kind, key, generation)) ? generation : undefined;
}

/** Whether each element of an array is that of one of these generations. */
export function isMixOf(key: number, value: unknown, generations: readonly number[]): boolean {
  const arrays = generations.map((generation) => elements(key * GENERATIONS + generation));
  return (
    value instanceof Float64Array &&
    value.length === ELEMENTS &&
    value.every((element, i) => arrays.some((array) => array[i] === element))
  );
}

function seedOf(value: unknown): number {
  if (typeof value === "number") return value - 0.5;
  if (value instanceof Float64Array) return value[0] ?? Number.NaN;
  return (value as { seed?: number } | undefined)?.seed ?? Number.NaN;
}

function elements(seed: number): Float64Array {
  return Float64Array.from({ length: ELEMENTS }, (_, i) => seed + i / ELEMENTS);
}

/** More than fits into a manifest, compressed. */
function text(seed: number): string {
  let state = seed;
  const codes = Uint8Array.from({ length: 20_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >> 16;
  });
  return Buffer.from(codes).toString("latin1");
}
