/**
 * A process whose system calls fail: does one scenario again and again, with the fault at each of its
 * calls in turn, and prints what came of it.
 *
 * @module
 */

import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { inspect } from "../stress/inspection.ts";
import { arm, disarm, type Order } from "../stress/interposer.ts";
import { type Scenario, scenarioNamed } from "../stress/scenario.ts";
import { isOfFault, isOfSystem, Subject } from "../stress/subject.ts";
import type { FaultReport } from "./fault.ts";

const [name = "", template = "", given = "{}", step = "1"] = process.argv.slice(2);
const scenario: Scenario = scenarioNamed(name);
const order = JSON.parse(given) as Omit<Order, "at">;
const warnings: string[] = [];
const report: FaultReport = { faults: 0, lost: [], loud: [], wrong: [], unusable: [], kept: [] };

// Node tells listeners later, and a call must be known by its warnings.
process.emitWarning = (warning: string | Error, options?: unknown): void => {
  if (isOfFault(Object(options))) warnings.push(String(warning));
};
const call = Subject.prototype.call;
let mostWarnings = 0;
Subject.prototype.call = function (this: Subject, kind, key) {
  const before = warnings.length;
  try {
    return call.call(this, kind, key);
  } finally {
    const said = warnings
      .slice(before)
      .filter((text) => !text.startsWith("Arrays made with empty"));
    mostWarnings = Math.max(mostWarnings, said.length);
  }
};

for (let at = 1; ; at += Number(step) * (scenario.oneIn ?? 1)) {
  const directory = `${template}-${order.action}-${order.error}-${at}`;
  cpSync(template, directory, { recursive: true, preserveTimestamps: true });
  const isReached = await meet(directory, { ...order, at });
  if (!isReached) break;
  if (order.action === "short" && at >= 3) break;
}
console.log(JSON.stringify(report));

/** Runs the scenario once; tells whether it came to the call. */
async function meet(directory: string, at: Order): Promise<boolean> {
  const where = `"${name}", ${at.error ?? ""} ${at.action} at call ${at.at} of ${at.calls}`;
  const before = warnings.length;
  mostWarnings = 0;
  arm(directory, at);
  let thrown: unknown;
  try {
    await scenario.run(directory);
  } catch (error) {
    thrown = error;
  }
  const calls = disarm();
  await setImmediate();
  const isReached = calls >= at.at;
  if (isReached) {
    report.faults++;
    const mayThrow = scenario.mayThrow === true && isOfSystem(thrown);
    if (thrown !== undefined && !mayThrow) {
      report.lost.push(`${where}: ${(thrown as Error).stack}`);
    }
    if (mostWarnings > 1) report.loud.push(`${where}: ${warnings.slice(before).join(" | ")}`);
  }
  const findings = await inspect(directory, scenario, warnings, at.at % 4 !== 0);
  for (const text of findings.wrong) report.wrong.push(`${where}: ${text}`);
  for (const text of [...findings.unreadable, ...findings.leftovers]) {
    report.unusable.push(`${where}: ${text}; in it ${warnings.slice(before).join(" | ")}`);
  }
  const tmp = join(directory, "ndmemo", "tmp");
  const own = existsSync(tmp) ? readdirSync(tmp) : [];
  if (own.length > 0) report.kept.push({ directory, where });
  else rmSync(directory, { recursive: true, force: true });
  return isReached;
}
