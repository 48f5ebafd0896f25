/**
 * What the tests of mapping share: files to map, and programs that run in a process of their own.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";

/** How a program ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls back with an empty directory, which is removed afterwards. */
export function withDirectory<R>(use: (directory: string) => R): R {
  const directory = mkdtempSync(join(tmpdir(), "ndmemo-test-"));
  return finallyDo(
    () => use(directory),
    () => rmSync(directory, { recursive: true, force: true }),
  );
}

/** Calls back with a file of these bytes, or of so many zeros, open for reading and writing. */
export function withFile<R>(
  content: Uint8Array | number,
  use: (file: { readonly fd: number; readonly path: string }) => R,
): R {
  return withDirectory((directory) => {
    const path = join(directory, "file");
    writeFileSync(path, typeof content === "number" ? "" : content);
    if (typeof content === "number") truncateSync(path, content);
    const fd = openSync(path, "r+");
    return finallyDo(
      () => use({ fd, path }),
      () => closeSync(fd),
    );
  });
}

/** `try … finally` for a callback that may return a promise. */
function finallyDo<R>(use: () => R, cleanUp: () => void): R {
  let pending = false;
  try {
    const result = use();
    if (!(result instanceof Promise)) return result;
    pending = true;
    return result.finally(cleanUp) as R;
  } finally {
    if (!pending) cleanUp();
  }
}

/** Bytes 0 to 250, over and over: 251 is prime, so no page looks like another. */
export function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

/** What a call throws. */
export function thrown(call: () => unknown): NodeJS.ErrnoException {
  try {
    call();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  return assert.unreachable("nothing was thrown") as never;
}

/** Runs an ES module in a process of its own. `lib("native.ts")` in it names a file of `lib/`. */
export function runProgram(
  source: string,
  options: { flags?: string[]; env?: NodeJS.ProcessEnv; cwd?: string; args?: string[] } = {},
): Ended {
  const { flags = [], env = {}, cwd, args = [] } = options;
  const program = `const lib = (file) => new URL(file, ${JSON.stringify(new URL("../../lib/", import.meta.url))}).href;
${source}`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...flags,
      "--import",
      import.meta.resolve("tsx"),
      "--input-type=module",
      "-e",
      program,
      ...args,
    ],
    { encoding: "utf8", env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }) },
  );
  return { status, signal, stdout, stderr };
}

/**
 * Begins a program that has workers, and each of these: the `path` of a file, and `native`. What a
 * worker is given names `path`, and `lib("native.ts")` as `native`.
 */
export const WORKER_PROLOGUE: string = `
  import fs from "node:fs";
  import { Worker, parentPort, workerData } from "node:worker_threads";
  // On Node 20 a worker does not inherit the hooks of tsx.
  if (workerData) (await import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))})).register();
  const path = workerData?.path ?? process.argv.at(-1);
  const { native } = await import(workerData?.native ?? lib("native.ts"));
`;

/**
 * Begins each program: the addon, with faults printed, and the file, which is all zeros.
 *
 * Programs, because a thread has one callback for faults, and in the process of the tests that is
 * the one of lib/store.
 */
const FAULT_PROLOGUE = `
  import fs from "node:fs";
  import crypto from "node:crypto";
  const { native } = await import(lib("native.ts"));
  const path = process.argv.at(-1);
  const fd = fs.openSync(path, "r+");
  const size = fs.fstatSync(fd).size;
  const addon = native();
  addon.onFault((label, kind) => console.log(label, kind));
  process.on("beforeExit", () => addon.reportFaults());
  const view = (label, mode = "guarded") => new Uint8Array(addon.map(fd, 0, size, mode, label));
  // A timer that is due comes before the faults, an immediate after them.
  const turn = () => new Promise((resolve) => setTimeout(() => setImmediate(resolve), 5));
`;

/**
 * Runs a program over a file of zeros: `addon`, with faults printed as "label kind", the `fd`,
 * `path` and `size` of the file, `view(label, mode?)` to map it, and `turn()` of the event loop.
 */
export function faultProgram(size: number, source: string, flags: string[] = []): Ended {
  return withFile(size, ({ path }) => runProgram(FAULT_PROLOGUE + source, { args: [path], flags }));
}

/** Asserts what such a program prints, and that it ends well. */
export function prints(expected: string, size: number, source: string): void {
  const { stdout, stderr, status, signal } = faultProgram(size, source);
  assert.is(`${stdout}${stderr}${status} ${signal}`, `${expected}0 null`);
}
