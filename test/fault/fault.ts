/**
 * Faults of the file system at every system call of a process, and what its caller notices.
 *
 * @module
 */

import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Order } from "../stress/interposer.ts";
import { prepare } from "../stress/kill.ts";
import type { Scenario } from "../stress/scenario.ts";
import { Subject } from "../stress/subject.ts";
import { ended, start } from "../stress/worker-file.ts";

/** What one worker tells. */
export interface FaultReport {
  faults: number;
  /** Callers that got an error in place of a value. */
  readonly lost: string[];
  /** Calls that warned more than once. */
  readonly loud: string[];
  /** Values that are not those of their keys. */
  readonly wrong: string[];
  /** Caches that cannot be used once the fault is gone. */
  readonly unusable: string[];
  /** Caches in which the process, while it lives, has temporary files. */
  readonly kept: { readonly directory: string; readonly where: string }[];
}

/** What came of many faults. */
export interface FaultTally {
  faults: number;
  /** Values that a caller did not get. */
  lost: number;
  wrong: number;
  /** Calls with more than one warning. */
  loud: number;
  /** Caches that could not be used afterwards. */
  unusable: number;
  /** Caches in which the process itself left a temporary file, until the next writer's sweep. */
  kept: number;
  /** Temporary files that no sweep removed. */
  leftovers: number;
  readonly problems: string[];
}

/** A fault, and the calls that it is tried at. */
export type Fault = Omit<Order, "at">;

/** Faults that come once, and those that stay. */
export const faults: readonly Fault[] = [
  ...both("changes", ["ENOSPC", "EDQUOT", "EROFS", "EACCES"]),
  ...both("opens", ["EMFILE"]),
  ...both("all", ["EIO", "ESTALE"]),
  { action: "once", calls: "all", error: "EINTR" },
  { action: "from", calls: "changes", error: "EXDEV" },
  { action: "remove", calls: "changes" },
  { action: "short", calls: "all" },
];

/** A tally without faults. */
export function newFaultTally(): FaultTally {
  const none = { faults: 0, lost: 0, wrong: 0, loud: 0, unusable: 0, kept: 0, leftovers: 0 };
  return { ...none, problems: [] };
}

const worker = new URL("worker.ts", import.meta.url);

/** Lets a fault happen at each `step`-th call of a scenario, in a cache of its own each time. */
export async function failEverywhere(
  scenario: Scenario,
  fault: Fault,
  tally: FaultTally,
  step = 1,
): Promise<void> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-fault-"));
  try {
    const template = join(home, "cache");
    prepare(scenario, template);
    const args = [scenario.name, template, JSON.stringify(fault), String(step)];
    const { code, signal, output } = await ended(start(worker, args));
    const line = output.split("\n").find((text) => text.startsWith('{"faults"'));
    if (code !== 0 || line === undefined) {
      const what = `"${scenario.name}" under ${JSON.stringify(fault)} ended with ${code ?? signal}`;
      tally.lost++;
      tally.problems.push(`${what}: ${output}`);
      return;
    }
    take(tally, JSON.parse(line) as FaultReport);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function take(tally: FaultTally, report: FaultReport): void {
  tally.faults += report.faults;
  for (const kind of ["lost", "wrong", "loud", "unusable"] as const) {
    tally[kind] += report[kind].length;
    for (const text of report[kind]) tally.problems.push(`${kind}: ${text}`);
  }
  for (const { directory, where } of report.kept) {
    tally.kept++;
    new Subject(directory, 5).functions.number.recompute(1);
    const left = readdirSync(join(directory, "ndmemo", "tmp"));
    if (left.length === 0) continue;
    tally.leftovers++;
    tally.problems.push(`leftovers: ${where}: ${left}`);
  }
}

function both(calls: Order["calls"], errors: readonly string[]): Fault[] {
  return errors.flatMap((error): Fault[] => [
    { action: "once", calls, error },
    { action: "from", calls, error },
  ]);
}
