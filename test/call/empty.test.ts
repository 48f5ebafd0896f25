/**
 * Arrays that a cached function made on a file of the store, and returns.
 *
 * @module
 */

import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createEmpty } from "../../lib/file/empty.ts";
import { Memory, release } from "../../lib/index.ts";
import { flush } from "../../lib/store/background.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { cached, digestsOf, filled, LENGTH, ramp } from "./empty.ts";

const addonTest = needing("addon", test);
const modes = [null, "r", "c", "r+"] as const;
const left = (directory: string): string[] => filesIn(join(directory, "ndmemo", "tmp"));

for (const mmapMode of modes) {
  test(`with mmapMode ${mmapMode} both calls return what was written, and nothing is left`, () =>
    withTmp(async (directory) => {
      const call = cached(directory, () => filled(directory), { mmapMode });
      sameArray(call(), ramp());
      sameArray(call(), ramp());
      await flush(directory);
      assert.equal(left(directory), []);
      sameArray(call(), ramp());
      new Memory(directory, { verbose: 0 }).clear();
      assert.not(existsSync(join(directory, "ndmemo", "v1")));
    }));
}

for (const mmapMode of [null, "r", "c"] as const) {
  test(`with mmapMode ${mmapMode} writes into the first call's array do not change the entry`, () =>
    withTmp(async (directory) => {
      let inside: Float64Array | undefined;
      const make = (): Float64Array => {
        inside = filled(directory);
        return inside;
      };
      const call = cached(directory, make, { mmapMode });
      await withWarnings(() => {
        call().fill(-1);
        inside?.fill(-2);
        assert.is(inside?.[LENGTH - 1], -2);
      });
      await flush(directory);
      sameArray(call(), ramp());
      sameArray(cached(directory, make, { verify: "full" })(), ramp());
      assert.is(readFileSync(onlyFile(directory, ".npy")).readDoubleLE(128 + 8 * 7), 7);
    }));
}

addonTest("with mmapMode r+ the first call's array is the entry, and the one inside is not", () =>
  withTmp(async (directory) => {
    let inside: Float64Array | undefined;
    const make = (): Float64Array => {
      inside = filled(directory);
      return inside;
    };
    const call = cached(directory, make, { mmapMode: "r+" });
    const first = call();
    inside?.fill(-2);
    first[3] = 33;
    await flush(directory);
    assert.equal([...call().subarray(2, 5)], [2, 33, 4]);
  }),
);

