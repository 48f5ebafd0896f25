/**
 * Compressed files that other programs read, and that are read without the addon.
 *
 * @module
 */

import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, type Filter, load, Memory } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { arrays } from "../helpers/kinds.ts";
import { requires } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const quiet = { verbose: 0 } as const;

function ramp(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.floor(i / 3) / 8);
}

requires("zstd", test, "zstd -d gives the .npy file, where there is no filter", () =>
  withTmp((directory) => {
    const compress = { level: 1, filter: "none" } as const;
    new Memory(directory, { ...quiet, compress }).cache(ramp)(600_000);
    const file = onlyFile(directory, ".npy.zst");
    execFileSync("zstd", ["-q", "-d", file, "-o", join(directory, "plain.npy")]);
    sameArray(load<Float64Array>(join(directory, "plain.npy")), ramp(600_000));
    execFileSync("zstd", ["-q", "-t", file]);
    dump(ramp(600_000), join(directory, "expected.npy"));
    const [found, expected] = ["plain.npy", "expected.npy"].map((name) =>
      readFileSync(join(directory, name)),
    );
    assert.ok(found?.equals(expected as Buffer));
  }),
);

requires("python3-numpy", test, "NumPy reads what zstd -d gives", () =>
  withTmp((directory) => {
    if (spawnSync("zstd", ["--version"]).status !== 0) return;
    const compress = { level: 3, filter: "none" } as const;
    new Memory(directory, { ...quiet, compress }).cache(ramp)(300_001);
    const plain = join(directory, "plain.npy");
    execFileSync("zstd", ["-q", "-d", onlyFile(directory, ".npy.zst"), "-o", plain]);
    const script =
      "import numpy, sys; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, a.sum())";
    const output = execFileSync("python3", ["-c", script, plain], { encoding: "utf8" });
    const sum = ramp(300_001).reduce((total, value) => total + value, 0);
    assert.is(output.trim(), `float64 (300001,) ${sum.toFixed(1)}`);
  }),
);

for (const filter of ["none", "shuffle", "bitshuffle"] as const satisfies Filter[]) {
  test(`arrays of every kind are dumped with ${filter} and loaded, also without the addon`, () =>
    withTmp((directory) => {
      const names = Object.keys(arrays);
      // Enough of each to be compressed, and more than a frame of one.
      const value = names.map((name) => repeated(arrays[name]?.() as never, 5000));
      const all = [...value, ramp(400_000)];
      const path = join(directory, "value");
      dump(all, path, { compress: { level: 1, filter } });
      const back = load<unknown[]>(path);
      assert.is(back.length, all.length);
      for (const [index, array] of all.entries()) same(back[index], array as Dense);
      for (const compress of [false, true] as const) dump(all, `${path}.${compress}`, { compress });
      assert.ok(statSync(`${path}.true`).size < statSync(`${path}.false`).size);

      const script = join(directory, "load.mjs");
      const index = JSON.stringify(bundledUrl("index"));
      writeFileSync(
        script,
        `import { hash, load } from ${index};
         console.log(hash(load(${JSON.stringify(path)})));
         console.log(hash(load(${JSON.stringify(`${path}.false`)})));`,
      );
      const env = { ...process.env, NDMEMO_NATIVE: "0", NODE_NO_WARNINGS: "1" };
      const args = [script];
      const output = execFileSync(process.execPath, args, { cwd: root, env, encoding: "utf8" });
      const [found, expected] = output.trim().split("\n");
      assert.is(found, expected);
    }));
}

test("an empty array and one of a single element are dumped as they are", () =>
  withTmp((directory) => {
    const path = join(directory, "value");
    const value = { empty: new Float32Array(), one: Float64Array.of(0.5) };
    dump(value, path, { compress: true });
    const back = load<typeof value>(path);
    sameArray(back.empty, value.empty);
    sameArray(back.one, value.one);
  }));

test("a compressed bundle is loaded into memory, whatever the mode", () =>
  withTmp(async (directory) => {
    const path = join(directory, "value");
    dump(ramp(5000), path, { compress: true });
    for (const mmapMode of ["r", "c", null] as const) {
      sameArray(load<Float64Array>(path, { mmapMode }), ramp(5000));
    }
    const { warnings } = await withWarnings(() => {
      load<Float64Array>(path, { mmapMode: "r+" })[0] = 5;
    });
    assert.ok(warnings.length <= 1);
    sameArray(load<Float64Array>(path), ramp(5000));
  }));

test("a plain .npy file is not compressed: the option is refused", () =>
  withTmp((directory) => {
    const isType = (error: unknown): boolean => error instanceof TypeError;
    assert.throws(() => dump(ramp(5), join(directory, "a.npy"), { compress: true }), isType);
    dump(ramp(5), join(directory, "a.npy"), { compress: false });
    const isRange = (error: unknown): boolean => error instanceof RangeError;
    assert.throws(() => dump(ramp(5), join(directory, "a"), { compress: 50 }), isRange);
  }));

type Dense = ArrayBuffer | SharedArrayBuffer | DataView | Uint8Array;

function bytesOf(array: Dense): Uint8Array {
  if (!ArrayBuffer.isView(array)) return new Uint8Array(array);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** An array of the same class with the bytes of another, again and again, at an odd place. */
function repeated(array: Dense, times: number): Dense {
  const bytes = bytesOf(array);
  const byteLength = bytes.byteLength * times;
  const isShared = array instanceof SharedArrayBuffer;
  const isBuffer = isShared || array instanceof ArrayBuffer;
  const offset = isBuffer ? 0 : 64;
  const memory = isShared
    ? new SharedArrayBuffer(byteLength)
    : new ArrayBuffer(byteLength + offset);
  const target = new Uint8Array(memory, offset);
  for (let i = 0; i < times; i++) target.set(bytes, i * bytes.byteLength);
  if (isBuffer) return memory;
  if (Buffer.isBuffer(array)) return Buffer.from(memory as ArrayBuffer, offset, byteLength);
  const Class = array.constructor as new (...given: unknown[]) => Uint8Array;
  const itemSize = (array as Uint8Array).BYTES_PER_ELEMENT ?? 1;
  return new Class(memory, offset, byteLength / itemSize);
}

function same(found: unknown, expected: Dense): void {
  assert.is((found as object).constructor.name, expected.constructor.name);
  sameArray(bytesOf(found as Dense), bytesOf(expected));
}

test.run();
