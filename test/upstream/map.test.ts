/**
 * That `map.md` speaks of tests that exist, and of every test of this folder.
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** The rows of the map: what is asked, and by what it is answered. */
const rows: readonly (readonly [asked: string, answers: readonly string[]])[] = [
  ...read("map.md").matchAll(/^\| (?!test |behaviour |-)(.+?) \| (.+) \|$/gm),
].map(([, asked, answers]) => [asked as string, (answers as string).split("<br>")]);

const isReason = (answer: string): boolean => /^(no|not yet|see|different): \S/.test(answer);
const named = rows.flatMap(([, answers]) => answers.filter((answer) => !isReason(answer)));

/** The text of a test file; empty where there is none. */
function textOf(file: string): string {
  const path = `../${file}.test.ts`;
  return existsSync(new URL(path, import.meta.url)) ? read(path) : "";
}

test("every test of joblib stands in the map once, with an answer", () => {
  const asked = rows.map(([name]) => name);
  assert.ok(asked.length > 170);
  assert.equal(
    asked.filter((name, i) => asked.indexOf(name) !== i),
    [],
  );
  assert.equal(
    rows.filter(([, answers]) => answers.every((answer) => answer.startsWith("different: "))),
    [],
  );
});

for (const answer of new Set(named)) {
  test(`the map names a test that exists: ${answer}`, () => {
    const [, file = "", name = ""] = /^([a-z]+\/[a-z-]+): (.+)$/.exec(answer) ?? [];
    const text = textOf(file);
    assert.ok(text.includes(`"${name}"`) || text.includes(`\`${name}\``));
  });
}

test("the map names every test of this folder", () => {
  const missing = readdirSync(new URL(".", import.meta.url))
    .filter((file) => file.endsWith(".test.ts") && !/^(map|document)\./.test(file))
    .flatMap((file) =>
      [
        ...read(file).matchAll(/(?:test\(|requires\(\s*"python3-joblib",\s*test,)\s*"([^"]+)"/g),
      ].map(([, name]) => `upstream/${file.replace(".test.ts", "")}: ${name}`),
    )
    .filter((each) => !named.includes(each));
  assert.equal(missing, []);
});

test.run();
