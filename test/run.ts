/**
 * Runs every `*.test.ts` under this folder whose path matches the pattern given on the command
 * line, on as many processes as there are cores (four at most), and ends with
 * `N passed, N failed, N skipped`.
 *
 * The uvu command line exits 0 when nothing matched, when a file forgot to call `run()`, and when a
 * hook threw. This runner counts each of them as a failure, a process that died too, and with
 * `CI=true` each skip, unless it is for the addon, left out by `NDMEMO_NATIVE=0`.
 *
 * @module
 */

import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "uvu/parse";
import { END_OF_FILE, type FileResult, NO_FILE_LEFT } from "./run-file.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const MOST_PROCESSES = 4;

const problems: string[] = [];
const sum = { passed: 0, failed: 0, skipped: 0, withoutAddon: 0 };

const pattern = new RegExp(process.argv[2] ?? "\\.test\\.ts$", "i");
const { suites } = await parse(folder, ".", { ignore: ["node_modules"] });
const names = suites
  .map(({ name }) => name.replaceAll("\\", "/"))
  .filter((name) => pattern.test(name))
  .sort();
if (names.length === 0) problems.push("no test file matched");

function count(name: string, result: FileResult): void {
  for (const key of ["passed", "failed", "skipped", "withoutAddon"] as const) {
    sum[key] += result[key];
  }
  if (result.problem !== undefined) problems.push(`${name}: ${result.problem}`);
}

/** Runs files in one process until none is left or the process dies. */
async function runInOneProcess(): Promise<void> {
  const child = fork(join(folder, "run-file.ts"), { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const ended = once(child, "close") as Promise<[code: number | null, signal: string | null]>;
  let name: string | undefined;
  let output = "";
  const next = (): void => {
    name = names.shift();
    child.send(name ?? NO_FILE_LEFT);
  };
  const print = (text: string): void => {
    process.stdout.write(text);
    output = "";
  };
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    const end = output.indexOf(END_OF_FILE);
    const newline = output.indexOf("\n", end);
    if (end < 0 || newline < 0 || name === undefined) return;
    const result = output.slice(end + END_OF_FILE.length, newline);
    const rest = output.slice(newline + 1);
    print(output.slice(0, end));
    output = rest;
    count(name, JSON.parse(result) as FileResult);
    next();
  });
  next();
  const [code, signal] = await ended;
  print(output);
  if (name !== undefined) {
    problems.push(`${name}: its process ended with ${signal ?? code}`);
    if (names.length > 0) await runInOneProcess();
  } else if (code !== 0) {
    problems.push(`a process that had run its tests ended with ${signal ?? code}`);
  }
}

const processes = Math.min(availableParallelism(), MOST_PROCESSES, names.length);
await Promise.all(Array.from({ length: processes }, runInOneProcess));

const unmeant = sum.skipped - sum.withoutAddon;
if (process.env["CI"] === "true" && unmeant !== 0) problems.push(`${unmeant} tests were skipped`);
for (const problem of problems) console.error(problem);
if (problems.length + sum.failed > 0) process.exitCode = 1;
const failed = Math.max(sum.failed, problems.length);
console.log(`\n${sum.passed} passed, ${failed} failed, ${sum.skipped} skipped`);
