import { test } from "uvu";
import * as assert from "uvu/assert";
import { canInterpose } from "../stress/interposer.ts";
import { scenarioNamed } from "../stress/scenario.ts";
import { type Fault, failEverywhere, newFaultTally } from "./fault.ts";

/** The faults that differ most, at some of the calls; `npm run test:stress -- faults` tries all. */
const tried: readonly (readonly [scenario: string, fault: Fault, step: number])[] = [
  ["store", { action: "once", calls: "changes", error: "ENOSPC" }, 2],
  ["store", { action: "from", calls: "changes", error: "EROFS" }, 9],
  ["store", { action: "once", calls: "all", error: "EIO" }, 9],
  ["store", { action: "remove", calls: "changes" }, 5],
  ["store", { action: "short", calls: "all" }, 1],
  ["load", { action: "once", calls: "opens", error: "EMFILE" }, 2],
  ["load", { action: "from", calls: "all", error: "ESTALE" }, 7],
  ["replace", { action: "once", calls: "changes", error: "EDQUOT" }, 5],
  ["replace", { action: "from", calls: "changes", error: "EXDEV" }, 9],
  ["adopt", { action: "once", calls: "changes", error: "EACCES" }, 4],
  ["hide and clear away", { action: "once", calls: "changes", error: "EIO" }, 9],
  ["dump", { action: "once", calls: "changes", error: "ENOSPC" }, 9],
  ["set and forget", { action: "once", calls: "all", error: "EINTR" }, 9],
];

for (const [name, fault, step] of tried) {
  const what = `${fault.error ?? ""} ${fault.action}`.trim();
  const run = async (): Promise<void> => {
    const tally = newFaultTally();
    await failEverywhere(scenarioNamed(name), fault, tally, step);
    assert.equal(tally.problems, []);
    assert.ok(tally.faults > 1);
  };
  const title = `a fault costs its caller nothing but a warning: ${name}, ${what}`;
  if (canInterpose()) test(title, run);
  else test.skip(title, run);
}

test.run();
