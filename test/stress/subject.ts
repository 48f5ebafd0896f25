/**
 * A cache under test: one cached function for each kind of result.
 *
 * @module
 */

import { constants } from "node:os";
import { Memory, type MemoryOptions } from "../../lib/index.ts";
import { errorCode } from "../../lib/warning.ts";
import { content, type Kind, kinds } from "./content.ts";

type Options = Omit<MemoryOptions<"local">, "backend" | "backendOptions" | "logger" | "verbose">;

/** What is called of a cached function. */
interface Cached {
  (key: number): unknown;
  recompute(key: number): unknown;
  set(args: [number], value: unknown): void;
  forget(key: number): boolean;
  checkCallInCache(key: number): boolean;
  clear(options: { warn: boolean }): void;
}

/** A Memory with its functions, of which each call that runs is of one generation. */
export class Subject {
  readonly memory: Memory<string>;
  readonly functions: Readonly<Record<Kind, Cached>>;
  /** The generation of what is computed. */
  generation: number;
  /** How often a function was run. */
  runs = 0;

  constructor(directory: string, generation: number, options: Options = {}) {
    this.generation = generation;
    this.memory = new Memory(directory, { verbose: 0, ...options });
    const pairs = kinds.map((kind) => {
      const compute = (key: number): unknown => this.#compute(kind, key);
      const identity = { name: kind, module: "stress.ts", track: "none" } as const;
      return [kind, this.memory.cache(compute, identity) as unknown as Cached];
    });
    this.functions = Object.fromEntries(pairs);
  }

  /** Calls a function; says whether the result was computed. */
  call(kind: Kind, key: number): { readonly value: unknown; readonly isComputed: boolean } {
    const { runs } = this;
    const value = this.functions[kind](key);
    return { value, isComputed: this.runs > runs };
  }

  #compute(kind: Kind, key: number): unknown {
    this.runs++;
    const value = content(kind, key, this.generation);
    if (kind !== "adopted") return value;
    const elements = value as Float64Array;
    try {
      const array = this.memory.empty("float64", elements.length);
      array.set(elements);
      return array;
    } catch (error) {
      // It tells of a full disk, and leaves what to do to its caller.
      if (!isOfSystem(error)) throw error;
      return elements;
    }
  }
}

/** Whether a warning tells of something that is wrong, and is no advice. */
export function isOfFault(warning: object): boolean {
  const code = "code" in warning ? warning.code : undefined;
  return code !== "CACHE_DOES_NOT_PAY" && code !== "CACHE_NO_MAPPER";
}

/** Whether an error is one of the operating system. */
export function isOfSystem(error: unknown): boolean {
  return errorCode(error) in constants.errno;
}
