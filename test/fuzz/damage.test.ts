import { test } from "uvu";
import * as assert from "uvu/assert";
import { withWarnings } from "../helpers/warnings.ts";
import { flipBits, largeEntries, newFlipTally, smallEntries } from "./damage.ts";

for (const entry of smallEntries()) {
  test(`no flipped bit is returned by verify: "full": ${entry.name}`, async () => {
    const tally = newFlipTally();
    await withWarnings(() => flipBits(entry, 600, tally));
    assert.equal(tally.problems, []);
    assert.ok(tally.flips >= 600 && tally.harmless < tally.flips / 2);
  });
}

for (const entry of largeEntries()) {
  test(`no flipped bit of megabytes is returned by verify: "full": ${entry.name}`, async () => {
    const tally = newFlipTally();
    await withWarnings(() => flipBits(entry, 30, tally));
    assert.equal(tally.problems, []);
  });
}

test.run();
