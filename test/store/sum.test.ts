import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { digestBytes } from "../../lib/hash/xxh3.ts";
import { computeSum, readSum, type SummedFile, writeSum } from "../../lib/store/sum.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const OFFSET = 64;
const MODIFIED = 1_600_000_000_000;

/** A file of `bytes` bytes behind a head, and its digest. */
function fileIn(directory: string, bytes: number, fill = 7): SummedFile & { digest: string } {
  const path = join(directory, "0-0123abcd.npy");
  const content = Buffer.alloc(bytes, fill);
  if (bytes > 0) content[bytes - 1] = 8;
  writeFileSync(`${path}.new`, Buffer.concat([Buffer.alloc(OFFSET, "x"), content]));
  utimesSync(`${path}.new`, MODIFIED / 1000, MODIFIED / 1000);
  renameSync(`${path}.new`, path);
  return { path, offset: OFFSET, bytes, modified: MODIFIED, digest: digestBytes(content) };
}

for (const bytes of [0, 1, 1000, 2 ** 22, 2 ** 22 + 1]) {
  test(`the checksum of ${bytes} bytes is computed from the file and found again`, () =>
    withTmp(async (directory) => {
      const file = fileIn(directory, bytes);
      assert.is(readSum(file), undefined);
      await computeSum(file);
      assert.is(readSum(file), file.digest);
      assert.equal(filesIn(directory), ["0-0123abcd.npy", "0-0123abcd.sum"]);
    }));
}

test("a checksum that is cut, changed, or of another file, length or time is none", () =>
  withTmp((directory) => {
    const file = fileIn(directory, 1000);
    const path = join(directory, "0-0123abcd.sum");
    writeSum(file, file.digest);
    const whole = readFileSync(path, "latin1");
    assert.is(readSum(file), file.digest);

    assert.is(readSum({ ...file, bytes: 999 }), undefined);
    assert.is(readSum({ ...file, modified: MODIFIED + 1000 }), undefined);
    writeFileSync(join(directory, "1-0123abcd.sum"), whole);
    const other = { ...file, path: join(directory, "1-0123abcd.npy") };
    assert.is(readSum(other), undefined);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.slice(0, length));
      assert.is(readSum(file), undefined);
      const flipped = whole[length] === "0" ? "1" : "0";
      writeFileSync(path, whole.slice(0, length) + flipped + whole.slice(length + 1));
      assert.is(readSum(file), undefined);
    }
    writeFileSync(path, `${whole}\n`);
    assert.is(readSum(file), undefined);
  }));

test("a file that was written to, cut or replaced since it was published gets no checksum", () =>
  withTmp(async (directory) => {
    const file = fileIn(directory, 1000);
    utimesSync(file.path, MODIFIED / 1000, MODIFIED / 1000 + 1);
    await computeSum(file);
    truncateSync(file.path, 1000);
    utimesSync(file.path, MODIFIED / 1000, MODIFIED / 1000);
    await computeSum(file);
    assert.equal(filesIn(directory), ["0-0123abcd.npy"]);
  }));

for (const delay of [0, 3, 6]) {
  const during = async <T>(
    directory: string,
    computed: Promise<void>,
    change: () => T,
  ): Promise<{ result: T; isInTime: boolean }> => {
    await setTimeout(delay);
    // A busy machine may wake this up late.
    const isInTime = !existsSync(join(directory, "0-0123abcd.sum"));
    const result = change();
    await computed;
    return { result, isInTime };
  };

  test(`a file that changes ${delay} ms into its reading does not get the checksum of before`, () =>
    withTmp(async (directory) => {
      const file = fileIn(directory, 2 ** 25);
      const touch = (): void => utimesSync(file.path, MODIFIED / 1000, Date.now() / 1000);
      const touched = await during(directory, computeSum(file), touch);
      if (delay === 0) assert.ok(touched.isInTime);
      if (touched.isInTime) assert.is(readSum(file), undefined);

      rmSync(join(directory, "0-0123abcd.sum"), { force: true });
      const before = fileIn(directory, 2 ** 25);
      const { result: after, isInTime } = await during(directory, computeSum(before), () =>
        fileIn(directory, 2 ** 25, 9),
      );
      if (delay === 0) assert.ok(isInTime);
      if (isInTime) assert.is.not(readSum(after), before.digest);
      rmSync(join(directory, "0-0123abcd.sum"), { force: true });
      await computeSum(after);
      assert.is(readSum(file), after.digest);
    }));

  test(`a file that goes ${delay} ms into its reading leaves no checksum behind`, () =>
    withTmp(async (directory) => {
      const file = fileIn(directory, 2 ** 25);
      const { isInTime } = await during(
        directory,
        computeSum(file).catch(() => {}),
        () => rmSync(file.path),
      );
      if (delay === 0) assert.ok(isInTime);
      if (isInTime) assert.equal(filesIn(directory), []);
    }));
}

test("a checksum that comes after its entry was removed takes what is left of the entry with it", () =>
  withTmp((directory) => {
    const entry = join(directory, "entry");
    mkdirSync(entry);
    const file = { ...fileIn(directory, 5), path: join(entry, "0-0123abcd.npy") };
    writeSum(file, file.digest);
    assert.not(existsSync(entry));

    mkdirSync(entry);
    writeFileSync(join(entry, "of somebody else"), "");
    writeSum(file, file.digest);
    assert.equal(filesIn(entry), ["of somebody else"]);
  }));

test.run();
