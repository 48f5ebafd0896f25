import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, isCacheError, load, type MmapMode, release } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { arrays, others } from "../helpers/kinds.ts";
import { requires } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const modes: (MmapMode | null)[] = [null, "r", "c", "r+", "w+"];

for (const [name, make] of Object.entries({ ...arrays, ...others })) {
  test(`${name} is dumped and loaded in every mode`, () =>
    withTmp(async (directory) => {
      const path = join(directory, "value.ndmemo");
      dump(make(), path);
      for (const mmapMode of modes) {
        const { result } = await withWarnings(() => load(path, { mmapMode }));
        assert.is(hash(result), hash(make()));
        const isInvalidDate = name === "invalid Date";
        assert.ok(isInvalidDate || ArrayBuffer.isView(result) || isDeepStrictEqual(result, make()));
      }
    }));
}

test("a path that ends in .npy gives a NumPy file, byte for byte", () =>
  withTmp((directory) => {
    const path = join(directory, "a.npy");
    dump(new Float64Array([1.5, -2]), path);
    const bytes = readFileSync(path);
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
    assert.is(bytes.toString("latin1", 0, 8), "\x93NUMPY\x01\x00");
    assert.is(bytes.toString("latin1", 10, 128), `${header.padEnd(117)}\n`);
    assert.is(bytes.readDoubleLE(128), 1.5);
    sameArray(load(path) as Float64Array, new Float64Array([1.5, -2]));
  }));

test("a .npy path takes arrays only", () =>
  withTmp((directory) => {
    assert.throws(
      () => dump({ a: 1 }, join(directory, "a.npy")),
      (error: unknown) => error instanceof TypeError && error.message.includes(".npy"),
    );
    assert.equal(readdirSync(directory), []);
  }));

test("a file: URL is a path, for both", () =>
  withTmp((directory) => {
    const url = pathToFileURL(join(directory, "value with space"));
    dump([1, 2], url);
    assert.equal(load(url), [1, 2]);
  }));

test("a dump replaces the file of its name, and one that fails leaves it", () =>
  withTmp((directory) => {
    const path = join(directory, "value");
    dump("old", path);
    dump("new", path);
    assert.is(load(path), "new");
    assert.throws(
      () => dump({ f: () => 1 }, path),
      (error: unknown) => isCacheError(error, "ERR_UNSUPPORTED_VALUE") && /f/.test(`${error.path}`),
    );
    assert.is(load(path), "new");
    assert.equal(readdirSync(directory), ["value"]);
  }));

requires("mapper", test, "a mapped bundle is written through in r+ only", () =>
  withTmp(async (directory) => {
    const path = join(directory, "value");
    dump({ a: new Float64Array([1, 2, 3]) }, path);
    const open = (mmapMode: MmapMode): Float64Array =>
      (load(path, { mmapMode }) as { a: Float64Array }).a;
    await withWarnings(() => {
      for (const mode of ["r", "c"] as const) {
        open(mode)[0] = 9;
        assert.is(open(mode)[0], 1);
      }
      open("r+")[0] = 9;
      assert.is(open("r")[0], 9);
    });
  }),
);

requires("addon", test, "a mapped load can be released", () =>
  withTmp((directory) => {
    const path = join(directory, "a.npy");
    dump(new Float64Array(1000), path);
    const array = load(path, { mmapMode: "r" }) as Float64Array;
    assert.is(array.length, 1000);
    assert.is(release(array), true);
    assert.is(array.length, 0);
  }),
);

test("wrong paths and options are TypeErrors, an absent file is ENOENT", () =>
  withTmp((directory) => {
    const wrongly = (...args: unknown[]) => {
      return () => (load as (...args: unknown[]) => unknown)(...args);
    };
    for (const path of [undefined, null, 5, "", {}, new Uint8Array(2)]) {
      assert.throws(wrongly(path), (error: unknown) => error instanceof TypeError);
      assert.throws(
        () => (dump as (...args: unknown[]) => unknown)(1, path),
        (error: unknown) => error instanceof TypeError,
      );
    }
    const absent = join(directory, "absent");
    assert.throws(wrongly(absent, { mmapMode: "x" }), /"mmapMode".*'x'/);
    assert.throws(wrongly(absent, { mmap: "r" }), /"mmap"/);
    assert.throws(wrongly(absent, null), /options of load/);
    assert.throws(wrongly(absent), (error: NodeJS.ErrnoException) => error.code === "ENOENT");
    assert.throws(
      () => dump(1, join(directory, "no", "where")),
      (error: NodeJS.ErrnoException) => error.code === "ENOENT",
    );
    mkdirSync(join(directory, "sub"));
    assert.throws(wrongly(join(directory, "sub")), (error: NodeJS.ErrnoException) => {
      return error.code === "EISDIR";
    });
  }));

test("a file that is damaged or of no known kind is ERR_CORRUPT_ENTRY and named", () =>
  withTmp((directory) => {
    const path = join(directory, "value");
    const isDamage = (error: unknown): boolean =>
      isCacheError(error, "ERR_CORRUPT_ENTRY") && error.message.includes(path);
    const value = { a: new Float64Array(3000), text: "x".repeat(50_000) };
    dump(value, path);
    const whole = readFileSync(path);
    for (const length of [0, 1, 7, 8, 64, 4096, 4200, whole.length - 17, whole.length - 1]) {
      truncateSync(path, length);
      for (const mmapMode of modes) assert.throws(() => load(path, { mmapMode }), isDamage);
      writeFileSync(path, whole);
    }
    for (const text of ["", "garbage", "PK\x03\x04 and more", "x".repeat(10_000)]) {
      writeFileSync(path, text);
      assert.throws(() => load(path), isDamage);
    }
  }));

test("a bit flipped in any part of a bundle is found by a load into memory", () =>
  withTmp((directory) => {
    const path = join(directory, "value");
    dump(
      { a: new Float64Array(50), text: Array.from({ length: 300 }, (_, i) => `${i * i}`) },
      path,
    );
    const whole = readFileSync(path);
    const manifest = whole.lastIndexOf('{"format"');
    const positions = [0, 7, 4096, 4100, 4096 + 128, 4096 + 500, manifest, manifest + 50];
    for (const at of [...positions, whole.length - 16, whole.length - 1, whole.length - 100]) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ 4;
      writeFileSync(path, bytes);
      assert.throws(
        () => load(path),
        (error: unknown) => isCacheError(error),
        `byte ${at}`,
      );
    }
  }));

test.run();
