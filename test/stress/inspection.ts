/**
 * What another process finds in a cache whose writer was killed.
 *
 * @module
 */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { filesIn } from "../helpers/tmp.ts";
import { content, generationOf, isMixOf, kinds } from "./content.ts";
import { inspectDumped } from "./dumped.ts";
import { Subject } from "./subject.ts";

/** What is wrong with a cache; all empty where nothing is. */
export interface Findings {
  /** Values that are not those of their keys. */
  readonly wrong: string[];
  /** Errors and warnings of a reader, or of a writer after it. */
  readonly unreadable: string[];
  /** Files that nobody sweeps. */
  readonly leftovers: string[];
}

/** What may be found in a cache. */
export interface Expected {
  readonly keys: readonly number[];
  /** The generations that were written; by default 0 and 1. */
  readonly generations?: readonly number[];
  /** Whether arrays may be of several of them, element by element. */
  readonly inPlace?: boolean;
  /** Keys that only numbers have. */
  readonly many?: readonly number[];
}

const OLD_AND_NEW: readonly number[] = [0, 1];
const FRESH = 2;
const LATER = 3;

/**
 * Reads everything with checksums verified, compares it with what was written, reads it mapped, goes on
 * writing, and removes all; says what was not as it must be.
 *
 * @param warnings what this process was warned of so far; grows by itself.
 * @param isReadOnly whether to stop after reading.
 */
export async function inspect(
  directory: string,
  expected: Expected,
  warnings: readonly string[],
  isReadOnly = false,
): Promise<Findings> {
  const findings: Findings = { wrong: [], unreadable: [], leftovers: [] };
  const before = warnings.length;
  try {
    readAll(directory, expected, findings);
    readMany(directory, expected, findings);
    inspectDumped(directory, expected.generations ?? OLD_AND_NEW, findings);
    if (!isReadOnly) await goOn(directory, expected, findings);
  } catch (error) {
    findings.unreadable.push(String((error as Error).stack));
  }
  await setImmediate();
  findings.unreadable.push(...warnings.slice(before));
  return findings;
}

function readAll(
  directory: string,
  { keys, generations = OLD_AND_NEW, inPlace = false }: Expected,
  { wrong }: Findings,
): void {
  const reader = new Subject(directory, FRESH, { verify: "full" });
  const mapper = new Subject(directory, LATER, { mmapMode: "r" });
  for (const kind of kinds) {
    for (const key of keys) {
      const { value, isComputed } = reader.call(kind, key);
      const generation = generationOf(kind, key, value);
      const isMixed = inPlace && !isComputed && isMixOf(key, value, generations);
      const isRight = (isComputed ? [FRESH] : generations).includes(generation ?? -1);
      if (!isRight && !isMixed) wrong.push(`${kind} ${key} is of generation ${generation}`);

      const mapped = mapper.call(kind, key);
      const isSame = generationOf(kind, key, mapped.value) === generation;
      const isSameMix = isMixed && isMixOf(key, mapped.value, generations);
      if (mapped.isComputed) wrong.push(`${kind} ${key} was not there a second time`);
      else if (!isSame && !isSameMix) wrong.push(`${kind} ${key} is another one mapped`);
    }
  }
}

function readMany(directory: string, { many = [] }: Expected, { wrong }: Findings): void {
  const { functions } = new Subject(directory, FRESH, { onMiss: "throw" });
  for (const key of many) {
    if (!functions.number.checkCallInCache(key)) continue;
    if (functions.number(key) !== content("number", key, 0)) wrong.push(`number ${key} is another`);
  }
}

async function goOn(
  directory: string,
  { keys }: Expected,
  { unreadable, leftovers }: Findings,
): Promise<void> {
  const writer = new Subject(directory, LATER);
  for (const kind of kinds) {
    for (const key of keys) {
      writer.functions[kind].recompute(key);
      const { value, isComputed } = writer.call(kind, key);
      if (isComputed || generationOf(kind, key, value) !== LATER) {
        unreadable.push(`${kind} ${key} could not be replaced`);
      }
    }
  }
  const count = [...writer.memory.entries()].length;
  if (count < kinds.length * keys.length) unreadable.push(`only ${count} entries are listed`);
  // Every file of a dead process has to be gone now that another one has written.
  const tmp = join(directory, "ndmemo", "tmp");
  leftovers.push(...namesIn(tmp).filter((name) => !name.includes(`-${process.pid}-`)));
  void writer.memory.reduceSize({ itemsLimit: 0 });
  // Many entries are only hidden at first.
  await writer.memory.flush();
  const entries = filesIn(directory).filter((file) => /[\\/]v1[\\/]/.test(file));
  leftovers.push(...entries.filter((file) => !/(code\.js(on)?|analyses\.json)$/.test(file)));
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
