/**
 * Measures one case with a cache of npm: `case.mjs PEER CASE DIRECTORY WARM_UP SAMPLES`, the
 * result as JSON on stdout.
 *
 * A peer that keeps keys and values is used as one would cache a call with it: a key made of the
 * function's name and its arguments, a look-up, and the computation where there is nothing.
 *
 * @module
 */

import assert from "node:assert";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { counts, measure, temperatures, walk } from "./measure.mjs";

const [peer, name, directory] = process.argv.slice(2);
const LENGTH_80_MB = 1e7;
const LENGTH_256_MIB = 2 ** 25;

const bytesOf = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);
const numbersOf = ({ buffer, byteOffset, byteLength }) =>
  byteOffset % 8 === 0
    ? new Float64Array(buffer, byteOffset, byteLength / 8)
    : new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));

/** What each peer does with a key: gives what it has, or keeps what it is given. */
const stores = {
  async lmdb() {
    const { open } = await import("lmdb");
    const database = open({ path: directory, encoding: "binary" });
    return {
      get: (key) => database.getBinary(key),
      put: (key, bytes) => database.put(key, bytes),
      remove: (key) => database.remove(key),
    };
  },
  async cacache() {
    const { default: cacache } = await import("cacache");
    const absent = (error) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    };
    return {
      get: (key) => cacache.get(directory, key).then(({ data }) => data, absent),
      put: (key, bytes) => cacache.put(directory, key, bytes),
      remove: () => cacache.rm.all(directory),
    };
  },
  async keyv() {
    const [{ default: Keyv }, { default: KeyvSqlite }] = await Promise.all([
      import("keyv"),
      import("@keyv/sqlite"),
    ]);
    const keyv = new Keyv({ store: new KeyvSqlite(`sqlite://${directory}/keyv.sqlite`) });
    return {
      get: async (key) => {
        const text = await keyv.get(key);
        return text === undefined ? undefined : Buffer.from(text, "base64");
      },
      put: (key, bytes) => keyv.set(key, bytes.toString("base64")),
      remove: (key) => keyv.delete(key),
    };
  },
};

async function cachedSquare() {
  const square = (x) => x * x;
  if (peer === "memoize-fs") {
    const { default: memoizeFs } = await import("memoize-fs");
    return memoizeFs({ cachePath: directory }).fn(square, { cacheId: "square" });
  }
  const store = await stores[peer]();
  return async (x) => {
    const key = `square ${JSON.stringify([x])}`;
    const bytes = await store.get(key);
    if (bytes) return Number(Buffer.from(bytes).toString());
    const value = square(x);
    await store.put(key, Buffer.from(`${value}`));
    return value;
  };
}

/** The filter and the level of ours, in Blosc. */
async function codec(elementSize) {
  const { Blosc } = await import("numcodecs");
  const options = { cname: "zstd", clevel: 3, shuffle: Blosc.SHUFFLE, blocksize: 0 };
  return Blosc.fromConfig({ ...options, elementSize });
}

async function compressing(array) {
  const path = join(directory, "array");
  const blosc = await codec(array.BYTES_PER_ELEMENT);
  const run = async () => writeFileSync(path, await blosc.encode(bytesOf(array)));
  const measurement = await measure({ run });
  return { ...measurement, facts: { "times smaller": array.byteLength / statSync(path).size } };
}

async function loading(array) {
  const path = join(directory, "array");
  const blosc = await codec(array.BYTES_PER_ELEMENT);
  writeFileSync(path, await blosc.encode(bytesOf(array)));
  const run = async () => {
    const { buffer, byteOffset } = await blosc.decode(readFileSync(path));
    const loaded = new array.constructor(buffer, byteOffset, array.length);
    assert.equal(loaded[array.length - 1], array[array.length - 1]);
  };
  return measure({ run });
}

async function smallHits() {
  const cached = await cachedSquare();
  await cached(7);
  return measure({ run: async () => assert.equal(await cached(7), 49) });
}

const cases = {
  "compress-f8": () => compressing(temperatures(2 ** 23)),
  "load-f8": () => loading(temperatures(2 ** 23)),
  "compress-i4": () => compressing(counts(2 ** 24)),
  "load-i4": () => loading(counts(2 ** 24)),
  "hit-small": smallHits,
  "hit-first": smallHits,
  async miss() {
    const cached = await cachedSquare();
    const run = async (turn) => assert.equal(await cached(turn), turn * turn);
    return measure({ run });
  },
  async "hit-read"() {
    const store = await stores[peer]();
    const values = walk(LENGTH_80_MB);
    await store.put("array", bytesOf(values));
    const run = async () => assert.equal(numbersOf(await store.get("array"))[1000], values[1000]);
    return measure({ run });
  },
  async store() {
    const store = await stores[peer]();
    const bytes = bytesOf(walk(LENGTH_256_MIB));
    const run = async () =>
      assert.equal(await store.get("array"), undefined) ?? store.put("array", bytes);
    return measure({ run, between: () => store.remove("array") });
  },
};

const measurement = await cases[name]();
const root = new URL(`node_modules/${peer}/package.json`, import.meta.url);
const { version } = JSON.parse(readFileSync(root, "utf8"));
console.log(JSON.stringify({ ...measurement, versions: { [peer]: version } }));
process.exit();
