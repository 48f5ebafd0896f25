/**
 * Results in other threads and processes: sent as references, mapped where they are needed.
 *
 * @module
 */

import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type MemorizedResult, Memory } from "../../lib/index.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { requires } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";

const library = JSON.stringify(bundledUrl("index"));
const BYTES = 32 * 2 ** 20;

/** A program that maps the reference it is sent, reads all of it, and answers with the sum. */
const reader = `
  import { parentPort } from "node:worker_threads";
  import { MemorizedResult } from ${library};
  const port = parentPort ?? process;
  const answer = (message) => (parentPort ? parentPort.postMessage(message) : process.send(message));
  port.on("message", (sent) => {
    if (sent === "end") process.exit();
    globalThis.held = MemorizedResult.from(sent).get();
    answer(globalThis.held.reduce((sum, value) => sum + value, 0));
  });
  answer("ready");`;

function ones(memory: Memory): MemorizedResult<Float64Array> {
  const made = memory
    .cache(function ones(bytes: number) {
      return new Float64Array(bytes / 8).fill(1);
    })
    .callAndShelve(BYTES);
  return made as MemorizedResult<Float64Array>;
}

/** Bytes that the maps of array files take up, each page divided by the number of its mappers. */
function proportionalBytes(pid: number | "self"): number {
  const maps = readFileSync(`/proc/${pid}/smaps`, "utf8").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return maps
    .filter((map) => /\.npy$/m.test(map))
    .reduce((sum, map) => sum + 1024 * Number(/^Pss: +(\d+)/m.exec(map)?.[1]), 0);
}

requires("mapper", test, "four child processes map one result, and it is in memory once", () =>
  withTmp(async (directory) => {
    const result = ones(new Memory(directory, { verbose: 0, mmapMode: "r" }));
    const program = join(directory, "reader.mjs");
    writeFileSync(program, reader);
    const children = Array.from({ length: 4 }, () => fork(program, { execArgv: [] }));
    try {
      await Promise.all(children.map((child) => once(child, "message")));
      const answers = children.map((child) => once(child, "message"));
      for (const child of children) child.send(result.toJSON());
      for (const [sum] of await Promise.all(answers)) assert.is(sum, BYTES / 8);
      // No other system tells what of a map is shared.
      if (process.platform !== "linux") return;
      const bytes = children.reduce((sum, { pid }) => sum + proportionalBytes(pid as number), 0);
      assert.ok(bytes > 0.9 * BYTES && bytes < 1.1 * BYTES, `${bytes} bytes for ${BYTES}`);
    } finally {
      for (const child of children) child.kill();
    }
  }),
);

requires("mapper", test, "four worker threads map one result, and it is in memory once", () =>
  withTmp(async (directory) => {
    const result = ones(new Memory(directory, { verbose: 0, mmapMode: "r" }));
    const program = join(directory, "reader.mjs");
    writeFileSync(program, reader);
    const workers = Array.from({ length: 4 }, () => new Worker(program, { execArgv: [] }));
    try {
      await Promise.all(workers.map((worker) => once(worker, "message")));
      const answers = workers.map((worker) => once(worker, "message"));
      for (const worker of workers) worker.postMessage(result);
      for (const [sum] of await Promise.all(answers)) assert.is(sum, BYTES / 8);
      // No other system tells what of a map is shared.
      if (process.platform !== "linux") return;
      const bytes = proportionalBytes("self");
      assert.ok(bytes > 0.9 * BYTES && bytes < 1.1 * BYTES, `${bytes} bytes for ${BYTES}`);
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  }),
);

test("a Memory in each of four threads on one location shares its entries", () =>
  withTmp(async (directory) => {
    const program = join(directory, "caller.mjs");
    writeFileSync(
      program,
      `import { parentPort, workerData } from "node:worker_threads";
      import { Memory } from ${library};
      let runs = 0;
      const square = new Memory(workerData, { verbose: 0 }).cache(
        function square(x) { runs++; return new Float64Array([x * x]); },
        { module: "m" },
      );
      let wrong = 0;
      for (let x = 0; x < 50; x++) if (square(x)[0] !== x * x) wrong++;
      parentPort.postMessage({ runs, wrong });`,
    );
    const run = async (): Promise<{ runs: number; wrong: number }> => {
      const [message] = await once(
        new Worker(program, { execArgv: [], workerData: directory }),
        "message",
      );
      return message;
    };
    const first = await Promise.all([run(), run(), run(), run()]);
    assert.equal(
      first.map(({ wrong }) => wrong),
      [0, 0, 0, 0],
    );
    assert.equal(await run(), { runs: 0, wrong: 0 });
  }));

test.run();
