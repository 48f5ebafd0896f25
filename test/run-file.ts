/**
 * Runs test files that `run.ts` names, one after the other, and prints what became of each.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

type Suite = () => Promise<[errors: string | true, ran: number, skipped: number, total: number]>;
declare global {
  var UVU_DEFER: number;
  var UVU_INDEX: number;
  var UVU_QUEUE: Suite[][];
}

/** What became of the tests of one file. */
export interface FileResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Those of the skipped ones that need the addon, which was left out on purpose. */
  readonly withoutAddon: number;
  /** Why the file counts as failed whatever its tests did. */
  readonly problem: string | undefined;
}

/** What is printed behind the output of a file, before its result as JSON. */
export const END_OF_FILE = "\u0003 end of file ";

/** What is sent instead of a name at the end. */
export const NO_FILE_LEFT = "";

const folder = dirname(fileURLToPath(import.meta.url));

async function runFile(name: string): Promise<FileResult> {
  let [passed, failed, skipped] = [0, 0, 0];
  let problem: string | undefined;
  const suites: Suite[] = [];
  globalThis.UVU_INDEX = globalThis.UVU_QUEUE.push(suites) - 1;
  globalThis.NDMEMO_WITHOUT_ADDON = 0;
  console.log(name);
  try {
    await import(pathToFileURL(join(folder, name)).href);
    if (suites.length === 0) problem = "never called run()";
    for (const suite of suites) {
      const [errors, ran, skips, total] = await suite();
      passed += ran;
      failed += total - ran;
      skipped += skips;
      if (errors !== true) console.log(errors);
      else if (ran < total) problem = "a hook threw";
    }
  } catch (error) {
    problem = "could not be run";
    console.error(error);
  }
  return { passed, failed, skipped, withoutAddon: globalThis.NDMEMO_WITHOUT_ADDON, problem };
}

if (process.send) {
  globalThis.UVU_DEFER = 1;
  await import("uvu");
  process.on("message", async (name: string) => {
    if (name === NO_FILE_LEFT) {
      process.disconnect();
      return;
    }
    const result = await runFile(name);
    process.stdout.write(`\n${END_OF_FILE}${JSON.stringify(result)}\n`);
  });
}
