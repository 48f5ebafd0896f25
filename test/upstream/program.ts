/**
 * Programs that run beside the test: in another process or thread.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { bundledUrl } from "../helpers/bundle.ts";

/**
 * A program for processes and threads alike, which prints what went wrong and the value of `told`.
 *
 * @param body with `Memory`, `dump`, `load` and `args` in its scope.
 */
export function program(directory: string, body: string): string {
  const file = join(directory, "program.mjs");
  writeFileSync(
    file,
    `import { parentPort, workerData } from "node:worker_threads";
    import { Memory, dump, load } from ${JSON.stringify(bundledUrl("index"))};
    const args = workerData ?? process.argv.slice(2);
    const problems = [];
    process.on("warning", ({ code, message }) => {
      // Said where neither mapper is there.
      if (code !== "CACHE_NO_MAPPER") problems.push(message);
    });
    let told;
    ${body}
    await new Promise(setImmediate);
    const answer = JSON.stringify([problems, told]);
    if (parentPort) parentPort.postMessage(answer);
    else console.log(answer);`,
  );
  return file;
}

/** Runs a program in a process of its own; what it prints, or what went wrong. */
export async function inProcess(file: string, ...args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, ["--no-warnings", file, ...args]);
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  child.stderr.on("data", (text) => {
    output += text;
  });
  await once(child, "close");
  return JSON.parse(output.startsWith("[") ? output : JSON.stringify(output));
}

/** The same in a worker thread. */
export async function inThread(file: string, ...args: string[]): Promise<unknown> {
  const worker = new Worker(file, { execArgv: [], workerData: args });
  const [answer] = await Promise.race([once(worker, "message"), once(worker, "exit")]).catch(
    (error: unknown) => [JSON.stringify(String(error))],
  );
  return JSON.parse(answer);
}
