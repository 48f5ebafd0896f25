/**
 * Where docs/key-format.md says that the entry of a call lies, compared with where it lies, and with
 * where another language finds it: `examples/keys.py` and `examples/write_entry.py`, which share
 * nothing with `lib/`, not even the code of the digest.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CodeOptions, codeOf } from "../lib/hash/code/code.ts";
import { hash, Memory } from "../lib/index.ts";
import { native } from "../lib/native.ts";
import { directoryName } from "../lib/store/layout.ts";
import { sameArray } from "./helpers/assert.ts";
import { requires } from "./helpers/requirement.ts";
import { filesIn, withTmp } from "./helpers/tmp.ts";

// Few bytes are digested by the addon once it is loaded.
native();

const page = readFileSync(new URL("../docs/key-format.md", import.meta.url), "utf8");

/** The rows of the table with this head, without the quotes of their two cells. */
function rows(head: string): [string, string][] {
  const [, text = ""] = page.split(`| ${head} |\n`);
  const [table = ""] = text.split("\n\n");
  const found = [...table.matchAll(/^\| `(.*)` \| `(.*)` \|$/gm)];
  assert.ok(found.length > 3, head);
  return found.map(([, first = "", second = ""]) => [first, second]);
}

const unescaped = (text: string): string => JSON.parse(`"${text}"`);
const evaluate = (code: string, memory?: Memory): unknown =>
  new Function("memory", `return (${code});`)(memory);

const directories = rows("function | directory");
const calls = rows("call | path");

function python(program: string, ...args: readonly string[]): string {
  const paths = ["../examples", "helpers/python"].map((folder) =>
    fileURLToPath(new URL(folder, import.meta.url)),
  );
  const { stdout, stderr, status } = spawnSync("python3", ["-c", program, ...args], {
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: paths.join(delimiter), PYTHONDONTWRITEBYTECODE: "1" },
  });
  assert.is(status, 0, stderr);
  return stdout;
}

test("functions have the directories of docs/key-format.md", () => {
  for (const [id, name] of directories) assert.is(directoryName(unescaped(id)), name);
});

test("options give the code ids of docs/key-format.md", () => {
  for (const [options, codeId] of rows("options | code id")) {
    const given: CodeOptions = { track: "deep", ...(evaluate(options) as Partial<CodeOptions>) };
    assert.is(codeOf(() => 0, given).codeId, codeId, options);
  }
});

test("calls have the paths of docs/key-format.md", async () => {
  for (const [call, path] of calls) {
    await withTmp((directory) => {
      evaluate(call, new Memory(directory, { verbose: 0 }));
      const [manifest = ""] = filesIn(directory).filter((file) => file.endsWith("entry.json"));
      assert.is(dirname(manifest).replaceAll(sep, "/"), path, call);
    });
  }
});

requires(
  "libxxhash",
  test,
  "Python computes the same digests, directories, code ids and paths",
  () => {
    const values = [null, true, -0.5, 1, "caf\u00e9", [1, [2, "x"]], { b: [true], a: 1 }];
    const all = [
      ...values,
      Array.from({ length: 300 }, (_, i) => [i]),
      { long: ["x".repeat(2000)] },
    ];
    const program = `
import json, sys, keys, numpy
given = json.loads(sys.argv[1])
squares = numpy.arange(3.0) + 1
print(json.dumps({
    "hashes": [keys.hash(value) for value in given["values"]],
    "array": keys.hash(squares),
    "directories": [keys.directory_name(name) for name in given["names"]],
    "code": keys.code_id(3),
    "paths": [
        keys.entry_path("steps.ts#double", keys.NO_CODE, [21]),
        keys.entry_path("src/steps.ts#gram", keys.code_id(3), [squares, 3]),
        keys.entry_path("m#none", keys.NO_CODE, []),
    ],
}))`;
    const names = directories.map(([id]) => unescaped(id));
    const given = JSON.stringify({ values: all, names });
    assert.equal(JSON.parse(python(program, given)), {
      hashes: all.map((value) => hash(value)),
      array: hash(new Float64Array([1, 2, 3])),
      directories: directories.map(([, name]) => name),
      code: codeOf(() => 0, { track: "deep", version: 3 }).codeId,
      paths: calls.slice(0, 3).map(([, path]) => path),
    });
  },
);

requires("libxxhash", test, "Node finds a result that Python wrote, whole and with a digest", () =>
  withTmp((directory) => {
    const program = `
import sys, numpy, write_entry
write_entry.store(sys.argv[1], "steps.ts#squares", [1000, "all"], numpy.arange(1000.0) ** 2)`;
    python(program, directory);
    const memory = new Memory(directory, { verbose: 0, track: "none", onMiss: "throw" });
    const squares = memory.cache((_n: number, _which: string) => new Float64Array(), {
      ...{ module: "steps.ts", name: "squares", mmapMode: "r", verify: "full" },
    });
    const expected = Float64Array.from({ length: 1000 }, (_, i) => i * i);
    sameArray(squares(1000, "all"), expected);
    assert.is(hash(squares(1000, "all")), hash(expected));
    const { checked, damaged, foreign } = memory.verify();
    assert.equal([checked.items, damaged, foreign], [1, [], []]);
  }),
);

test.run();
