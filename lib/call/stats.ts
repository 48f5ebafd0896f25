/**
 * How often a cache helped, counted in this process.
 *
 * @module
 */

import { Durations } from "./durations.ts";
import type { Holding } from "./entries/entries.ts";

/** Counts of one function, or of all of a Memory, since the process began. */
export interface Counts {
  /** Calls whose value was loaded. */
  readonly hits: number;
  /** Calls that ran the function. */
  readonly misses: number;
  /** How long the loaded values once took to compute, in seconds. */
  readonly secondsSaved: number;
  /** What the cache itself took, in seconds: hashing, loading and storing. */
  readonly secondsSpent: number;
}

/** Hits that are enough to judge by, and how many of the last ones count. */
const JUDGED_HITS = 10;
/** Less than this, in seconds over all hits, is worth nobody's attention. */
const LEAST_LOSS = 0.25;

/** What hits cost and what the function once took, in seconds, in the middle of several hits. */
export interface Loss {
  readonly cost: number;
  readonly duration: number;
}

/** Counts that go on. */
export class Counter implements Counts {
  hits = 0;
  misses = 0;
  secondsSaved = 0;
  secondsSpent = 0;
  /** How long the function takes. */
  readonly durations: Durations = new Durations();
  readonly #costs = new Float64Array(JUDGED_HITS);
  readonly #durations = new Float64Array(JUDGED_HITS);
  #timed = 0;
  #lost = 0;
  #judgeAt = JUDGED_HITS;

  /**
   * A call whose value was loaded.
   *
   * @returns what shows that hits do not pay, once they have cost a quarter of a second more than
   * computing; asked of the last ten, at the 10th, 20th, 40th, …
   */
  hit(secondsSaved: number, secondsSpent: number): Loss | undefined {
    this.hits++;
    this.secondsSaved += secondsSaved;
    this.secondsSpent += secondsSpent;
    // How long a value took that was stored by `set` is not known.
    if (secondsSaved === 0) return undefined;
    this.durations.add(secondsSaved);
    this.#lost += secondsSpent - secondsSaved;
    const at = this.#timed++ % JUDGED_HITS;
    this.#costs[at] = secondsSpent;
    this.#durations[at] = secondsSaved;
    if (this.#timed < this.#judgeAt) return undefined;
    this.#judgeAt *= 2;
    const loss = { cost: median(this.#costs), duration: median(this.#durations) };
    const isWorthSaying = this.#lost >= LEAST_LOSS && loss.cost > loss.duration;
    return isWorthSaying ? loss : undefined;
  }

  /** A call that ran the function. */
  miss(secondsSpent: number): void {
    this.misses++;
    this.secondsSpent += secondsSpent;
  }
}

/** What a function has in the cache, and what that did for it in this process. */
export interface FunctionStats extends Counts {
  /** Whether more seconds were saved than spent in this process; `null` before the first hit. */
  readonly pays: boolean | null;
  /** Entries in the store, of all versions of the code. */
  readonly items: number;
  /** Bytes of their files. */
  readonly bytes: number;
}

/** The middle of an even number of values. */
function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const upper = sorted.length / 2;
  return ((sorted[upper - 1] as number) + (sorted[upper] as number)) / 2;
}

/** The same of all functions of a Memory, and of each. */
export interface MemoryStats extends FunctionStats {
  /** By function id: those that were called, and those that the store has entries of. */
  readonly functions: Readonly<Record<string, FunctionStats>>;
}

/** The counters of a Memory: one for each function. */
export class Counters {
  readonly #byFunction = new Map<string, Counter>();

  /** The counter of a function. */
  of(functionId: string): Counter {
    let counter = this.#byFunction.get(functionId);
    if (!counter) {
      counter = new Counter();
      this.#byFunction.set(functionId, counter);
    }
    return counter;
  }

  /** The statistics of a function. */
  function(functionId: string, holdings: readonly Holding[]): FunctionStats {
    const held = holdings.find((holding) => holding.functionId === functionId);
    const { hits, misses, secondsSaved, secondsSpent } =
      this.#byFunction.get(functionId) ?? new Counter();
    const { items = 0, bytes = 0 } = held ?? {};
    return paying({ hits, misses, secondsSaved, secondsSpent, items, bytes });
  }

  /** The statistics of all functions. */
  all(holdings: readonly Holding[]): MemoryStats {
    const ids = new Set([
      ...this.#byFunction.keys(),
      ...holdings.map(({ functionId }) => functionId),
    ]);
    const functions = Object.fromEntries([...ids].map((id) => [id, this.function(id, holdings)]));
    const total = { hits: 0, misses: 0, secondsSaved: 0, secondsSpent: 0, items: 0, bytes: 0 };
    for (const stats of Object.values(functions)) {
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += stats[name];
    }
    return { ...paying(total), functions };
  }
}

function paying(stats: Omit<FunctionStats, "pays">): FunctionStats {
  const { hits, secondsSaved, secondsSpent } = stats;
  return { ...stats, pays: hits === 0 ? null : secondsSaved > secondsSpent };
}
