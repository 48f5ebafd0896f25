/**
 * That `docs/coming-from-joblib.md` has every feature, and says of each what it may say.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";

const page = readFileSync(new URL("../../docs/coming-from-joblib.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| ([FG]\d\d) \| (.+) \| (.+) \|$/gm)];

const numbered = (letter: string, last: number): string[] =>
  Array.from({ length: last }, (_, i) => letter + String(i + 1).padStart(2, "0"));

test("every feature stands in the document once, in order", () => {
  const expected = [...numbered("F", 47), ...numbered("G", 56)];
  assert.equal(
    rows.map(([, id]) => id),
    expected,
  );
  assert.equal(page.match(/\b[FG]\d\d\b/g), expected);
});

test("every feature is the same, better, different, not applicable or not yet there", () => {
  for (const [, id, , ndmemo = ""] of rows) {
    assert.ok(
      /^(same|not yet)(?=$|[:;.])|^(better|different|not applicable): \S/.test(ndmemo),
      `${id}: ${ndmemo}`,
    );
  }
});

test.run();
