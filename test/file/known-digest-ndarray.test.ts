/**
 * The digest of a mapped ndarray comes from its manifest only while it is that of all its bytes.
 *
 * As in the tests of typed arrays, the file is changed behind the map and looks as it did: whatever
 * was hashed has the change in it, and what was taken from the manifest has not.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { closeSync, openSync, statSync, utimesSync, writeSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash, Memory, type MmapMode } from "../../lib/index.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { Ndarray, packedCopy, type Scijs, type Stdlib, scijs } from "../helpers/ndarrays.ts";
import { needing } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const addonTest = needing("addon", test);
const mapperTest = needing("mapper", test);
const SHAPE = [200, 300];
const LENGTH = 60_000;

const ramp = (): Float64Array => Float64Array.from({ length: LENGTH }, (_, i) => i);

function matrix(data: Float64Array, order: Stdlib["order"] = "row-major"): Stdlib {
  const strides = order === "row-major" ? [300, 1] : [1, 200];
  return new Ndarray("float64", data, SHAPE, strides, 0, order);
}

/** The matrix of an entry, as the second call gives it. */
function open(directory: string, mmapMode: MmapMode, order?: Stdlib["order"]): Stdlib {
  const memory = new Memory(directory, { verbose: 0, mmapMode });
  const make = memory.cache(() => matrix(ramp(), order), { name: `make ${order}` });
  make();
  return make();
}

/** Changes the last element in the file, which looks as it did then. */
function falsify(directory: string): void {
  const path = onlyFile(directory, ".npy");
  const { atime, mtime, size } = statSync(path);
  const fd = openSync(path, "r+");
  writeSync(fd, Float64Array.of(-1), 0, 8, size - 8);
  closeSync(fd);
  utimesSync(path, atime, mtime);
}

function falsified(): Float64Array {
  const data = ramp();
  data[LENGTH - 1] = -1;
  return data;
}

for (const mode of ["r", "c"] as const) {
  // On Windows nobody knows whether a map was written to.
  if (process.platform === "win32") continue;

  for (const order of ["row-major", "column-major"] as const) {
    addonTest(`the digest of a ${order} ndarray of mode ${mode} is taken from the manifest`, () =>
      withTmp((directory) => {
        const array = open(directory, mode, order);
        falsify(directory);
        assert.is(array.get(199, 299), -1);
        assert.is(hash(array), hash(matrix(ramp(), order)));
        assert.is(hash({ nested: [array] }), hash({ nested: [matrix(ramp(), order)] }));
      }),
    );
  }

  addonTest(
    `a part of an ndarray of mode ${mode}, or one in another order, is hashed as it is`,
    () =>
      withTmp((directory) => {
        const { data } = open(directory, mode) as Stdlib & { data: Float64Array };
        falsify(directory);
        const layouts = [
          ["transposed", [300, 200], [1, 300], 0],
          ["reversed", SHAPE, [-300, -1], LENGTH - 1],
          ["the last rows", [100, 300], [300, 1], 100 * 300],
          ["every second column", [200, 150], [300, 2], 1],
          ["the last element", [], [0], LENGTH - 1],
        ] as const;
        for (const [name, shape, strides, offset] of layouts) {
          const view = (of: Float64Array): Stdlib =>
            new Ndarray("float64", of, shape, strides, offset, "row-major");
          assert.is(hash(view(data)), hash(packedCopy(view(falsified()))), name);
          assert.is.not(hash(view(data)), hash(view(ramp())), name);
        }
      }),
  );

  addonTest(`all of an ndarray of mode ${mode} in another shape or class is not the same`, () =>
    withTmp((directory) => {
      const array = open(directory, mode) as Stdlib & { data: Float64Array };
      const all = (data: Float64Array): unknown[] => [
        matrix(data),
        new Ndarray("float64", data, [300, 200], [200, 1], 0, "row-major"),
        new Ndarray("float64", data, SHAPE, [1, 200], 0, "column-major"),
        new Ndarray("float64", data, [LENGTH], [1], 0, "row-major"),
        scijs(data, SHAPE),
        data,
      ];
      const keys = all(array.data).map((each) => hash(each));
      assert.equal(
        keys,
        all(ramp()).map((each) => hash(each)),
      );
      assert.is(new Set(keys).size, keys.length);
    }),
  );

  addonTest(`a write to an ndarray of mode ${mode}, whichever way, is in its digest`, () =>
    withTmp(async (directory) => {
      const writes: Record<string, (array: Stdlib & { data: Float64Array }) => void> = {
        data: ({ data }) => {
          data[7] = -7;
        },
        "another view": ({ data }) => {
          new Uint8Array(data.buffer, data.byteOffset)[56] = 1;
        },
        "another ndarray": ({ data }) => void matrix(data).set(0, 7, -7),
        "an ndarray of scijs": ({ data }) => void scijs(data, SHAPE).set(0, 7, -7),
        ...(mode === "c" && { set: (array) => void array.set(0, 7, -7) }),
      };
      await withWarnings(() => {
        for (const [name, write] of Object.entries(writes)) {
          const array = open(directory, mode) as Stdlib & { data: Float64Array };
          assert.is(hash(array), hash(matrix(ramp())), name);
          write(array);
          assert.is.not(hash(array), hash(matrix(ramp())), name);
          assert.is(hash(array), hash(packedCopy(array)), name);
        }
      });
    }),
  );
}

mapperTest("an ndarray whose file another process changed has no known digest", () =>
  withTmp((directory) => {
    const before = open(directory, "r");
    assert.is(hash(before), hash(matrix(ramp())));
    const lib = bundledUrl("index");
    const script = `
      import { load } from ${JSON.stringify(lib)};
      load(process.argv[1], { mmapMode: "r+" }).data[5] = -5;`;
    const args = ["--input-type=module", "-e", script];
    const { status, stderr } = spawnSync(process.execPath, [...args, onlyFile(directory, ".npy")], {
      encoding: "utf8",
    });
    assert.is(status, 0, stderr);
    const data = ramp();
    data[5] = -5;
    for (const array of [before, open(directory, "r"), open(directory, "c")]) {
      assert.is(array.get(0, 5), -5);
      assert.is(hash(array), hash(matrix(data)));
    }
  }),
);

addonTest("an ndarray of scijs has the digest of its manifest until it is written to", () =>
  withTmp((directory) => {
    const make = new Memory(directory, { verbose: 0, mmapMode: "c" }).cache(
      () => scijs(ramp(), SHAPE),
      { name: "make" },
    );
    make();
    const array: Scijs = make();
    falsify(directory);
    assert.is(hash(array), hash(scijs(ramp(), SHAPE)));
    assert.is(hash(array.transpose(1, 0)), hash(scijs(ramp(), SHAPE).transpose(1, 0)));
    assert.is(hash(array.step(-1, 1)), hash(scijs(falsified(), SHAPE).step(-1, 1)));
    array.set(0, 0, 0.5);
    const changed = falsified();
    changed[0] = 0.5;
    assert.is(hash(array), hash(scijs(changed, SHAPE)));
  }),
);

test.run();
