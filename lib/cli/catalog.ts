/**
 * What a cache holds, from its manifests alone: no array is read.
 *
 * A manifest of others can say anything, so what is not of the right kind counts as unknown.
 *
 * @module
 */

import type { Entries, StoredEntry } from "../call/entries/entries.ts";

/** An entry, in short. Durations are in seconds, times in seconds since 1970. */
export interface EntrySummary {
  readonly functionId: string;
  readonly codeId: string;
  readonly argsId: string;
  readonly inputArgs: readonly string[];
  readonly bytes: number;
  /** When it was stored. */
  readonly time: number;
  readonly lastUsed: number;
  /** How long the function ran: what a hit saves. */
  readonly secondsToCompute: number;
  /** What hashing the arguments and storing the value took. */
  readonly secondsToCache: number;
  readonly path: string;
}

/** The entries of a function together. */
export interface FunctionSummary {
  readonly functionId: string;
  items: number;
  bytes: number;
  lastUsed: number;
  /** How long all of them took to compute: what is saved when each is loaded once. */
  secondsToCompute: number;
  /** What hashing and storing took. */
  secondsToCache: number;
  /**
   * Whether computing took longer than hashing and storing; `null` where it is not known, because
   * all values were computed elsewhere.
   */
  pays: boolean | null;
}

/** What is kept of a listing while it runs: sums, and as many entries as are shown. */
export interface Catalog {
  readonly functions: readonly FunctionSummary[];
  /** The first entries in the order that was asked for. */
  readonly entries: readonly EntrySummary[];
  readonly total: { readonly items: number; readonly bytes: number };
}

/** The order of entries: those that come first are shown. */
export type Order = "age" | "saves" | "size" | "used";

const before: Readonly<Record<Order, (entry: EntrySummary) => number>> = {
  used: ({ lastUsed }) => -lastUsed,
  age: ({ time }) => -time,
  size: ({ bytes }) => -bytes,
  saves: ({ secondsToCompute }) => -secondsToCompute,
};

/**
 * Goes through the entries of a cache.
 *
 * @param limit how many entries are kept.
 * @param onEntry called with each entry.
 */
export async function catalog(
  entries: Entries,
  functionId: string | undefined,
  { limit, order }: { readonly limit: number; readonly order: Order },
  onEntry?: (entry: EntrySummary) => void,
): Promise<Catalog> {
  const functions = new Map<string, FunctionSummary>();
  const total = { items: 0, bytes: 0 };
  const rank = before[order];
  let kept: EntrySummary[] = [];
  const trim = (): void => {
    kept = kept.sort((a, b) => rank(a) - rank(b)).slice(0, limit);
  };
  for await (const stored of entries.list(functionId)) {
    const entry = summaryOf(stored);
    add(functions, entry);
    total.items++;
    total.bytes += entry.bytes;
    onEntry?.(entry);
    if (limit > 0) kept.push(entry);
    if (kept.length > 2 * limit + 100) trim();
  }
  trim();
  for (const each of functions.values()) {
    each.pays = each.secondsToCompute === 0 ? null : each.secondsToCompute > each.secondsToCache;
  }
  const bySize = [...functions.values()].sort((a, b) => b.bytes - a.bytes);
  return { functions: bySize, entries: kept, total };
}

/** An entry as its manifest tells of it. */
export function summaryOf({ manifest, path, bytes, lastUsed }: StoredEntry): EntrySummary {
  const metadata = Object(manifest.metadata) as Record<string, unknown>;
  const key = Object(manifest.key) as Record<string, unknown>;
  const timings = Object(metadata["timings"]) as Record<string, unknown>;
  const inputArgs = metadata["inputArgs"];
  return {
    functionId: text(key["functionId"]),
    codeId: text(key["codeId"]),
    argsId: text(key["argsId"]),
    inputArgs: Array.isArray(inputArgs) ? inputArgs.map(text) : [],
    ...{ bytes, path, lastUsed: lastUsed / 1000 },
    time: number(metadata["time"]),
    secondsToCompute: number(metadata["duration"]),
    secondsToCache: number(timings["hash"]) + number(timings["store"]),
  };
}

function add(functions: Map<string, FunctionSummary>, entry: EntrySummary): void {
  const { functionId } = entry;
  let sums = functions.get(functionId);
  if (!sums) {
    const none = { items: 0, bytes: 0, lastUsed: 0, secondsToCompute: 0, secondsToCache: 0 };
    sums = { functionId, ...none, pays: null };
    functions.set(functionId, sums);
  }
  sums.items++;
  sums.bytes += entry.bytes;
  sums.lastUsed = Math.max(sums.lastUsed, entry.lastUsed);
  // What was computed elsewhere is no argument for or against caching.
  if (entry.secondsToCompute === 0) return;
  sums.secondsToCompute += entry.secondsToCompute;
  sums.secondsToCache += entry.secondsToCache;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "?";
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0;
}
