import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { readSmall } from "../../lib/store/file.ts";
import { withTmp } from "../helpers/tmp.ts";

const text = (path: string, ending?: string): string | undefined =>
  readSmall(path, ending === undefined ? {} : { ending })?.toString("latin1");

test("a small file is read whole, whatever its length and its ending", () =>
  withTmp((directory) => {
    const path = join(directory, "small");
    for (const length of [0, 1, 2, 2 ** 16 - 1, 2 ** 16, 2 ** 16 + 1, 2 ** 17, 300_000]) {
      const content = "x".repeat(length);
      writeFileSync(path, content);
      assert.is(text(path), content);
      assert.is(text(path, '"}'), content);
      writeFileSync(path, `${content}"}`);
      assert.is(text(path, '"}'), `${content}"}`);
    }
  }));

test("a file that looks like its end where the buffer ends is read on", () =>
  withTmp((directory) => {
    const path = join(directory, "small");
    // The buffer grows as it is needed.
    for (let power = 16; power <= 21; power++) {
      const content = `${"x".repeat(2 ** power - 2)}"}${"y".repeat(1000)}"}`;
      writeFileSync(path, content);
      assert.is(text(path, '"}'), content);
    }
  }));

test("a shorter file that is read after a longer one has nothing of it", () =>
  withTmp((directory) => {
    const [long, short] = [join(directory, "long"), join(directory, "short")];
    writeFileSync(long, `${"x".repeat(100)}"}`);
    writeFileSync(short, '{"a":"');
    text(long, '"}');
    assert.is(text(short, '"}'), '{"a":"');
  }));

test("who reads a small file is told of its time, and of one that is missing nothing", () =>
  withTmp((directory) => {
    const path = join(directory, "small");
    const times: number[] = [];
    const use = (modified: number): void => void times.push(modified);
    assert.is(readSmall(path, { use }), undefined);
    writeFileSync(path, "text");
    utimesSync(path, 1000, 1000);
    readSmall(path, { use });
    assert.equal(times, [1_000_000]);
  }));

test("a file of more than 64 MiB is no small one", () =>
  withTmp((directory) => {
    const path = join(directory, "large");
    writeFileSync(path, Buffer.alloc(2 ** 26 + 1));
    assert.throws(
      () => readSmall(path),
      (error: unknown) => isCacheError(error, "ERR_CORRUPT_ENTRY"),
    );
  }));

test.run();
