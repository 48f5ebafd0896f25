/**
 * A file that is replaced while it is loaded.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump } from "../../lib/index.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const library = JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href);

/**
 * A program for processes and threads alike, which prints what went wrong and the value of `told`.
 *
 * @param body with `Memory`, `dump`, `load` and `args` in its scope.
 */
function program(directory: string, body: string): string {
  const file = join(directory, "program.mjs");
  writeFileSync(
    file,
    `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))};
    import { parentPort, workerData } from "node:worker_threads";
    register();
    const { Memory, dump, load } = await import(${library});
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

async function inProcess(file: string, ...args: string[]): Promise<unknown> {
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

async function inThread(file: string, ...args: string[]): Promise<unknown> {
  const worker = new Worker(file, { execArgv: [], workerData: args });
  const [answer] = await Promise.race([once(worker, "message"), once(worker, "exit")]).catch(
    (error: unknown) => [JSON.stringify(String(error))],
  );
  return JSON.parse(answer);
}

// test_concurrency_safe_write, test_concurrency_safe_rename
test("of a file that processes and threads dump to, readers see one value, whole", () =>
  withTmp(async (directory) => {
    const target = join(directory, "value");
    const make = (k: number): object => ({ k, array: new Float64Array(20_000).fill(k) });
    dump(make(-1), target);
    const body = `
      const [target, k, isWriter] = [args[0], Number(args[1]), args[2] === "writer"];
      for (let i = 0; i < 40; i++) {
        if (isWriter) dump({ k, array: new Float64Array(20_000).fill(k) }, target);
        const value = load(target, { mmapMode: i % 2 ? "r" : null });
        if (!value.array.every((each) => each === value.k)) problems.push("torn");
      }`;
    const file = program(directory, body);
    const runs = [inProcess, inProcess, inThread, inThread, inThread, inThread].map((run, i) =>
      run(file, target, String(i), i % 2 ? "reader" : "writer"),
    );
    for (const answer of await Promise.all(runs)) assert.equal(answer, [[], null]);
    assert.equal(filesIn(directory), ["program.mjs", "value"]);
  }));

test.run();
