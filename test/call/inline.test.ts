/**
 * Small arrays inside a value: no file of their own, unless they are to be mapped.
 *
 * @module
 */

import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Writing } from "../../lib/file/writing.ts";
import { decodeValue } from "../../lib/format/value.ts";
import { hash, isCacheError, Memory, type MemoryOptions } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { DirectoryStore } from "../helpers/directory-store.ts";
import { arrays } from "../helpers/kinds.ts";
import { Ndarray, type Stdlib, sameNdarray } from "../helpers/ndarrays.ts";
import { needing } from "../helpers/requirement.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const mapperTest = needing("mapper", test);

function sidecars(directory: string): number {
  return filesIn(directory).filter((file) => file.endsWith(".npy")).length;
}

function many(): { list: Float64Array[]; table: Stdlib; big: Float64Array } {
  return {
    list: Array.from({ length: 1000 }, (_, i) => Float64Array.of(i, -i)),
    table: new Ndarray("float32", Float32Array.of(1, 2, 3, 4), [2, 2], [1, -2], 2, "row-major"),
    big: new Float64Array(512).fill(7),
  };
}

function memoryOf(directory: string, options: MemoryOptions = {}): Memory {
  return new Memory(directory, { verbose: 0, ...options });
}

test("a thousand small arrays of a value are in one entry of few files, and come back", () =>
  withTmp((directory) => {
    const cached = memoryOf(directory).cache(many);
    const expected = many();
    for (let call = 0; call < 2; call++) {
      const { list, table, big } = cached();
      for (const [i, array] of list.entries()) sameArray(array, expected.list[i] as Float64Array);
      sameNdarray(table, expected.table);
      sameArray(big, expected.big);
    }
    // That of 4,096 bytes is the only one with a file.
    assert.is(sidecars(directory), 1);
    const [entry] = memoryOf(directory).entries();
    assert.is(entry?.arrays.length, 1002);
    assert.equal(entry?.arrays[1], {
      ...{ className: "Float64Array", descr: "<f8", shape: [2], order: "C", bytes: 16 },
    });
  }));

test("small arrays of every class come back, each in memory of its own", () =>
  withTmp((directory) => {
    const cached = memoryOf(directory).cache(function all() {
      return Object.values(arrays).map((make) => make());
    });
    cached();
    const loaded = cached();
    assert.is(sidecars(directory), 0);
    for (const [i, make] of Object.values(arrays).entries()) {
      assert.is(hash(loaded[i]), hash(make()));
      assert.is(loaded[i]?.constructor, make().constructor);
    }
    const first = loaded[0] as Float64Array;
    assert.is(first.buffer.byteLength, first.byteLength);
  }));

test("one array alone, however small, has a file that other programs read", () =>
  withTmp((directory) => {
    const one = (): Float64Array => Float64Array.of(1);
    memoryOf(directory).eval(one);
    assert.is(sidecars(directory), 1);
  }));

mapperTest("where arrays are to be mapped each has a file", () =>
  withTmp(async (directory) => {
    const pair = (): { a: Float64Array; b: Int8Array } => ({
      a: Float64Array.of(1, 2),
      b: Int8Array.of(3),
    });
    await withWarnings(() => {
      memoryOf(directory, { mmapMode: "r+" }).eval(pair).a[0] = -1;
    });
    assert.is(sidecars(directory), 2);
    assert.is(memoryOf(directory).eval(pair).a[0], -1);
  }),
);

test("what the function writes to a small array after it returned is not in the entry", () =>
  withTmp(async (directory) => {
    const memory = new Memory(new DirectoryStore(join(directory, "store")), { verbose: 0 });
    const kept = Float64Array.of(1, 2);
    const cached = memory.cache(function pair() {
      return [kept, 1];
    });
    const first = cached();
    kept[0] = 9;
    await first;
    assert.equal(await cached(), [Float64Array.of(9, 2), 1]);
  }));

test("a record that promises more bytes of small arrays than there are is refused", () => {
  const encoded = new Writing([Float64Array.of(1, 2), 1], false, { inline: true }).write({
    write: () => {},
  });
  const source = { array: () => assert.unreachable(), bytes: () => new Uint8Array() };
  sameArray((decodeValue(encoded, source) as [Float64Array])[0], Float64Array.of(1, 2));
  for (const elements of [1, 3, 1000]) {
    const inline = encoded.inline?.map((form) => {
      return { ...form, shape: [elements], bytes: 8 * elements };
    });
    assert.throws(
      () => decodeValue({ ...encoded, inline: inline ?? [] }, source),
      (error: unknown) => isCacheError(error, "ERR_CORRUPT_ENTRY"),
    );
  }
});

test.run();
