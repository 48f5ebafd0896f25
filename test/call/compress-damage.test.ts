import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const options = { verbose: 0, compress: { level: 3, filter: "shuffle" } } as const;

function steps(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => Math.floor(i / 7) * 3);
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] as number) ^ 0x10;
  writeFileSync(file, bytes);
}

const damages: readonly (readonly [what: string, damage: (file: string, size: number) => void])[] =
  [
    ["a flipped bit in the first frame", (file) => flip(file, 20)],
    ["a flipped bit in the elements", (file, size) => flip(file, size >> 1)],
    ["a flipped bit in the list of frames", (file, size) => flip(file, size - 20)],
    ["a truncated file", (file, size) => truncateSync(file, size - 1)],
    ["an emptied file", (file) => truncateSync(file, 0)],
    ["a longer file", (file) => appendFileSync(file, "x")],
  ];

for (const [what, damage] of damages) {
  for (const isAsync of [false, true]) {
    test(`${what} is found and computed again${isAsync ? ", by a promise" : ""}`, () =>
      withTmp(async (directory) => {
        let runs = 0;
        const make = isAsync
          ? async (length: number) => {
              runs++;
              return steps(length);
            }
          : (length: number) => {
              runs++;
              return steps(length);
            };
        const call = () =>
          new Memory(directory, options).cache(make, { name: "make", version: 1 })(700_000);
        await call();
        const file = onlyFile(directory, ".npy.zst");
        damage(file, readFileSync(file).byteLength);
        const found = new Memory(directory, options).verify().damaged;
        assert.equal(
          found.map(({ file: name }) => name),
          [file.slice(file.lastIndexOf("/") + 1)],
        );
        const { result, warnings } = await withWarnings(call);
        assert.equal(
          warnings.map(({ code }) => code),
          ["ERR_CORRUPT_ENTRY"],
        );
        sameArray(result, steps(700_000));
        assert.is(runs, 2);
        await call();
        assert.is(runs, 2);
      }));
  }
}

test("verify finds nothing wrong with what is whole, and clear removes compressed files", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, options);
    memory.cache(steps)(700_000);
    memory.cache(steps)(5000);
    assert.equal(memory.verify().damaged, []);
    memory.clear({ warn: false });
    assert.equal(
      filesIn(directory).filter((file) => file.includes("npy")),
      [],
    );
  }));

test("a limit counts what compressed arrays take on the disk", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, { ...options, limits: { bytes: 1_000_000 } });
    // 2.8 MB each, and 60 kB in the file.
    for (let i = 0; i < 4; i++) memory.cache(steps)(700_000 + i);
    await memory.flush();
    assert.is([...memory.entries()].length, 4);
  }));

test.run();
