import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const quiet = { verbose: 0 } as const;

function square(x: number): number {
  return x * x;
}

/** The paths of all manifests. */
function manifests(directory: string): string[] {
  return filesIn(directory)
    .filter((file) => file.endsWith("entry.json"))
    .map((file) => join(directory, file));
}

test("an entry that another Memory replaces between two hits is read anew", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(square);
    assert.equal([cached(3), cached(3), cached(3)], [9, 9, 9]);
    new Memory(directory, quiet).cache(square).set([3], 10);
    assert.equal([cached(3), cached(3)], [10, 10]);
  }));

test("an entry that is damaged between two hits is computed again", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(square);
    cached(3);
    cached(3);
    const [manifest = ""] = manifests(directory);
    const text = readFileSync(manifest, "latin1");
    assert.ok(text.includes('"json":9'));
    writeFileSync(manifest, text.replace('"json":9', '"json":8'), "latin1");
    assert.is(cached(3), 9);
    assert.is(cached.stats().misses, 2);
  }));

test("an entry that lies where that of another call was found is no hit", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(square);
    cached(3);
    const [three = ""] = manifests(directory);
    cached(4);
    const four = manifests(directory).find((path) => path !== three) ?? "";
    assert.equal([cached(3), cached(4)], [9, 16]);
    writeFileSync(four, readFileSync(three));
    assert.equal([cached(3), cached(4)], [9, 16]);
    assert.is(cached.stats().misses, 3);
  }));

test("what a validation does to the metadata it is given is not seen by later calls", () =>
  withTmp((directory) => {
    const durations: number[] = [];
    const cached = new Memory(directory, quiet).cache(square, {
      cacheValidationCallback(metadata) {
        durations.push(metadata.duration);
        Object.assign(metadata, { duration: -1 });
        return true;
      },
    });
    for (let i = 0; i < 3; i++) cached(3);
    assert.is(durations.length, 2);
    assert.ok(durations.every((duration) => duration >= 0));
  }));

test("objects that come from equal manifests are not the same", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(function pair(x: number) {
      return { x };
    });
    cached(1);
    const first = cached(1);
    first.x = 2;
    assert.equal(cached(1), { x: 1 });
  }));

test.run();
