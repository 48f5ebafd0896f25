/**
 * The stress suite: `npm run test:stress`, or a part of it, `npm run test:stress -- kills random`.
 *
 * Results are kept in `docs/reliability.json`. Options: `--minutes=30` for the long run, `--step=1` to
 * kill and fail at every call, `--kills=600` at random, `--inputs=20000` for each hostile target,
 * `--flips=20000` in each file, `--work="store,load"` for some kinds of work only.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { failEverywhere, faults, newFaultTally } from "../fault/fault.ts";
import { flipBits, largeEntries, newFlipTally, smallEntries } from "../fuzz/damage.ts";
import { fuzz, newFuzzTally } from "../fuzz/fuzz.ts";
import { killEverywhere, newKillTally } from "./kill.ts";
import { runLong } from "./long-run.ts";
import { killAtRandom } from "./random-kill.ts";
import { scenarios } from "./scenario.ts";
import { isOfFault } from "./subject.ts";
import { keep, type Result } from "./tally.ts";
import { inParallel } from "./worker-file.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "30" },
    step: { type: "string", default: "1" },
    kills: { type: "string", default: "600" },
    inputs: { type: "string", default: "20000" },
    flips: { type: "string", default: "20000" },
    work: { type: "string", default: "" },
  },
});
const [minutes, step, kills, inputs] = [
  ...[values.minutes, values.step, values.kills, values.inputs].map(Number),
] as [number, number, number, number];

const mostFlips = Number(values.flips);
const names = values.work === "" ? [] : values.work.split(",");
const works = scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
const some = names.length === 0 ? "" : ` --work="${values.work}"`;
const which = step === 1 ? "every call" : `one call in ${step}`;

const warnings: string[] = [];
process.removeAllListeners("warning");
process.on("warning", (warning) => {
  if (isOfFault(warning)) warnings.push(warning.message);
});

/** A part of the suite: the result, and what was wrong. */
type Part = () => Promise<Omit<Result, "command"> & { readonly problems: readonly string[] }>;

const parts: Readonly<Record<string, { readonly run: Part; readonly options: string }>> = {
  kills: { run: killParts, options: ` --step=${step}${some}` },
  random: { run: randomKills, options: ` --kills=${kills}` },
  faults: { run: faultParts, options: ` --step=${step}${some}` },
  flips: { run: flips, options: ` --flips=${mostFlips}` },
  hostile: { run: hostile, options: ` --inputs=${inputs}` },
  long: { run: long, options: ` --minutes=${minutes}` },
};

const chosen = positionals.length > 0 ? positionals : Object.keys(parts);
for (const name of chosen) {
  const part = parts[name];
  if (!part) throw new RangeError(`the suite has the parts ${Object.keys(parts).join(", ")}`);
  const start = performance.now();
  const { problems, ...result } = await part.run();
  const command = `npm run test:stress -- ${name}${part.options}`;
  keep(name, { ...result, command }, (performance.now() - start) / 1000);
  console.log(`${name}: ${result.tried} tried, ${JSON.stringify(result.failures)}. ${result.note}`);
  for (const problem of problems.slice(0, 100)) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

async function killParts(): ReturnType<Part> {
  const tally = newKillTally();
  for (const scenario of works) {
    const before = tally.kills;
    await killEverywhere(scenario, tally, warnings, { step, inHalf: true });
    console.log(`  ${scenario.name}: ${tally.kills - before} kills`);
  }
  const what = "SIGKILL at system calls that change the disk, and in the middle of writes";
  return { ...killResult(what, tally), note: `${works.length} kinds of work, ${which}` };
}

async function randomKills(): ReturnType<Part> {
  const tally = newKillTally();
  await killAtRandom(Date.now() % 1000, kills, tally, warnings);
  const what = "SIGKILL at random moments of two processes that do everything to one cache";
  return { ...killResult(what, tally), note: "caches live through up to 40 kills" };
}

function killResult(
  what: string,
  { kills: tried, wrong, unreadable, leftovers, problems }: ReturnType<typeof newKillTally>,
): Omit<Awaited<ReturnType<Part>>, "note"> {
  const failures = {
    "wrong values": wrong,
    "unreadable stores": unreadable,
    "stores with files that nobody sweeps": leftovers,
  };
  return { what, tried, failures, problems };
}

async function faultParts(): ReturnType<Part> {
  const tally = newFaultTally();
  for (const scenario of works) {
    await inParallel(faults, 2, (fault) =>
      failEverywhere(scenario, fault, tally, scenario.isSlow ? 12 * step : step),
    );
    console.log(`  ${scenario.name}: ${tally.faults} faults so far`);
  }
  const errors = [...new Set(faults.map(({ error, action }) => error ?? action))].join(", ");
  return {
    what: "a system call that fails, once or from then on",
    tried: tally.faults,
    failures: {
      "values lost": tally.lost,
      "wrong values": tally.wrong,
      "calls with two warnings": tally.loud,
      "unusable stores": tally.unusable,
      "temporary files that stay": tally.leftovers,
    },
    note: `${errors}; ${works.length} kinds of work, ${which}`,
    problems: tally.problems,
  };
}

async function flips(): ReturnType<Part> {
  const tally = newFlipTally();
  for (const entry of smallEntries()) await flipBits(entry, mostFlips, tally);
  for (const entry of largeEntries()) await flipBits(entry, Math.min(2000, mostFlips), tally);
  return {
    what: 'a bit flipped in a file of an entry, loaded with `verify: "full"`',
    tried: tally.flips,
    failures: { "wrong values returned": tally.returned },
    note: `up to ${mostFlips} bits of each file; ${tally.harmless} made no difference`,
    problems: tally.problems,
  };
}

async function hostile(): ReturnType<Part> {
  const tally = newFuzzTally();
  const batch = 5000;
  for (let done = 0; done < inputs; done += batch) {
    await fuzz(1000 + done, Math.min(batch, inputs - done), tally);
  }
  const tried = Object.values(tally.inputs).reduce((sum, count) => sum + count, 0);
  return {
    what: "hostile files, with checksums that are right",
    tried,
    failures: { "crashes and hangs": tally.crashes, "other findings": tally.problems.length },
    note: `${Object.keys(tally.inputs).join(", ")}; ${tally.accepted} were valid`,
    problems: tally.problems,
  };
}

async function long(): ReturnType<Part> {
  const { processes, problems, files } = await runLong(minutes * 60);
  const done = processes.flatMap((report) => Object.values(report.done));
  const growth = processes.map(({ early, late }, at) => {
    const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
    return (
      `process ${at + 1}: ${mib(early.rss)} to ${mib(late.rss)} MiB, ${early.maps} to ${late.maps} maps, ` +
      `${early.descriptors} to ${late.descriptors} descriptors`
    );
  });
  return {
    what: "operations of two processes that do everything to one cache",
    tried: done.reduce((sum, count) => sum + count, 0),
    failures: { "exceptions, warnings and leaks": problems.length },
    note: `from early to late: ${growth.join("; ")}; ${files} files at the end`,
    problems,
  };
}
