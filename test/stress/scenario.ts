/**
 * What processes do to a cache while they are killed, or while the file system fails them.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { release } from "../../lib/index.ts";
import { content, type Kind, kinds } from "./content.ts";
import { Subject } from "./subject.ts";

/** A piece of work on a cache. */
export interface Scenario {
  readonly name: string;
  /** Which keys of each kind it may touch. */
  readonly keys: readonly number[];
  /** Writes generation 0. */
  readonly prepare?: (subject: Subject) => void;
  /** Works on the cache in a directory: what it writes is of generation 1. */
  readonly run: (directory: string) => Promise<void> | void;
  /** Whether it writes to arrays in place, so that they may be of both generations in part. */
  readonly inPlace?: boolean;
  /** What it does beside calls of cached functions, which may throw errors of the file system. */
  readonly mayThrow?: boolean;
  /** Waits for most of its time, so that many can run at once. */
  readonly isSlow?: boolean;
}

const OLD = 0;
const NEW = 1;

function storeAll(subject: Subject, keys: readonly number[] = [1]): void {
  for (const kind of kinds) for (const key of keys) check(subject, kind, key);
}

/** A caller must get a result of the key, whatever goes wrong. */
function check(subject: Subject, kind: Kind, key: number): void {
  const { value, isComputed } = subject.call(kind, key);
  const generations = isComputed ? [subject.generation] : [OLD, NEW];
  if (!generations.some((each) => isSame(value, content(kind, key, each)))) {
    throw new Error(`a wrong value of ${kind} ${key}`);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && JSON.stringify(flat(a)) === JSON.stringify(flat(b)));
}

/** Without the cycle of the kind `clone`. */
function flat(value: unknown): unknown {
  return value instanceof Float64Array ? value : { ...(value as object), self: undefined };
}

/** Everything that one process does to a cache. */
export const scenarios: readonly Scenario[] = [
  {
    name: "store",
    keys: [1],
    run: (directory) => storeAll(new Subject(directory, NEW)),
  },
  {
    name: "store mapped",
    keys: [1],
    run: (directory) => storeAll(new Subject(directory, NEW, { mmapMode: "r" })),
  },
  {
    name: "store durably",
    keys: [1],
    run: (directory) => storeAll(new Subject(directory, NEW, { durable: true })),
  },
  {
    name: "load",
    keys: [1],
    prepare: (subject) => storeAll(subject),
    run: (directory) => {
      for (const mmapMode of [null, "r", "c"] as const) {
        storeAll(new Subject(directory, NEW, { mmapMode }));
      }
      storeAll(new Subject(directory, NEW, { verify: "full" }));
    },
  },
  {
    name: "replace",
    keys: [1],
    prepare: (subject) => storeAll(subject),
    run: (directory) => {
      const subject = new Subject(directory, NEW);
      for (const kind of kinds) subject.functions[kind].recompute(1);
    },
  },
  {
    name: "adopt",
    keys: [1, 2, 3],
    prepare: (subject) => void subject.call("adopted", 1),
    run: async (directory) => {
      const subject = new Subject(directory, NEW);
      for (const key of [1, 2, 3]) check(subject, "adopted", key);
      subject.functions.adopted.recompute(1);
      await subject.memory.flush();
    },
  },
  {
    name: "set and forget",
    keys: [1, 2],
    prepare: (subject) => storeAll(subject, [1, 2]),
    mayThrow: true,
    run: (directory) => {
      const { functions } = new Subject(directory, NEW);
      for (const kind of kinds) {
        functions[kind].set([1], content(kind, 1, NEW));
        functions[kind].forget(2);
      }
    },
  },
  {
    name: "reduce",
    keys: [1, 2],
    prepare: (subject) => storeAll(subject, [1, 2]),
    mayThrow: true,
    run: (directory) => void new Subject(directory, NEW).memory.reduceSize({ itemsLimit: 3 }),
  },
  {
    name: "keep limits",
    keys: [1, 2],
    prepare: (subject) => storeAll(subject, [1, 2]),
    isSlow: true,
    run: async (directory) => {
      await setTimeout(1100);
      const subject = new Subject(directory, NEW, { limits: { items: 4 } });
      check(subject, "array", 3);
      await subject.memory.flush();
    },
  },
  {
    name: "clear",
    keys: [1, 2],
    prepare: (subject) => storeAll(subject, [1, 2]),
    mayThrow: true,
    run: (directory) => {
      const { functions, memory } = new Subject(directory, NEW);
      functions.large.clear({ warn: false });
      void memory.clear({ warn: false });
    },
  },
  {
    name: "write in place",
    keys: [1],
    prepare: (subject) => storeAll(subject),
    inPlace: true,
    run: (directory) => {
      const subject = new Subject(directory, OLD, { mmapMode: "r+" });
      for (const kind of ["array", "adopted"] as const) {
        const array = subject.call(kind, 1).value as Float64Array;
        array.set(content(kind, 1, NEW) as Float64Array);
        if (kind === "array") release(array);
      }
    },
  },
];

/** The scenario of a name. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found) throw new RangeError(`there is no scenario ${name}`);
  return found;
}
