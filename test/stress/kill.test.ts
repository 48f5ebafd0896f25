import { test } from "uvu";
import * as assert from "uvu/assert";
import { needing } from "../helpers/requirement.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { canInterpose } from "./interposer.ts";
import { killEverywhere, newKillTally } from "./kill.ts";
import { killAtRandom } from "./random-kill.ts";
import { scenarios } from "./scenario.ts";
import { isOfFault } from "./subject.ts";

/** Every third call of one scenario; of the others some, which are others in each. */
const STEP = 25;
const MOST = "adopt";
const MOST_STEP = 3;
/** Makes a thousand entries for each kill; "hide and clear away" goes the same way with few. */
const LONG_ONLY = "reduce many";

if (canInterpose()) {
  for (const [index, scenario] of scenarios.entries()) {
    if (scenario.name === LONG_ONLY) continue;
    const step = scenario.name === MOST ? MOST_STEP : STEP;
    const options = { step, first: 4 * index };
    const name = `whoever is killed at a system call leaves a whole cache: ${scenario.name}`;
    // Loading changes the disk only where maps are made.
    const needed = scenario.name === "load" ? needing("mapper", test) : test;
    needed(name, async () => {
      const tally = newKillTally();
      const { warnings } = await withWarnings(() => killEverywhere(scenario, tally, [], options));
      assert.equal(tally.problems, []);
      assert.equal(warnings.filter(isOfFault).map(String), []);
      assert.ok(tally.kills > 0);
    });
  }
} else {
  test.skip("killing at system calls needs Linux and a C compiler", () => {});
}

test("whoever is killed at a random moment leaves a whole cache", async () => {
  const tally = newKillTally();
  const { warnings } = await withWarnings(() => killAtRandom(1, 8, tally, []));
  assert.equal(tally.problems, []);
  assert.equal(warnings.filter(isOfFault).map(String), []);
});

test.run();
