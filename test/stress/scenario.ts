/**
 * What processes do to a cache while they are killed, or while the file system fails them.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { release } from "../../lib/index.ts";
import { reduce } from "../../lib/store/limits/reduce.ts";
import { LocalStore } from "../../lib/store/local.ts";
import { content, type Kind, kinds } from "./content.ts";
import { dumpAll } from "./dumped.ts";
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
  /** Keys that only numbers have, where there are to be many entries. */
  readonly many?: readonly number[];
  /** Has thousands of calls, of which one in so many stands for the others. */
  readonly oneIn?: number;
}

const OLD = 0;
const NEW = 1;
/** Reductions of more than a thousand entries only hide them at first. */
const MANY: readonly number[] = Array.from({ length: 1010 }, (_, i) => 10 + i);

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
    // As "reduce many", of a store that is small enough to be killed at every call.
    name: "hide and clear away",
    keys: [1, 2],
    prepare: (subject) => storeAll(subject, [1, 2]),
    mayThrow: true,
    run: async (directory) => {
      const { memory } = new Subject(directory, NEW);
      const store = new LocalStore(directory, { durable: false });
      reduce(store, { items: 3 }, { mostAtOnce: 3 });
      await memory.flush();
    },
  },
  {
    name: "reduce many",
    keys: [1, 2],
    many: MANY,
    oneIn: 500,
    prepare: (subject) => {
      storeAll(subject, [1, 2]);
      for (const key of MANY) subject.functions.number.set([key], content("number", key, OLD));
    },
    mayThrow: true,
    run: async (directory) => {
      const { memory } = new Subject(directory, NEW);
      void memory.reduceSize({ itemsLimit: 5 });
      await memory.flush();
    },
  },
  {
    name: "dump",
    keys: [],
    prepare: ({ memory }) => dumpAll(memory.location as string, OLD),
    mayThrow: true,
    run: (directory) => dumpAll(directory, NEW),
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
