/**
 * Four processes that need the result of one call at once.
 *
 * @module
 */

import assert from "node:assert";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "../case.ts";

const PROCESSES = 4;
const library = JSON.stringify(import.meta.resolve("ndmemo"));

/** Answers each message with the result of a call that takes 0.8 s where it is computed. */
const program = `
  import { appendFileSync } from "node:fs";
  import { Memory } from ${library};
  const directory = process.argv[2];
  const slow = new Memory(directory, { verbose: 0 }).cache(
    function slow(turn) {
      appendFileSync(directory + "/runs", "x");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
      return new Float64Array([turn]);
    },
    { module: "bench" },
  );
  process.on("message", (turn) => process.send(slow(turn)[0]));
  process.send("ready");`;

export const stampede: Case = {
  title: "4 processes, one call of 0.8 s",
  limit: 1,
  warmUp: 0,
  samples: 3,
  async prepare(directory) {
    const file = join(directory, "program.mjs");
    const runs = join(directory, "runs");
    writeFileSync(file, program);
    writeFileSync(runs, "");
    const children: ChildProcess[] = [];
    for (let i = 0; i < PROCESSES; i++) {
      const child = fork(file, [directory], { execArgv: [] });
      await once(child, "message");
      children.push(child);
    }
    let turns = 0;
    return {
      async run(turn) {
        const answers = children.map((child) => once(child, "message"));
        for (const child of children) child.send(turn);
        for (const [answer] of await Promise.all(answers)) assert.equal(answer, turn);
        turns++;
      },
      facts() {
        for (const child of children) child.disconnect();
        const computed = readFileSync(runs).byteLength;
        assert.equal(computed, turns, "one process computes, and the others wait");
        return { runs: computed / turns };
      },
    };
  },
};
