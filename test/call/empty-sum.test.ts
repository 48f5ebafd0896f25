/**
 * The checksums of arrays that were stored without being read.
 *
 * @module
 */

import { readFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash, Memory } from "../../lib/index.ts";
import { flush } from "../../lib/store/background.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { entryFile, filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { cached, digestsOf, filled, LENGTH, ramp } from "./empty.ts";

const addonTest = needing("addon", test);

if (process.platform !== "win32") {
  const full = { verify: "full" } as const;

  addonTest(
    "the checksum that is missing at first is there after flush, and finds a flipped bit",
    () =>
      withTmp(async (directory) => {
        let runs = 0;
        const make = (): Float64Array => {
          runs++;
          return filled(directory);
        };
        cached(directory, make)();
        assert.equal(digestsOf(directory), [null]);
        await flush(directory);
        const path = onlyFile(directory, ".npy");
        const { mtime } = statSync(path);
        const bytes = readFileSync(path);
        bytes[1000] = (bytes[1000] as number) ^ 1;
        writeFileSync(path, bytes);
        utimesSync(path, mtime, mtime);
        const { result, warnings } = await withWarnings(cached(directory, make, full));
        assert.is(warnings[0]?.code, "ERR_CORRUPT_ENTRY");
        sameArray(result, ramp());
        assert.is(runs, 2);
        await flush(directory);
      }),
  );

  addonTest("without its checksum a full verification makes one", () =>
    withTmp(async (directory) => {
      const make = (): Float64Array => filled(directory);
      cached(directory, make)();
      await flush(directory);
      const path = onlyFile(directory, ".sum");
      const sum = readFileSync(path);
      for (const damage of [() => unlinkSync(path), () => writeFileSync(path, "cut")]) {
        damage();
        sameArray(cached(directory, make, full)(), ramp());
        assert.ok(readFileSync(path).equals(sum));
      }
    }),
  );

  addonTest("the digest of a mapped array is known once its checksum is there", () =>
    withTmp(async (directory) => {
      for (const [mmapMode, whenLoaded] of [
        ["r", "before"],
        ["r", "after"],
        ["c", "after"],
      ] as const) {
        if (mmapMode === "c" && process.platform !== "linux") continue;
        const location = join(directory, `${mmapMode} ${whenLoaded}`);
        const call = cached(location, () => filled(location), { mmapMode });
        let array = call();
        // Nobody has computed it, so what it would be known by is not there to be wrong.
        assert.is(hash(array), hash(ramp()));
        await flush(location);
        if (whenLoaded === "after") array = call();
        // Only a digest that is not computed again overlooks a change that hides itself.
        const path = onlyFile(location, ".npy");
        const { mtime } = statSync(path);
        const bytes = readFileSync(path);
        bytes.writeDoubleLE(-1, bytes.length - 8);
        writeFileSync(path, bytes, { flag: "r+" });
        utimesSync(path, mtime, mtime);
        assert.is(hash(array), hash(ramp()), `${mmapMode} ${whenLoaded}`);
        assert.is(array[LENGTH - 1], -1);
      }
    }),
  );

  addonTest("an entry that is opened for writing gets no checksum of before", () =>
    withTmp(async (directory) => {
      const call = cached(directory, () => filled(directory), { mmapMode: "r+" });
      call()[5] = 55;
      await flush(directory);
      assert.equal(
        filesIn(directory).filter((file) => file.endsWith(".sum")),
        [],
      );
      const make = (): Float64Array => filled(directory);
      assert.is(cached(directory, make, full)()[5], 55);
    }),
  );

  addonTest("an entry replaced before its checksum was computed gets its own", () =>
    withTmp(async (directory) => {
      let runs = 0;
      const memory = new Memory(directory, { verbose: 0, track: "none" });
      const call = memory.cache(() => filled(directory).fill(runs++), { name: "replaced" });
      call();
      assert.ok(call.recompute());
      await flush(directory);
      const entry = dirname(onlyFile(directory, "entry.json"));
      assert.is(filesIn(entry).length, 3);
      const verified = new Memory(directory, { verbose: 0, track: "none", verify: "full" });
      const again = verified.cache(() => filled(directory).fill(runs++), { name: "replaced" });
      const { result, warnings } = await withWarnings(() => again());
      assert.equal([result[0], runs, warnings.length], [1, 2, 0]);
      assert.ok(entryFile(entry, "0.npy"));
    }),
  );
}

test.run();
