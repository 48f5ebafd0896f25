/**
 * Runs the benchmark cases beside their peers and writes the results: the rows of what was run take
 * the place of what they were, those of other cases stay.
 *
 * ```sh
 * npm run bench                        # every case, nine processes each
 * npm run bench -- hash hit --quick    # cases whose name contains a word, three processes each,
 *                                      # those with many entries with a tenth of them
 * npm run bench -- --list              # the names of the cases
 * ```
 *
 * Each process measures one case of one side, and the sides take turns, so that a machine that
 * slows down slows all. A side's figure is the median over its processes of each one's median.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import type { Case, Measurement } from "./case.ts";
import { cases } from "./cases/index.ts";
import { compare, type Result } from "./compare.ts";
import { type Command, commandOf, type PeerName } from "./peer.ts";
import { programOf } from "./program.ts";
import { hasMemory, makeScratch } from "./scratch.ts";
import { circumstances, duration, type Report, table } from "./table.ts";

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

const missing = new Map<PeerName, string>();
const versions: Record<string, string> = { node: process.versions.node };
const results: Result[] = [];
for (const name of names) {
  const chosen = cases[name] as Case;
  const { node = 0, inMemory } = chosen;
  if (Number.parseInt(process.versions.node, 10) < node) {
    console.error(`${name}: left out, it needs Node ${node}`);
    continue;
  }
  if (inMemory && !hasMemory()) {
    console.error(`${name}: left out, there is no file system in memory`);
    continue;
  }
  const result = measureAll(name, chosen);
  results.push(result);
  if (!flags.quick && flags.runs === undefined) keep(result);
  const beside = Object.entries(result.peers).map(
    ([peer, { median }]) => `${peer} ${duration(median)}`,
  );
  console.error(`${name}: ${[duration(result.ours.median), ...beside].join(" / ")}`);
}
for (const [peer, todo] of missing) console.error(`${peer} was left out; to have it: ${todo}`);

console.log(`${circumstances(reportOf(results))}\n\n${table(reportOf(results))}`);

function reportOf(rows: readonly Result[]): Report {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, platform: process.platform };
  return { machine, versions, processes: runs, results: rows };
}

/** Puts a row into the results of this version of Node. */
function keep(row: Result): void {
  mkdirSync(join(here, "results"), { recursive: true });
  const file = join(here, "results", `node-${process.versions.node.split(".")[0]}.json`);
  const found = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Report) : undefined;
  // Rows of one table are of one machine.
  const { machine } = reportOf([]);
  const before = isDeepStrictEqual(found?.machine, machine) ? found : undefined;
  const rows = new Map(before?.results.map((each) => [each.name, each]));
  rows.set(row.name, row);
  const inOrder = Object.keys(cases).flatMap((name) => rows.get(name) ?? []);
  Object.assign(versions, { ...before?.versions, ...versions });
  writeFileSync(file, `${JSON.stringify(reportOf(inOrder), null, 2)}\n`);
}

function measureAll(name: string, chosen: Case): Result {
  const { beside = ["joblib"], processes = runs } = chosen;
  const child = [process.execPath, programOf("child.ts")] as const;
  const peers = beside.flatMap((peer): [PeerName, Command][] => {
    const command = commandOf(peer, name, flags.python);
    if (!("missing" in command)) return [[peer, command]];
    missing.set(peer, command.missing);
    return [];
  });
  const ours: Sample[] = [];
  const theirs = new Map<PeerName, Sample[]>(peers.map(([peer]) => [peer, []]));
  for (let run = 0; run < Math.min(runs, processes); run++) {
    ours.push(inFreshProcess(child, name, chosen));
    for (const [peer, command] of peers) {
      const sample = inFreshProcess(command, name, chosen);
      theirs.get(peer)?.push(sample);
      Object.assign(versions, sample.versions);
    }
  }
  return compare(name, chosen, ours, theirs);
}

function inFreshProcess([program, ...args]: Command, name: string, chosen: Case): Sample {
  const { warmUp, samples, inMemory = false } = chosen;
  const directory = makeScratch(inMemory);
  try {
    const env = { ...process.env, ...(flags.quick && { NDMEMO_BENCH_ENTRIES: "10000" }) };
    const all = [...args, name, directory, `${warmUp}`, `${samples}`];
    const output = execFileSync(program, all, { encoding: "utf8", env });
    return JSON.parse(output) as Sample;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