if (process.platform !== "win32") {
  addonTest("the file of the array becomes the entry's, alone and inside a value", () =>
    withTmp(async (directory) => {
      const inodes: number[] = [];
      const make = (): unknown => {
        const [a, b] = [filled(directory, 1000), filled(directory, 2000)];
        inodes.push(
          ...left(directory).map((name) => statSync(join(directory, "ndmemo/tmp", name)).ino),
        );
        return { a, list: [ramp(500), { b }], again: a };
      };
      const call = cached(directory, make, { mmapMode: "r" });
      for (let turn = 0; turn < 2; turn++) {
        const value = call() as ReturnType<typeof parts>;
        const { a, list, again } = value;
        sameArray(a, ramp(1000));
        sameArray(list[0], ramp(500));
        sameArray(list[1].b, ramp(2000));
        assert.is(again, a);
      }
      await flush(directory);
      const entry = dirname(onlyFile(directory, "entry.json"));
      const stored = filesIn(entry).filter((file) => file.endsWith(".npy"));
      assert.is(stored.length, 3);
      const adopted = stored.filter((file) => inodes.includes(statSync(join(entry, file)).ino));
      assert.is(adopted.length, 2);
      assert.is(filesIn(entry).filter((file) => file.endsWith(".sum")).length, 2);
      assert.equal(
        digestsOf(directory)
          .map((digest) => digest === null)
          .sort(),
        [false, true, true],
      );
    }),
  );

  addonTest("views of one array that is adopted are copied", () =>
    withTmp(async (directory) => {
      const make = (): Float64Array[] => {
        const whole = filled(directory, 1000);
        return [whole.subarray(10), whole, new Float64Array(whole.buffer)];
      };
      const call = cached(directory, make);
      for (let turn = 0; turn < 2; turn++) {
        const [part, whole, other] = call() as [Float64Array, Float64Array, Float64Array];
        sameArray(part, ramp(1000).subarray(10));
        sameArray(whole, ramp(1000));
        sameArray(other, ramp(1000));
        await flush(directory);
      }
      assert.is(digestsOf(directory).filter((digest) => digest === null).length, 1);
    }),
  );

  addonTest("a view of another class keeps its class", () =>
    withTmp((directory) => {
      const bytes = (): Buffer => Buffer.from(createEmpty(directory, "uint8", 100).fill(5).buffer);
      const call = cached(directory, bytes);
      for (let turn = 0; turn < 2; turn++) sameArray(call(), Buffer.alloc(100, 5));
      assert.ok(Buffer.isBuffer(call()));
      const view = cached(join(directory, "other"), (): DataView => {
        const array = createEmpty(join(directory, "other"), "float64", 100).fill(5);
        return new DataView(array.buffer);
      });
      for (let turn = 0; turn < 2; turn++) assert.is(view().getFloat64(8, true), 5);
    }),
  );

  if (process.platform === "linux") {
    addonTest("storing an array of 64 MiB writes some KiB", () =>
      withTmp((directory) => {
        const written = (): number =>
          Number(/^wchar: (\d+)/m.exec(readFileSync("/proc/self/io", "latin1"))?.[1]);
        let before = 0;
        const make = (): Float64Array => {
          const array = createEmpty(directory, "float64", 2 ** 23).fill(1);
          before = written();
          return array;
        };
        for (const durable of [false, true]) {
          const call = cached(directory, make, { durable, mmapMode: "r" });
          call();
          assert.ok(written() - before < 65_536, `${written() - before} bytes`);
          new Memory(directory, { verbose: 0 }).clear();
        }
      }),
    );
  }

  addonTest("the array of another store is copied", () =>
    withTmp((directory) => {
      const other = join(directory, "other");
      const call = cached(directory, () => filled(other, 1000));
      sameArray(call(), ramp(1000));
      sameArray(call(), ramp(1000));
      assert.is(digestsOf(directory).includes(null), false);
    }),
  );

  for (const [why, spoil] of Object.entries({
    "a value that cannot be stored": (value: { extra?: unknown }) => {
      value.extra = new WeakMap();
    },
    "a store that was replaced by a file": (_: object, directory: string) => {
      writeFileSync(join(directory, "ndmemo", "v1"), "");
    },
  })) {
    addonTest(`${why} leaves the caller's array as it was, and usable`, () =>
      withTmp(async (directory) => {
        const make = (): { array: Float64Array; extra?: unknown } => {
          const value = { array: filled(directory) };
          spoil(value, directory);
          return value;
        };
        const { result, warnings } = await withWarnings(cached(directory, make));
        assert.is(warnings.length, 1);
        sameArray(result.array, ramp());
        result.array[0] = 5;
        assert.is(result.array[0], 5);
        assert.equal(
          filesIn(directory).filter((file) => file.endsWith(".npy")),
          [],
        );
        release(result.array);
      }),
    );
  }

  addonTest("where another writer was first, the caller keeps his array and theirs stays", () =>
    withTmp(async (directory) => {
      let depth = 0;
      const make = (): Float64Array => {
        const array = filled(directory);
        // The same call from inside: it publishes before this one does.
        if (depth++ === 0) call().fill(-5);
        return array;
      };
      const call = cached(directory, make);
      const outer = call();
      sameArray(outer, ramp());
      outer.fill(-1);
      await flush(directory);
      assert.equal(left(directory), []);
      sameArray(call(), ramp());
      assert.is(filesIn(directory).filter((file) => file.endsWith(".npy")).length, 1);
    }),
  );

  addonTest("an array that was returned once is copied when it is returned again", () =>
    withTmp(async (directory) => {
      const array = filled(directory);
      const memory = new Memory(directory, { verbose: 0, track: "none" });
      const call = memory.cache((_n: number) => array, { name: "again" });
      call(1);
      array[0] = 7;
      call(2);
      array[0] = 8;
      await flush(directory);
      assert.equal([call(1)[0], call(2)[0]], [0, 7]);
    }),
  );
}

/** The type of the nested value. */
declare function parts(): {
  a: Float64Array;
  list: [Float64Array, { b: Float64Array }];
  again: Float64Array;
};

test.run();
