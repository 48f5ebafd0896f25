/**
 * Starts Ceph on the loopback, runs the tests of the S3 store on it, and stops it.
 *
 * ```sh
 * npm run test:s3            # contract, functions and faults: three storage daemons, two gateways
 * npm run test:s3 -- short   # contract and functions, one of each: for CI
 * npm run test:s3 -- serve   # only starts a cluster, and stops it with the process
 * ```
 *
 * Nothing is installed. With `NDMEMO_S3_ENDPOINT`, `NDMEMO_S3_BUCKET` and the keys in the
 * environment, contract and functions run on that service instead.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Ceph, missingForCeph } from "./ceph.ts";

const [form = "long"] = process.argv.slice(2);
const root = fileURLToPath(new URL("../../", import.meta.url));

async function tests(pattern: string, environment: Record<string, string>): Promise<void> {
  const args = ["--import", "tsx", "test/run.ts", pattern];
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env });
  const [code] = await once(child, "exit");
  if (code !== 0) process.exitCode = 1;
}

const functions = "^s3/.*(?<!faults)\\.ceph\\.ts$";
if (process.env["NDMEMO_S3_ENDPOINT"]) {
  await tests(functions, {});
} else {
  const missing = missingForCeph();
  if (missing !== undefined) {
    console.error(`The tests of the S3 store need Ceph; ${missing}`);
    process.exit(1);
  }
  const started = performance.now();
  const ceph = await Ceph.start();
  console.log(`Ceph is ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const stop = (): void => void ceph.stop().then(() => process.exit(1));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    if (form === "serve") {
      for (const [name, value] of Object.entries(ceph.environment())) {
        console.log(`export ${name}="${value}"`);
      }
      await new Promise((resolve) => setInterval(resolve, 2 ** 30));
    }
    await tests(functions, ceph.environment());
  } finally {
    await ceph.stop();
  }
  // They start a cluster of their own.
  if (form === "long") await tests("^s3/faults\\.ceph\\.ts$", {});
}
