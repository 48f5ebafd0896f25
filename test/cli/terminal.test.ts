/**
 * The command on a terminal: width, colour, progress, questions.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { needing } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";
import { onTerminal } from "./run.ts";

const onPython = needing("python3-numpy", test);

function fill(directory: string): Memory {
  const memory = new Memory(directory, { verbose: 0 });
  const name = "aFunctionWhoseNameIsLongerThanWhatMostPeopleWouldWrite";
  const cached = memory.cache((x: Float64Array, options: object) => [x.slice(), options], { name });
  cached(new Float64Array(50_000).fill(0.125), { tolerance: 1e-6, method: "conjugate gradients" });
  return memory;
}

onPython("tables fit a terminal of 60 columns, in colour", () =>
  withTmp((directory) => {
    fill(directory);
    const { status, screen } = onTerminal(["ls", directory], { columns: 60 });
    assert.is(status, 0);
    assert.ok(screen.includes("\u001b[2mFUNCTION\u001b[22m"));
    const [, ...lines] = stripVTControlCharacters(screen).split("\n");
    assert.ok(lines.length > 4);
    for (const line of lines) assert.ok(line.length <= 60, line);
  }),
);

onPython("NO_COLOR turns colour off", () =>
  withTmp((directory) => {
    fill(directory);
    const { screen } = onTerminal(["ls", directory], { env: { NO_COLOR: "1" } });
    assert.match(screen, /^FUNCTION/m);
    assert.not(screen.includes("\u001b"));
  }),
);

onPython("verify shows how far it is", () =>
  withTmp((directory) => {
    fill(directory);
    const { status, screen } = onTerminal(["verify", directory], { columns: 60 });
    assert.is(status, 0);
    assert.match(screen, /░ 0 %/);
    assert.match(screen, /nothing damaged/);
    // Nothing stays switched off: cursor and line wrapping.
    assert.is(screen.match(/\?25l/g)?.length, screen.match(/\?25h/g)?.length);
    assert.not(screen.includes("?7l"));
  }),
);

onPython("clear asks, and removes only if the answer is yes", () =>
  withTmp((directory) => {
    const memory = fill(directory);
    for (const [answer, left] of [
      ["n", 1],
      ["maybe", 1],
      ["\u0004", 1],
      ["y", 0],
    ] as const) {
      const { status, screen } = onTerminal(["clear", directory], { answer });
      assert.is(status, 0);
      assert.match(screen, /Remove 1 entry, \d+\.?\d* KiB, in .*\? \[y\/N\]/);
      assert.is(memory.stats().items, left, answer);
    }
  }),
);

onPython("forget shows the entry before it asks, and removes it only if the answer is yes", () =>
  withTmp((directory) => {
    const memory = fill(directory);
    const [entry] = memory.entries();
    for (const [answer, left] of [
      ["n", 1],
      ["y", 0],
    ] as const) {
      const key = String(entry?.argsId);
      const { status, screen } = onTerminal(["forget", directory, key], { answer });
      assert.is(status, 0);
      const text = stripVTControlCharacters(screen);
      const [, , asked = ""] = text.split("\n");
      assert.match(text, new RegExp(`^KEY .*\n${key.slice(0, 8)} .* \\d+ KiB\n`));
      assert.match(asked, /^Remove 1 entry, \d+ KiB, in .*\? \[y\/N\]/);
      assert.is(memory.stats().items, left, answer);
    }
  }),
);

onPython.run();
