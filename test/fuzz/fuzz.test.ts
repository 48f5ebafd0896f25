import { test } from "uvu";
import * as assert from "uvu/assert";
import { canInterpose } from "../stress/interposer.ts";
import { fuzz, newFuzzTally } from "./fuzz.ts";

const run = async (): Promise<void> => {
  const tally = newFuzzTally();
  await fuzz(1, 400, tally);
  assert.equal(tally.problems, []);
  assert.is(tally.crashes, 0);
  assert.ok(tally.accepted > 100, "valid inputs are among them");
};
const title =
  "no file, with whatever checksums, crashes, hangs, leads elsewhere or asks for memory";
if (canInterpose()) test(title, run);
else test.skip(title, run);

test.run();
