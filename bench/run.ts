/**
 * Runs the benchmark cases beside joblib and writes the results.
 *
 * ```sh
 * npm run bench                        # every case, nine processes each
 * npm run bench -- hash hit --quick    # cases whose name contains a word, three processes each,
 *                                      # reduceSize with a tenth of its entries
 * npm run bench -- --list              # the names of the cases
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
import type { Case, Measurement } from "./case.ts";
import { cases } from "./cases/index.ts";
import { compare, type Result } from "./compare.ts";
import { duration, printTable } from "./table.ts";

type Sample = Measurement & { readonly versions?: Record<string, string> };

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    runs: { type: "string" },
    python: { type: "string", default: "/usr/bin/python3" },
  },
});
const runs = Number(flags.runs ?? (flags.quick ? 3 : 9));
const names = Object.keys(cases).filter(
  (name) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (flags.list) {
  for (const name of names) console.log(`${name.padEnd(14)} ${cases[name]?.title}`);
  process.exit();
}
if (names.length === 0) {
  console.error(`No case matches. The cases are: ${Object.keys(cases).join(", ")}`);
  process.exit(2);
}

const results: Result[] = [];
let versions: Record<string, string> = { node: process.versions.node };
for (const name of names) {
  const chosen = cases[name] as Case;
  const { node = 0, processes = runs, alone = false } = chosen;
  if (Number.parseInt(process.versions.node, 10) < node) {
    console.error(`${name}: left out, it needs Node ${node}`);
    continue;
  }
  const [ours, theirs]: [Sample[], Sample[]] = [[], []];
  for (let run = 0; run < Math.min(runs, processes); run++) {
    ours.push(inFreshProcess(process.execPath, ["--import", "tsx", join(here, "child.ts"), name]));
    if (alone) continue;
    theirs.push(inFreshProcess(flags.python, [join(here, "peers/joblib_case.py"), name]));
  }
  versions = { ...versions, ...theirs[0]?.versions };
  const result = compare(name, chosen, ours, theirs);
  results.push(result);
  const peer = result.peer ? ` / ${duration(result.peer.median)}` : "";
  console.error(`${name}: ${duration(result.ours.median)}${peer}`);
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
    const env = { ...process.env, ...(flags.quick && { NDMEMO_BENCH_ENTRIES: "10000" }) };
    const output = execFileSync(command, [...args, directory], { encoding: "utf8", env });
    return JSON.parse(output) as Sample;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
