/**
 * Everything that programs do to a cache, in random order, without end.
 *
 * @module
 */

import { release } from "../../lib/index.ts";
import { Random } from "../fuzz/random.ts";
import { content, generationOf, isMixOf, type Kind, kinds } from "./content.ts";
import { Subject } from "./subject.ts";

/** The keys whose results are never written to in place. */
export const STABLE: readonly number[] = [1, 2, 3];
/** The key whose arrays are. */
export const IN_PLACE = 4;
/** All generations that are ever written. */
export const GENERATIONS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** One process at work on a cache. */
export class Churn {
  /** What was done, by name. */
  readonly done: Record<string, number> = {};
  readonly #directory: string;
  readonly #random: Random;
  #subject: Subject;

  constructor(directory: string, seed: number) {
    this.#directory = directory;
    this.#random = new Random(seed);
    this.#subject = this.#open();
  }

  /** Does one thing. @throws an error for a value that is not that of its key. */
  async step(): Promise<void> {
    const random = this.#random;
    const choice = random.below(100);
    const kind = random.of(kinds);
    const key = random.of(STABLE);
    this.#subject.generation = random.of(GENERATIONS);
    if (choice < 60) return this.#load(kind, key);
    if (choice < 75) return this.#count("recompute", () => this.#recompute(kind, key));
    if (choice < 82) return this.#count("write in place", () => this.#writeInPlace());
    if (choice < 88) return this.#count("forget", () => this.#functions[kind].forget(key));
    if (choice < 91) {
      const itemsLimit = random.below(8);
      return this.#count("reduce", () => this.#subject.memory.reduceSize({ itemsLimit }));
    }
    if (choice < 92) {
      return this.#count("clear", () => this.#subject.memory.clear({ warn: false }));
    }
    if (choice < 93) return this.#count("list", () => [...this.#subject.memory.entries()].length);
    if (choice < 95) {
      this.#count("open", () => {
        this.#subject = this.#open();
      });
      return;
    }
    if (choice < 96) {
      await this.#subject.memory.flush();
      return this.#count("flush", () => {});
    }
    return this.#count("set", () => this.#functions[kind].set([key], this.#content(kind, key)));
  }

  /** Waits for what goes on in the background. */
  async end(): Promise<void> {
    await this.#subject.memory.flush();
  }

  get #functions(): Subject["functions"] {
    return this.#subject.functions;
  }

  #content(kind: Kind, key: number): unknown {
    return content(kind, key, this.#subject.generation);
  }

  #open(): Subject {
    const random = this.#random;
    return new Subject(this.#directory, 0, {
      mmapMode: random.of([null, "r", "c"]),
      verify: random.of(["size", "full"]),
      durable: random.below(8) === 0,
      ...(random.below(2) === 0 && { limits: { items: 4 + random.below(12) } }),
    });
  }

  #load(kind: Kind, key: number): void {
    const { value, isComputed } = this.#subject.call(kind, key);
    this.#count(isComputed ? "miss" : "hit", () => check(kind, key, value));
    if (this.#random.below(4) === 0 && value instanceof Float64Array) release(value);
  }

  #recompute(kind: Kind, key: number): void {
    const outcome = this.#functions[kind].recompute(key) as { value: unknown };
    check(kind, key, outcome.value);
  }

  #writeInPlace(): void {
    const subject = new Subject(this.#directory, this.#subject.generation, { mmapMode: "r+" });
    const kind = this.#random.of(["array", "adopted"] as const);
    const { value } = subject.call(kind, IN_PLACE);
    if (!isMixOf(IN_PLACE, value, GENERATIONS))
      throw new Error(`a wrong value in place of ${kind}`);
    (value as Float64Array).set(this.#content(kind, IN_PLACE) as Float64Array);
    if (this.#random.below(2) === 0) release(value as Float64Array);
  }

  #count(name: string, work: () => unknown): void {
    work();
    this.done[name] = (this.done[name] ?? 0) + 1;
  }
}

/** @throws an error for a value that is not, whole, one of the key. */
function check(kind: Kind, key: number, value: unknown): void {
  if (generationOf(kind, key, value) === undefined) {
    throw new Error(`a wrong value of ${kind} ${key}`);
  }
}
