/**
 * The digest of a mapped array that nobody wrote to comes from its manifest, and from nowhere else.
 *
 * Whether it did cannot be timed in a test: here the file's bytes are changed behind the map, with
 * its modification time put back, so that only a digest that was not computed is still the old one.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { closeSync, openSync, readSync, statSync, utimesSync, writeSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash, Memory, type MmapMode } from "../../lib/index.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { needing } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const addonTest = needing("addon", test);
const mapperTest = needing("mapper", test);
const LENGTH = 50_000;

function ramp(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => i);
}

function open(directory: string, mmapMode: MmapMode | null): Float64Array {
  return new Memory(directory, { verbose: 0, mmapMode }).eval(ramp, LENGTH);
}

/** Changes the last element in the file and hides it: the file looks as it did. */
function falsify(directory: string): void {
  const path = onlyFile(directory, ".npy");
  const { atime, mtime, size } = statSync(path);
  const fd = openSync(path, "r+");
  writeSync(fd, Buffer.from(new Float64Array([-1]).buffer), 0, 8, size - 8);
  closeSync(fd);
  utimesSync(path, atime, mtime);
}

const original = hash(ramp(LENGTH));

for (const mode of ["r", "c"] as const) {
  // On Windows nobody knows whether a map was written to.
  if (process.platform === "win32") continue;

  addonTest(`the digest of an unwritten map of mode ${mode} is taken from the manifest`, () =>
    withTmp((directory) => {
      open(directory, mode);
      const array = open(directory, mode);
      falsify(directory);
      assert.is(array[LENGTH - 1], -1);
      assert.is(hash(array), original);
      assert.is(hash({ nested: [array] }), hash({ nested: [ramp(LENGTH)] }));
    }),
  );

  addonTest(`a part of a map of mode ${mode}, or another view of it, is hashed as it is`, () =>
    withTmp((directory) => {
      open(directory, mode);
      const array = open(directory, mode);
      falsify(directory);
      const { buffer, byteOffset } = array;
      const changed = ramp(LENGTH);
      changed[LENGTH - 1] = -1;
      assert.is(hash(array.subarray(1)), hash(changed.subarray(1)));
      assert.is(hash(new Float64Array(buffer, byteOffset + 8)), hash(changed.slice(1)));
      assert.is.not(hash(new Uint8Array(buffer, byteOffset, array.byteLength)), hash(array));
    }),
  );

  addonTest(`all bytes of a map of mode ${mode} as another class have the digest of a copy`, () =>
    withTmp(async (directory) => {
      open(directory, mode);
      const array = open(directory, mode);
      const { buffer, byteOffset, byteLength } = array;
      const views = [
        new Uint8Array(buffer, byteOffset, byteLength),
        Buffer.from(buffer, byteOffset, byteLength),
        new BigInt64Array(buffer, byteOffset, LENGTH),
        new DataView(buffer, byteOffset, byteLength),
      ];
      const copies = (): unknown[] => [
        new Uint8Array(array.slice().buffer),
        Buffer.from(array.slice().buffer),
        new BigInt64Array(array.slice().buffer),
        new DataView(array.slice().buffer),
      ];
      const digests = (values: readonly unknown[]): string[] => values.map((value) => hash(value));
      assert.equal(digests(views), digests(copies()));
      await withWarnings(() => {
        array[LENGTH - 1] = -1;
      });
      assert.equal(digests(views), digests(copies()));
    }),
  );

  addonTest(`a write to a map of mode ${mode}, through whatever view, is in its digest`, () =>
    withTmp(async (directory) => {
      const writes: Record<string, (array: Float64Array) => void> = {
        element: (array) => {
          array[7] = -7;
        },
        fill: (array) => array.fill(-7, 7, 8),
        set: (array) => array.set([-7], 7),
        copyWithin: (array) => array.copyWithin(7, 9, 10),
        DataView: ({ buffer, byteOffset }) => new DataView(buffer, byteOffset).setInt8(7 * 8, 1),
        BigInt64Array: ({ buffer, byteOffset }) => {
          new BigInt64Array(buffer, byteOffset)[7] = 1n;
        },
        Atomics: ({ buffer, byteOffset }) => Atomics.add(new Int32Array(buffer, byteOffset), 14, 1),
        "another Uint8Array": ({ buffer, byteOffset }) => {
          new Uint8Array(buffer, byteOffset)[7 * 8 + 1] = 1;
        },
        Buffer: ({ buffer, byteOffset }) => Buffer.from(buffer, byteOffset).write("x", 7 * 8),
        getRandomValues: ({ buffer, byteOffset }) =>
          crypto.getRandomValues(new Uint8Array(buffer, byteOffset + 7 * 8, 8)),
        "fs.readSync": ({ buffer, byteOffset }) => {
          const fd = openSync(process.execPath, "r");
          try {
            readSync(fd, new Uint8Array(buffer, byteOffset, 4096), 0, 4096, 0);
          } catch (error) {
            // The kernel does not write to pages that are protected.
            assert.is((error as NodeJS.ErrnoException).code, "EFAULT");
          } finally {
            closeSync(fd);
          }
        },
      };
      await withWarnings(() => {
        for (const [name, write] of Object.entries(writes)) {
          open(directory, mode);
          const array = open(directory, mode);
          assert.is(hash(array), original, name);
          write(array);
          assert.is(hash(array), hash(array.slice()), name);
        }
      });
      assert.is(hash(open(directory, null)), original);
    }),
  );
}

const writers = {
  "a map of mode r+": `
    import { load } from ${JSON.stringify(bundledUrl("index"))};
    load(process.argv[1], { mmapMode: "r+" })[5] = -5;`,
  "fs.writeSync": `
    import { fstatSync, openSync, writeSync } from "node:fs";
    const fd = openSync(process.argv[1], "r+");
    const start = fstatSync(fd).size - 8 * ${LENGTH};
    writeSync(fd, new Float64Array([-5]), 0, 8, start + 5 * 8);`,
};
for (const [name, script] of Object.entries(writers)) {
  mapperTest(`a file that another process changed through ${name} has no known digest`, () =>
    withTmp(async (directory) => {
      open(directory, "r");
      const before = open(directory, "r");
      assert.is(hash(before), original);
      const path = onlyFile(directory, ".npy");
      const args = ["--input-type=module", "-e", script, path];
      assert.is(spawnSync(process.execPath, args).status, 0);
      const changed = ramp(LENGTH);
      changed[5] = -5;
      for (const array of [before, open(directory, "r"), open(directory, "c")]) {
        assert.is(array[5], -5);
        assert.is(hash(array), hash(changed));
      }
    }),
  );
}

mapperTest("an array of mode r+ has no known digest, nor has one that was mapped while it is", () =>
  withTmp(async (directory) => {
    open(directory, "r+");
    const before = open(directory, "r");
    const shared = open(directory, "r+");
    const after = open(directory, "r");
    shared[9] = -9;
    const changed = ramp(LENGTH);
    changed[9] = -9;
    for (const array of [shared, before, after]) assert.is(hash(array), hash(changed));
  }),
);

test.run();
