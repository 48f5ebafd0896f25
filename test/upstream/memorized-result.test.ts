/**
 * What joblib's `test_memory.py` asks of results, references and validations, as ndmemo promises it.
 *
 * @module
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  expiresAfter,
  hash,
  MemorizedResult,
  Memory,
  type Metadata,
  release,
} from "../../lib/index.ts";
import { mapper } from "../../lib/store/map/mapper.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;

// test_memory_numpy_check_mmap_mode, test_memory_recomputes_after_an_error_while_loading_results
test("the first result, a hit and what replaces a damaged one are all mapped", () =>
  withTmp(async (directory) => {
    const isMapped = mapper()?.name === "addon";
    const cached = new Memory(directory, { ...quiet, mmapMode: "r" }).cache(function twos(
      n: number,
    ) {
      return new Float64Array(n).fill(2);
    });
    const { time } = cached.callAndShelve(1000).metadata as Metadata;
    const check = (): void => {
      const array = cached(1000);
      assert.is(array[999], 2);
      assert.is(release(array), isMapped);
    };
    const { warnings } = await withWarnings(() => {
      check();
      check();
      writeFileSync(onlyFile(directory, ".npy"), "garbage");
      check();
      check();
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["ERR_CORRUPT_ENTRY"],
    );
    assert.ok((cached.callAndShelve(1000).metadata as Metadata).time > time);
  }));

// test_memorized_result_forwards_mmap_mode
test("a reference maps as its own mode says, whatever the mode of its Memory", () =>
  withTmp((directory) => {
    const isMapped = mapper()?.name === "addon";
    const result = new Memory(directory, quiet)
      .cache(function ones(n: number) {
        return new Float64Array(n).fill(1);
      })
      .callAndShelve(100);
    assert.is(release(result.get()), false);
    const mapped = MemorizedResult.from<Float64Array>({ ...result.toJSON(), mmapMode: "r" });
    const array = mapped.get();
    assert.is(array[99], 1);
    assert.is(release(array), isMapped);
  }));

// test_memorized_repr
test("two references of one call print the same, whatever is logged", () =>
  withTmp((directory) => {
    const printed = [0, 5, 11, 20].map((verbose) => {
      const logger = { info() {}, warn() {} };
      const cached = new Memory(directory, { verbose, logger }).cache(function f(x: number) {
        return x;
      });
      assert.is(cached.callAndShelve(1).get(), 1);
      return inspect(cached.callAndShelve(1));
    });
    assert.is(new Set(printed).size, 1);
  }));

// test_memory_objects_repr
test("what is printed of a Memory, a cached function and a reference says where it belongs", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const cached = memory.cache(function f() {
      return 1;
    });
    assert.match(inspect(memory), `Memory { location: '${directory}', backend: 'local' }`);
    assert.match(inspect(cached), `functionId: '${cached.functionId}'`);
    assert.match(inspect(cached.callAndShelve()), `"functionId":"${cached.functionId}"`);
    assert.match(inspect(new Memory(null).cache(cached).callAndShelve()), cached.functionId);
  }));

// TestCacheValidationCallback.test_invalid_cache_validation_callback
test("a validation that is no function is a TypeError that shows it, also without a location", () =>
  withTmp((directory) => {
    for (const location of [directory, null]) {
      assert.throws(
        () =>
          new Memory(location, quiet).cache(() => 1, {
            name: "one",
            cacheValidationCallback: true as never,
          }),
        (error: unknown) =>
          error instanceof TypeError && /"cacheValidationCallback".*true/.test(error.message),
      );
    }
  }));

// TestCacheValidationCallback.test_memory_only_cache_long_run
test("a validation can keep long runs and repeat short ones", () =>
  withTmp((directory) => {
    const clock = { now: 0 };
    const runs: number[] = [];
    const cached = new Memory(directory, quiet).cache(
      (milliseconds: number) => {
        runs.push(milliseconds);
        clock.now += milliseconds;
      },
      { name: "wait", cacheValidationCallback: ({ duration }) => duration > 0.1 },
    );
    Object.defineProperty(performance, "now", { value: () => clock.now, configurable: true });
    try {
      for (const milliseconds of [10, 10, 200, 200]) cached(milliseconds);
    } finally {
      Reflect.deleteProperty(performance, "now");
    }
    assert.equal(runs, [10, 10, 200]);
  }));

// TestCacheValidationCallback.test_memory_expires_after
test("a result expires when its time is over, and not before", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    const cached = new Memory(directory, quiet).cache(
      (x: number) => {
        runs.push(x);
        return x;
      },
      { name: "f", cacheValidationCallback: expiresAfter({ seconds: 0.3 }) },
    );
    const { now } = Date;
    let time = now();
    Date.now = () => time;
    try {
      for (const later of [0, 200, 500, 200]) {
        time += later;
        cached(1);
      }
    } finally {
      Date.now = now;
    }
    assert.equal(runs, [1, 1]);
  }));

// TestAutoGitignore
test("git leaves out the cache and nothing else, and a .gitignore of the user's stays", () =>
  withTmp((directory) => {
    const one = (): number => 1;
    new Memory(join(directory, "new"), quiet).eval(one);
    assert.is(
      readFileSync(join(directory, "new/ndmemo/.gitignore"), "utf8").split("\n").at(-2),
      "*",
    );
    assert.equal(
      filesIn(join(directory, "new")).filter((file) => !file.startsWith("ndmemo")),
      [],
    );

    const own = [join(directory, "old/.gitignore"), join(directory, "old/ndmemo/.gitignore")];
    mkdirSync(join(directory, "old/ndmemo"), { recursive: true });
    for (const file of own) writeFileSync(file, "mine\n");
    new Memory(join(directory, "old"), quiet).eval(one);
    for (const file of own) assert.is(readFileSync(file, "utf8"), "mine\n");
  }));

// test_memory_pickle_dump_load
test("a reference is an argument like others, and equal after a trip through JSON", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const result = memory
      .cache(function one() {
        return 1;
      })
      .callAndShelve();
    const copy = MemorizedResult.from(JSON.parse(JSON.stringify(result)));
    assert.is(hash(copy), hash(result));
    const plus = memory.cache(function plus(reference: { get(): unknown }) {
      return (reference.get() as number) + 1;
    });
    assert.is(plus(result), 2);
    assert.is(plus.checkCallInCache(copy), true);
  }));

test.run();
