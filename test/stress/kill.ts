/**
 * Kills processes at every system call that changes the disk, and looks at what they leave.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inspect } from "./inspection.ts";
import type { Action, Order } from "./interposer.ts";
import type { Scenario } from "./scenario.ts";
import { Subject } from "./subject.ts";
import { ended, inParallel, start } from "./worker-file.ts";

/** What came of many kills. */
export interface KillTally {
  kills: number;
  wrong: number;
  unreadable: number;
  leftovers: number;
  /** What was wrong, with how to do it again. */
  readonly problems: string[];
}

/** A tally without kills. */
export function newKillTally(): KillTally {
  return { kills: 0, wrong: 0, unreadable: 0, leftovers: 0, problems: [] };
}

/** How a scenario is killed. */
export interface KillOptions {
  /** Kills at every `step`-th call only, of those that the scenario has chosen. */
  readonly step?: number;
  /** At which of them to begin. */
  readonly first?: number;
  /** Also kills in the middle of writes. */
  readonly inHalf?: boolean;
}

const worker = new URL("worker.ts", import.meta.url);

/** Kills a scenario at each of its calls that change the disk, once, in a cache of its own each time. */
export async function killEverywhere(
  scenario: Scenario,
  tally: KillTally,
  warnings: readonly string[],
  { step = 1, first = 0, inHalf = false }: KillOptions = {},
): Promise<void> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-kill-"));
  try {
    const template = join(home, "template");
    prepare(scenario, template);
    const calls = await countCalls(scenario, template, home);
    const every = step * (scenario.oneIn ?? 1);
    const begin = 1 + (first % every);
    const orders: Order[] = [];
    for (const action of inHalf ? (["kill", "half"] as const) : (["kill"] as const)) {
      for (let at = begin; at <= calls; at += every) orders.push({ action, calls: "changes", at });
    }
    await inParallel(orders, scenario.isSlow ? 12 : 3, (order) =>
      killOnce(scenario, order, template, home, tally, warnings),
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Makes the cache that a scenario begins with. */
export function prepare({ prepare: store }: Scenario, directory: string): void {
  mkdirSync(directory);
  if (!store) return;
  const subject = new Subject(directory, 0);
  store(subject);
}

async function countCalls(scenario: Scenario, template: string, home: string): Promise<number> {
  const directory = join(home, "count");
  await copy(template, directory);
  const order: Order = { action: "count", calls: "changes", at: 0 };
  const { code, output } = await run(scenario, directory, order);
  const calls = Number(output);
  if (code === 0 && calls > 0) return calls;
  throw new Error(`${scenario.name} does not run: ${output}`);
}

async function killOnce(
  scenario: Scenario,
  order: Order,
  template: string,
  home: string,
  tally: KillTally,
  warnings: readonly string[],
): Promise<void> {
  const directory = join(home, `${order.action}-${order.at}`);
  await copy(template, directory);
  const { code, signal, output } = await run(scenario, directory, order);
  const where = `"${scenario.name}", ${order.action} at call ${order.at}`;
  if (signal === "SIGKILL") {
    tally.kills++;
    add(tally, where, await inspect(directory, scenario, warnings));
  } else if (code !== 0) {
    tally.problems.push(`${where}: ended with ${code ?? signal}: ${output}`);
  }
  await rm(directory, { recursive: true, force: true });
}

/** Adds what was found after a kill. */
export function add(
  tally: KillTally,
  where: string,
  findings: Awaited<ReturnType<typeof inspect>>,
): void {
  for (const kind of ["wrong", "unreadable", "leftovers"] as const) {
    if (findings[kind].length > 0) tally[kind]++;
    for (const text of findings[kind]) tally.problems.push(`${where}: ${kind}: ${text}`);
  }
}

function run(
  { name }: Scenario,
  directory: string,
  order: Order & { readonly action: Action },
): ReturnType<typeof ended> {
  return ended(start(worker, [name, directory, JSON.stringify(order)]));
}

/** With its times, by a program that does it in a tenth of the time. */
async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", from, to]);
}
