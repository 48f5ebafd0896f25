/**
 * A process that reads hostile bytes: prints what it did, and what was not as it must be.
 *
 * @module
 */

import fs, { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join, resolve, sep } from "node:path";
import * as fc from "fast-check";
import { largestAllocation } from "../stress/interposer.ts";
import type { FuzzReport } from "./fuzz.ts";
import { Random } from "./random.ts";
import { type Target, targetsIn } from "./target.ts";

const MOST_BYTES = 2 ** 26;
const MOST_MS = 1000;

const [directory = "", seed = "1", count = "1000", corpus = "", only = ""] = process.argv.slice(2);
const report: FuzzReport = { inputs: {}, accepted: 0, problems: [] };
const outside: string[] = [];
process.on("warning", () => {});
mkdirSync(directory, { recursive: true });
const current = join(directory, "current");
const prototypes = [Object, Array, Map, Set, Date, RegExp, Error, String, Float64Array, Promise];
const clean = prototypes.map(({ prototype }) => Reflect.ownKeys(prototype).length);

for (const target of targetsIn(directory)) {
  if (only !== "" && target.name !== only) continue;
  fuzz(target, Number(seed), Number(count));
}
console.log(JSON.stringify(report));

function fuzz(target: Target, start: number, inputs: number): void {
  for (const input of target.seeds) {
    try {
      target.run(Buffer.from(input));
    } catch (error) {
      tell(target, input, `does not accept a seed: ${error}`);
    }
  }
  const known = inputsIn(join(corpus, target.name.replace(" ", "-")));
  outside.length = 0;
  for (const input of known) meet(target, input);
  const seeds = [...target.seeds, ...known];
  watchPaths();
  for (let i = 0; i < inputs; i++) {
    const random = new Random(start * 1_000_003 + i);
    const seedInput = random.of(seeds);
    const input = target.mutate(Buffer.from(seedInput), random);
    // Whoever finds this process dead or hung finds here what it read.
    writeFileSync(current, `${target.name} ${input.toString("base64")}`);
    meet(target, input);
  }
  const made = target.inputs ? fuzzMade(target, target.inputs, start, inputs) : 0;
  report.inputs[target.name] = inputs + known.length + made;
}

/** Inputs made of parts, of which the smallest one that is not read as it must be is told. */
function fuzzMade(
  target: Target,
  inputs: fc.Arbitrary<Buffer>,
  seed: number,
  numRuns: number,
): number {
  let tried = 0;
  const property = fc.property(inputs, (input) => {
    tried++;
    writeFileSync(current, `${target.name} ${input.toString("base64")}`);
    const [problem] = problemsOf(target, input);
    if (problem !== undefined) throw new Error(problem);
  });
  const { failed, counterexample, errorInstance } = fc.check(property, { seed, numRuns });
  if (failed) tell(target, counterexample?.[0] ?? Buffer.of(), String(errorInstance));
  return tried;
}

/** The inputs of a target that are kept in the tree. */
function inputsIn(folder: string): Buffer[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => readFileSync(join(folder, file)));
}

function meet(target: Target, input: Buffer): void {
  for (const problem of problemsOf(target, input)) tell(target, input, problem);
}

/** What is not as it must be when an input is read. */
function problemsOf(target: Target, input: Buffer): string[] {
  const problems: string[] = [];
  largestAllocation();
  // The time that this process had, whatever else the machine does.
  const begin = process.cpuUsage();
  try {
    target.run(Buffer.from(input));
    report.accepted++;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code !== "string" || !code.startsWith("ERR_")) {
      problems.push(`threw ${(error as Error).stack}`);
    }
  }
  const { user, system } = process.cpuUsage(begin);
  const took = (user + system) / 1000;
  const allocated = largestAllocation();
  if (took > MOST_MS) problems.push(`took ${Math.round(took)} ms`);
  if (allocated > MOST_BYTES + input.byteLength) problems.push(`asked for ${allocated} bytes`);
  for (const path of outside.splice(0)) problems.push(`touched ${path}`);
  const isPolluted = prototypes.some(
    ({ prototype }, i) => Reflect.ownKeys(prototype).length !== clean[i],
  );
  if (isPolluted) problems.push("changed a prototype");
  if ("ranCode" in globalThis) problems.push("ran code");
  return problems;
}

function tell({ name }: Target, input: Buffer, what: string): void {
  if (report.problems.length < 50) {
    report.problems.push(`${name}: ${what}\n  input: ${input.toString("base64").slice(0, 4000)}`);
  }
}

/** From here on every path that the library names is looked at. */
function watchPaths(): void {
  if ("isWatched" in fs.openSync) return;
  const inside = resolve(directory) + sep;
  for (const name of ["openSync", "statSync", "lstatSync", "readFileSync", "existsSync"] as const) {
    const real = fs[name] as (...args: unknown[]) => unknown;
    const watched = (path: unknown, ...rest: unknown[]): unknown => {
      // Packages that are loaded on first use lie elsewhere.
      const isOutside = typeof path === "string" && !resolve(path).startsWith(inside);
      if (isOutside && !path.includes("node_modules")) outside.push(path);
      return real(path, ...rest);
    };
    Object.assign(fs, { [name]: Object.assign(watched, { isWatched: true }) });
  }
  syncBuiltinESMExports();
}
