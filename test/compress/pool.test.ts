/**
 * Worker threads that are missing or fail: each case in a process of its own, because a process has
 * one pool.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bundledUrl } from "../helpers/bundle.ts";
import { withTmp } from "../helpers/tmp.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Compresses and reads back 24 MiB in every way in a process where `prepare` ran first. */
async function inProcess(
  prepare: string,
  { modes = [false, true, false], env = {} }: { modes?: boolean[]; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return withTmp((directory) => {
    const file = join(directory, "run.mjs");
    writeFileSync(
      file,
      `import { createRequire, syncBuiltinESMExports } from "node:module";
       const threads = createRequire(import.meta.url)("node:worker_threads");
       const started = [];
       ${prepare}
       syncBuiltinESMExports();
       const { contentOf, pack, unpack } = await import("${bundledUrl("samples")}");
       const recipe = { filter: "bitshuffle", itemSize: 8, level: 1 };
       const content = contentOf(24 * 2 ** 20 + 99);
       const modes = ${JSON.stringify(modes)};
       for (const waits of modes) {
         const packed = await pack(content, recipe, waits);
         for (const later of modes.slice(-2)) {
           const back = await unpack(packed, content.byteLength, later);
           if (!Buffer.from(back.buffer).equals(content)) throw new Error("other bytes");
         }
       }
       console.log("the same", started.length);`,
    );
    const run = spawnSync(process.execPath, [file], {
      ...{ cwd: root, encoding: "utf8", timeout: 120_000 },
      env: { ...process.env, ...env },
    });
    assert.is(run.status, 0, run.stderr);
    return run.stdout.trim();
  });
}

const spy = (body: string): string => `
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(...given) { super(...given); started.push(this); }
    ${body}
  };`;

test("workers are started once, and the process ends although they live", async () => {
  const [, started] = /^the same (\d+)$/.exec(await inProcess(spy(""))) ?? [];
  assert.ok(Number(started) >= 1 && Number(started) <= 4, started);
});

test("without worker threads this thread does the work", async () => {
  const output = await inProcess(
    'threads.Worker = class { constructor() { throw new Error("no"); } };',
  );
  assert.is(output, "the same 0");
});

test("what a worker was given when it ended is done by this thread", async () => {
  const output = await inProcess(spy("postMessage() { this.terminate(); }"), {
    modes: [true],
  });
  assert.match(output, /^the same/);
});

test("a worker whose program cannot be loaded is done without", async () => {
  const prepare = `
    const { Worker } = threads;
    threads.Worker = class extends Worker {
      constructor(file, options) { super("throw new Error('no')", { ...options, eval: true }); }
    };`;
  assert.is(await inProcess(prepare), "the same 0");
});

test("without the addon the workers filter, too", async () => {
  assert.match(await inProcess(spy(""), { env: { NDMEMO_NATIVE: "0" } }), /^the same/);
});

test.run();
