/**
 * Files of `dump`, of every kind, and what is found of them when their writer was killed.
 *
 * @module
 */

import { existsSync, lstatSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { dump, load } from "../../lib/index.ts";
import { content, generationOf, type Kind } from "./content.ts";

const FOLDER = "dumped";
const KEY = 1;
const LATER = 3;
/** After this time a file of a dead process is one that nobody misses. */
const LONG_AGO_S = 3600;

/** One file: what is in it, and how it is written. */
interface Dumped {
  readonly kind: Kind;
  readonly options?: { readonly compress: true };
  /** A table of the one array. */
  readonly isTable?: true;
}

const files: Readonly<Record<string, Dumped>> = {
  bundle: { kind: "large" },
  compressed: { kind: "large", options: { compress: true } },
  "array.npy": { kind: "array" },
  "table.arrow": { kind: "array", isTable: true },
};

/** Writes all files of a generation, in the place of those that are there. */
export function dumpAll(directory: string, generation: number): void {
  const folder = join(directory, FOLDER);
  mkdirSync(folder, { recursive: true });
  for (const [name, { kind, options, isTable }] of Object.entries(files)) {
    const value = content(kind, KEY, generation);
    const dumped = isTable ? arrow().tableFromArrays({ value: value as Float64Array }) : value;
    dump(dumped, join(folder, name), options);
  }
}

/**
 * Reads what a killed process left: each file is of one of the generations, whole, or not there. Then
 * all are written again, which has to leave nothing else.
 */
export function inspectDumped(
  directory: string,
  generations: readonly number[],
  findings: { readonly wrong: string[]; readonly leftovers: string[] },
): void {
  const folder = join(directory, FOLDER);
  if (!existsSync(folder)) return;
  check(folder, generations, findings.wrong);
  for (const name of readdirSync(folder)) {
    if (name in files) continue;
    const time = lstatSync(join(folder, name)).mtimeMs / 1000 - LONG_AGO_S;
    utimesSync(join(folder, name), time, time);
  }
  dumpAll(directory, LATER);
  check(folder, [LATER], findings.wrong);
  findings.leftovers.push(...readdirSync(folder).filter((name) => !(name in files)));
}

function check(folder: string, generations: readonly number[], wrong: string[]): void {
  for (const [name, { kind, isTable }] of Object.entries(files)) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    for (const mmapMode of [null, "r"] as const) {
      const loaded = load(path, { mmapMode });
      const value = isTable ? (loaded as Table).getChild("value")?.toArray() : loaded;
      const generation = generationOf(kind, KEY, value);
      if (!generations.includes(generation ?? -1)) wrong.push(`${name} is of ${generation}`);
    }
  }
}

type Table = import("apache-arrow").Table;

/** Loaded where it is needed: it takes longer than everything else that a process here does. */
function arrow(): typeof import("apache-arrow") {
  return createRequire(import.meta.url)("apache-arrow");
}
