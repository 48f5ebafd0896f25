/**
 * Starts services on the loopback, runs the tests of the S3 store on them, and stops them.
 *
 * ```sh
 * npm run test:s3            # contract, functions and faults on Ceph, beside 100,000 objects of
 *                            # others; then the contract on Swift
 * npm run test:s3 -- short   # contract and functions, one daemon of each kind: for CI
 * npm run test:s3 -- swift   # only Swift
 * npm run test:s3 -- serve   # only starts a Ceph cluster, and stops it with the process
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
import { missingForSwift, Swift } from "./swift.ts";

const FORMS = ["long", "short", "swift", "serve"];
const FUNCTIONS = "^s3/.*(?<!faults)\\.ceph\\.ts$";
/** Each starts a cluster of its own: one after the other. */
const FAULTS = ["faults", "copies-faults", "rights-faults"];
const [form = "long"] = process.argv.slice(2);
const root = fileURLToPath(new URL("../../", import.meta.url));

interface Service {
  environment(): Record<string, string>;
  stop(): Promise<void>;
}

async function tests(pattern: string, environment: Record<string, string> = {}): Promise<void> {
  const args = ["--import", "tsx", "test/run.ts", pattern];
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env });
  const [code] = await once(child, "exit");
  if (code !== 0) process.exitCode = 1;
}

/** Runs something beside a service, and stops that also where this process is told to end. */
async function beside(
  name: string,
  start: () => Promise<Service>,
  run: (environment: Record<string, string>) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  const service = await start();
  console.log(`${name} is ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const stop = (): void => void service.stop().then(() => process.exit(1));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  try {
    await run(service.environment());
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, stop);
    await service.stop();
  }
}

/** Ends the process where something has to be installed first. */
function need(service: string, missing: string | undefined): void {
  if (missing === undefined) return;
  console.error(`These tests of the S3 store need ${service}; ${missing}`);
  process.exit(1);
}

async function serve(environment: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(environment)) {
    console.log(`export ${name}="${value}"`);
  }
  await new Promise((resolve) => setInterval(resolve, 2 ** 30));
}

if (!FORMS.includes(form)) {
  console.error(`There is no form ${form} of these tests. The forms are: ${FORMS.join(", ")}`);
  process.exit(2);
}
if (process.env["NDMEMO_S3_ENDPOINT"]) {
  await tests(FUNCTIONS);
} else {
  const isLong = form === "long";
  if (form !== "swift") need("Ceph", missingForCeph());
  if (isLong || form === "swift") need("Swift", missingForSwift());
  if (form !== "swift") {
    const crowd = isLong ? { NDMEMO_S3_CROWD: "100000" } : {};
    await beside(
      "Ceph",
      () => Ceph.start(),
      form === "serve" ? serve : (found) => tests(FUNCTIONS, { ...found, ...crowd }),
    );
  }
  if (isLong) for (const name of FAULTS) await tests(`^s3/${name}\\.ceph\\.ts$`);
  if (isLong || form === "swift") {
    await beside(
      "Swift",
      () => Swift.start(),
      (found) => tests("^s3/.*\\.swift\\.ts$", found),
    );
  }
}
