/**
 * Which entries are used and which results are kept: validation, `storeIf`, `onMiss`, `set`, `key`.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError, Memory, type Metadata } from "../../lib/index.ts";
import { rejects } from "../helpers/assert.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;

test("the validation is asked with the metadata, on hits only, and anything but true computes again", () =>
  withTmp((directory) => {
    const state = { runs: 0, verdict: undefined as unknown };
    const asked: Metadata[] = [];
    const memory = new Memory(directory, quiet);
    function count(): number {
      return ++state.runs;
    }
    const cached = memory.cache(count, {
      cacheValidationCallback: (metadata) => {
        asked.push(metadata);
        return state.verdict as boolean;
      },
    });
    assert.is(cached(), 1);
    assert.is(asked.length, 0);
    for (const verdict of [false, undefined, null, 1, "yes"]) {
      state.verdict = verdict;
      assert.not(cached.checkCallInCache());
      cached();
    }
    assert.is(state.runs, 6);
    state.verdict = true;
    assert.is(cached(), 6);
    assert.ok(cached.checkCallInCache());
    assert.is(asked[0]?.functionId, cached.functionId);
  }));

test("the validation of an asynchronous function may take its time, that of others may not", () =>
  withTmp(async (directory) => {
    const state = { runs: 0, valid: true };
    const memory = new Memory(directory, quiet);
    const validation = { cacheValidationCallback: async () => state.valid };
    const slow = memory.cache(async function slow() {
      return ++state.runs;
    }, validation);
    await slow();
    assert.is(await slow(), 1);
    state.valid = false;
    assert.is(await slow(), 2);

    const quick = memory.cache(() => 1, { name: "quick", ...validation });
    quick();
    assert.throws(quick, /cacheValidationCallback/);
  }));

test("what the validation throws reaches the caller", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(() => 1, {
      name: "one",
      cacheValidationCallback: () => {
        throw new RangeError("mine");
      },
    });
    cached();
    assert.throws(cached, /^mine$/);
  }));

test("storeIf decides which results are kept", () =>
  withTmp(async (directory) => {
    const state = { runs: 0 };
    const memory = new Memory(directory, quiet);
    const storeIf = (result: number | null, { duration }: Metadata): boolean =>
      result !== null && duration >= 0;
    function positive(x: number): number | null {
      state.runs++;
      return x > 0 ? x : null;
    }
    const cached = memory.cache(positive, { storeIf });
    assert.equal([cached(1), cached(1), cached(-1), cached(-1)], [1, 1, null, null]);
    assert.is(state.runs, 3);
    assert.is(filesIn(directory).filter((file) => file.endsWith("entry.json")).length, 1);
    assert.is(cached.callAndShelve(-1).get(), null);

    const later = memory.cache(async () => 5, { name: "later", storeIf: async () => false });
    await later();
    assert.not(later.checkCallInCache());
  }));

test("a storeIf that throws costs a warning, not the value", () =>
  withTmp(async (directory) => {
    const cached = new Memory(directory, quiet).cache(() => 5, {
      name: "five",
      storeIf: () => {
        throw new Error("undecided");
      },
    });
    const { result, warnings } = await withWarnings(() => [cached(), cached()]);
    assert.equal(result, [5, 5]);
    assert.is(warnings.length, 1);
    assert.match(warnings[0]?.message ?? "", /undecided/);
  }));

test("a recomputed result that is not kept does not leave the old one", () =>
  withTmp((directory) => {
    const state = { runs: 0 };
    const cached = new Memory(directory, quiet).cache(() => ++state.runs, {
      name: "count",
      storeIf: (result) => result === 1,
    });
    assert.is(cached(), 1);
    assert.is(cached.recompute().value, 2);
    assert.is(cached(), 3);
  }));

test("onMiss throw makes a miss an error that names call and function, and runs nothing", () =>
  withTmp(async (directory) => {
    const state = { runs: 0 };
    function half(x: number): number {
      state.runs++;
      return x / 2;
    }
    async function third(x: number): Promise<number> {
      return x / 3;
    }
    new Memory(directory, quiet).cache(half)(4);
    const frozen = new Memory(directory, { ...quiet, onMiss: "throw" });
    const cached = frozen.cache(half);
    assert.is(cached(4), 2);
    for (const call of [() => cached(5), () => cached.callAndShelve(5)]) {
      assert.throws(call, (error: unknown) => {
        assert.ok(isCacheError(error, "ERR_CACHE_MISS"));
        assert.match(error.message, /half\(5\)/);
        assert.ok(error.key && error.path);
        return true;
      });
    }
    assert.is(state.runs, 1);
    await rejects(frozen.cache(third)(1), "ERR_CACHE_MISS");
    assert.is(frozen.cache(half, { onMiss: "compute" })(5), 2.5);
    assert.throws(() => frozen.cache(half, { onMiss: "fail" as "throw" }), TypeError);
  }));

test("onMiss throw tells a missing entry from a refused and a damaged one", () =>
  withTmp(async (directory) => {
    const one = (): number => 1;
    new Memory(directory, quiet).cache(one)();
    const frozen = new Memory(directory, { ...quiet, onMiss: "throw" });
    const refusing = frozen.cache(one, { cacheValidationCallback: () => false });
    assert.throws(refusing, /cacheValidationCallback does not accept/);
    writeFileSync(onlyFile(directory, "entry.json"), "{}");
    const { warnings } = await withWarnings(() =>
      assert.throws(() => frozen.cache(one)(), /has an entry that is damaged/),
    );
    assert.is(warnings.length, 1);
    assert.not.match(warnings[0]?.message ?? "", /computed/);
  }));

test("set stores a value that was computed elsewhere, in place of what was there", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, quiet);
    const state = { runs: 0 };
    const cached = memory.cache(function slow(x: number) {
      state.runs++;
      return new Float64Array([x]);
    });
    cached.set([1], new Float64Array([10]));
    assert.is(cached(1)[0], 10);
    cached.set([1], new Float64Array([20]));
    assert.is(cached(1)[0], 20);
    assert.is(state.runs, 0);
    assert.throws(
      () => cached.set([2], (() => 0) as never),
      (error: unknown) => isCacheError(error, "ERR_UNSUPPORTED_VALUE"),
    );

    const later = memory.cache(async (x: number) => x, { name: "later" });
    await later.set([1], Promise.resolve(7));
    const promise = later(1);
    assert.instance(promise, Promise);
    assert.is(await promise, 7);
    later.set([2], 8);
    assert.is(await later(2), 8);
    new Memory(null).cache(() => 1, { name: "one" }).set([], 1);
  }));

test("key is hashed in place of the arguments, and never equals them", () =>
  withTmp((directory) => {
    const state = { runs: 0 };
    const read = (file: { path: string; handle: object }): number => {
      state.runs++;
      return file.path.length;
    };
    const memory = new Memory(directory, quiet);
    const cached = memory.cache(read, { key: ({ path }) => path });
    assert.is(cached({ path: "abc", handle: new WeakMap() }), 3);
    assert.is(cached({ path: "abc", handle: new WeakMap() }), 3);
    assert.is(cached({ path: "abcd", handle: new WeakMap() }), 4);
    assert.is(state.runs, 2);

    const plain = memory.cache((x: string) => x, { name: "same", track: "none" });
    const keyed = memory.cache((x: string) => x, { name: "same", track: "none", key: (x) => x });
    plain("a");
    assert.not(keyed.checkCallInCache("a"));
    assert.throws(() => memory.cache(read, { key: "path" as never }), TypeError);
  }));

test.run();
