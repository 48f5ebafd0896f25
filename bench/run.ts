/**
 * Runs the benchmark cases beside joblib and writes the results.
 *
 * ```sh
 * npm run bench                        # every case, nine processes each
 * npm run bench -- hash hit --quick    # cases whose name contains a word, three processes each
 * ```
 *
 * Each process measures one case of one side, and the two sides take turns, so that a machine that
 * slows down slows both. A side's figure is the median over its processes of each one's median.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Measurement } from "./case.ts";
import { cases } from "./cases/index.ts";
import { compare, type Result } from "./compare.ts";
import { duration, printTable } from "./table.ts";

type Sample = Measurement & { readonly versions?: Record<string, string> };

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    runs: { type: "string" },
    python: { type: "string", default: "/usr/bin/python3" },
  },
});
const runs = Number(flags.runs ?? (flags.quick ? 3 : 9));
const names = Object.keys(cases).filter(
  (name) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (names.length === 0) {
  console.error(`No case matches. The cases are: ${Object.keys(cases).join(", ")}`);
  process.exit(2);
}

const results: Result[] = [];
let versions: Record<string, string> = { node: process.versions.node };
for (const name of names) {
  const { title, target } = cases[name] as (typeof cases)[string];
  const [ours, theirs]: [Sample[], Sample[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    ours.push(inFreshProcess(process.execPath, ["--import", "tsx", join(here, "child.ts"), name]));
    theirs.push(inFreshProcess(flags.python, [join(here, "peers/joblib_case.py"), name]));
  }
  versions = { ...versions, ...theirs[0]?.versions };
  const result = compare(name, title, target, ours, theirs);
  results.push(result);
  console.error(`${name}: ${duration(result.ours.median)} / ${duration(result.peer.median)}`);
}

const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, platform: process.platform },
  versions,
  processes: runs,
  results,
};
printTable(report);
if (words.length === 0 && !flags.quick) {
  mkdirSync(join(here, "results"), { recursive: true });
  const file = join(here, "results", `node-${process.versions.node.split(".")[0]}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

function inFreshProcess(command: string, args: readonly string[]): Sample {
  const directory = mkdtempSync(join(tmpdir(), "ndmemo-bench-"));
  try {
    const output = execFileSync(command, [...args, directory], { encoding: "utf8" });
    return JSON.parse(output) as Sample;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
