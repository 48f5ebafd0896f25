import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash } from "../../lib/hash/hash.ts";
import { catalogue } from "./catalogue.ts";

const script = new URL("print-digests.ts", import.meta.url);
const here = [...catalogue()].map(([name, value]) => [name, hash(value)]);

test("another process computes the same digests", () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, fileURLToPath(script)],
    { encoding: "utf8" },
  );
  assert.is(stderr, "");
  assert.equal(JSON.parse(stdout), here);
});

test("a worker thread computes the same digests", async () => {
  // A worker does not inherit the loader of TypeScript that the runner was started with.
  const code = `import("tsx/esm/api").then(({ register }) => (register(), import("${script}")))`;
  const worker = new Worker(code, { eval: true });
  const [digests] = await once(worker, "message");
  assert.equal(digests, here);
});

test.run();
