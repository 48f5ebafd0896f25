/**
 * Runs every `*.test.ts` under this folder whose path matches the pattern given on the command
 * line, and ends with `N passed, N failed, N skipped`.
 *
 * The uvu command line exits 0 when nothing matched, when a file forgot to call `run()`, and when a
 * hook threw. This runner counts each of them as a failure, and with `CI=true` each skip too, unless
 * it is for the addon, left out by `NDMEMO_NATIVE=0`.
 *
 * @module
 */

import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "uvu/parse";

type Suite = () => Promise<[errors: string | true, ran: number, skipped: number, total: number]>;
declare global {
  var UVU_DEFER: number;
  var UVU_INDEX: number;
  var UVU_QUEUE: [name: string, ...suites: Suite[]][];
}

globalThis.UVU_DEFER = 1;
globalThis.NDMEMO_WITHOUT_ADDON = 0;
const uvu = await import("uvu");
const problems: string[] = [];
let [passed, failed, skipped] = [0, 0, 0];

const { suites: files } = await parse(
  dirname(fileURLToPath(import.meta.url)),
  process.argv[2] ?? "\\.test\\.ts$",
  { ignore: ["node_modules"] },
);
if (files.length === 0) problems.push("no test file matched");

for (const [index, file] of files.entries()) {
  const group: (typeof globalThis.UVU_QUEUE)[number] = [file.name];
  globalThis.UVU_INDEX = index;
  globalThis.UVU_QUEUE.push(group);
  await import(pathToFileURL(file.file).href);
  if (group.length === 1) problems.push(`${file.name} never called run()`);

  for (const [i, suite] of group.entries()) {
    if (typeof suite === "string") continue;
    group[i] = async () => {
      const result = await suite();
      const [errors, ran, skips, total] = result;
      passed += ran;
      failed += total - ran;
      skipped += skips;
      if (errors === true && ran < total) problems.push(`${file.name}: a hook threw`);
      return result;
    };
  }
}

await uvu.exec();
const unmeant = skipped - globalThis.NDMEMO_WITHOUT_ADDON;
if (process.env["CI"] === "true" && unmeant !== 0) problems.push(`${unmeant} tests were skipped`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
console.log(`${passed} passed, ${Math.max(failed, problems.length)} failed, ${skipped} skipped`);
