/**
 * Whether caching pays: what `stats` says, and the warning.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;

function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

test("hits that cost a quarter of a second more than computing are warned of once", () =>
  withTmp(async (directory) => {
    const cached = new Memory(directory, quiet).cache((x: Float64Array) => x.length, {
      name: "cheap",
    });
    // Several entries: the time that was recorded of one may be that of a pause.
    const x = new Float64Array(2 ** 23);
    const callEach = (): void => {
      for (let i = 0; i < 9; i++) {
        x[0] = i;
        cached(x);
      }
    };
    const { warnings: before } = await withWarnings(() => {
      callEach();
      callEach();
    });
    assert.equal(before, []);
    const { warnings } = await withWarnings(() => {
      for (let round = 0; round < 20; round++) callEach();
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["CACHE_DOES_NOT_PAY"],
    );
    assert.match(String(warnings[0]?.message), /stats\.test\.ts#cheap.* a hit takes .* ms/);
    const { pays, secondsSaved, secondsSpent } = cached.stats();
    assert.is(pays, false);
    assert.ok(secondsSpent > secondsSaved);
  }));

test("hits that cost microseconds more than computing are not warned of", () =>
  withTmp(async (directory) => {
    const cached = new Memory(directory, quiet).cache((x: number) => x * x, { name: "trivial" });
    const { warnings } = await withWarnings(() => {
      for (let call = 0; call < 200; call++) cached(call % 5);
    });
    assert.equal(warnings, []);
    assert.is(cached.stats().hits, 195);
  }));

test("hits that save time are not warned of, and stats says that they pay", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, quiet);
    const cached = memory.cache(
      (ms: number) => {
        spin(ms);
        return ms;
      },
      { name: "slow" },
    );
    assert.is(cached.stats().pays, null);
    const { warnings } = await withWarnings(() => {
      for (let call = 0; call < 41; call++) cached(100);
    });
    assert.equal(warnings, []);
    assert.is(cached.stats().pays, true);
    assert.is(memory.stats().pays, true);
  }));

test("values that were stored by set are not judged: nobody knows what they took", () =>
  withTmp(async (directory) => {
    const cached = new Memory(directory, quiet).cache((x: number) => -x, { name: "set" });
    cached.set([1], -1);
    const { warnings } = await withWarnings(() => {
      for (let call = 0; call < 50; call++) cached(1);
    });
    assert.equal(warnings, []);
  }));

test.run();
