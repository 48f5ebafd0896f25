/**
 * Programs for other processes, bundled so that they start in a tenth of a second.
 *
 * @module
 */

import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { cache, interposed } from "./interposer.ts";

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

const built = new Map<string, string>();

/** The bundle of a program of a folder beside this one, with the library; it goes with this process. */
export function bundled(program: URL): string {
  const source = fileURLToPath(program);
  const known = built.get(source);
  if (known !== undefined) return known;
  mkdirSync(cache, { recursive: true });
  // The library looks for its addon in the folder above its own.
  const outfile = join(cache, `${process.pid}-${built.size}.mjs`);
  buildSync({
    entryPoints: [source],
    outfile,
    ...{ bundle: true, packages: "external", format: "esm", platform: "node", target: "node20" },
  });
  built.set(source, outfile);
  process.on("exit", () => rmSync(outfile, { force: true }));
  return outfile;
}

/** Starts a program whose system calls are met by the library of `interpose.c`. */
export function start(program: URL, args: readonly string[]): ChildProcess {
  const options: SpawnOptions = { env: interposed(), stdio: ["ignore", "pipe", "pipe"] };
  return spawn(process.execPath, ["--no-warnings", bundled(program), ...args], options);
}

/** Waits for a process to end. */
export async function ended(child: ChildProcess): Promise<Ending> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (text) => {
      output += text;
    });
  }
  const [code, signal] = await once(child, "close");
  return { code, signal, output };
}

/** Runs one task after the other, some at a time. */
export async function inParallel<T>(
  tasks: Iterable<T>,
  atATime: number,
  run: (task: T) => Promise<void>,
): Promise<void> {
  const queue = tasks[Symbol.iterator]();
  const take = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) await run(next.value);
  };
  await Promise.all(Array.from({ length: atATime }, take));
}
