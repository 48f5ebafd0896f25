/**
 * Arrays that a cached function makes on a file of its store.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createEmpty } from "../../lib/file/empty.ts";
import { Memory, type MemoryOptions } from "../../lib/index.ts";
import { onlyFile } from "../helpers/tmp.ts";

/** How many elements there are, unless told otherwise. */
export const LENGTH = 200_000;

/** What is in them. */
export function ramp(length: number = LENGTH): Float64Array {
  return Float64Array.from({ length }, (_, i) => i);
}

/** The same, made on a file. */
export function filled(directory: string | null, length: number = LENGTH): Float64Array {
  const array = createEmpty(directory, "float64", length);
  for (let i = 0; i < length; i++) array[i] = i;
  return array;
}

/** Caches a function by its name alone: its code reaches all of the library that is tested. */
export function cached<T>(directory: string, make: () => T, options: MemoryOptions = {}): () => T {
  const memory = new Memory(directory, { verbose: 0, track: "none", ...options });
  return memory.cache(make, { name: "make" });
}

/** The checksums in the only manifest of a store. */
export function digestsOf(directory: string): unknown[] {
  const { arrays } = JSON.parse(readFileSync(onlyFile(directory, "entry.json"), "utf8")) as {
    arrays: { digest: unknown }[];
  };
  return arrays.map(({ digest }) => digest);
}
