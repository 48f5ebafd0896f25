/**
 * A Memory on a store of another kind that has copies of its files on this machine.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { release } from "../../lib/index.ts";
import { mapper } from "../../lib/store/map/mapper.ts";
import { sameArray } from "../helpers/assert.ts";
import { DirectoryStore } from "../helpers/directory-store.ts";
import { MemoryStore } from "../helpers/memory-store.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { counting } from "./counting.ts";

test("arrays of a store that has files on this machine are mapped", () =>
  withTmp(async (directory) => {
    const { f, counts } = counting(new DirectoryStore(directory), { mmapMode: "c" });
    for (let i = 0; i < 2; i++) {
      const mapped = await f(1000);
      sameArray(mapped, new Float64Array(1000).fill(1000));
      assert.is(release(mapped), mapper()?.name === "addon");
    }
    assert.is(counts.calls, 1);
    assert.not(release(await counting(new DirectoryStore(directory)).f(1000)));
  }));

test("a file on this machine is checked like one of the local store", () =>
  withTmp(async (directory) => {
    const store = new DirectoryStore(directory);
    const { f, counts } = counting(store, { mmapMode: "r" });
    await f(1000);
    let path = "";
    const localFile = store.localFile.bind(store);
    store.localFile = async (key, file) => {
      path = (await localFile(key, file)) ?? "";
      return path;
    };
    await f(1000);
    truncateSync(path, statSync(path).size - 8);
    const { result, warnings } = await withWarnings(() => f(1000));
    assert.is(result.length, 1000);
    assert.is(counts.calls, 2);
    const damage = warnings.find(({ code }) => code === "ERR_CORRUPT_ENTRY");
    assert.match(String(damage?.message), /is damaged: 8120 bytes, expected 8128/);
  }));

test("a file that vanished from this machine is read from the store", () =>
  withTmp(async (directory) => {
    const store = new MemoryStore(randomUUID());
    const copy = `${directory}/copy.npy`;
    store.localFile = async (key, file) => {
      const size = await store.read(key, file, 0, new Uint8Array());
      const bytes = new Uint8Array(size);
      await store.read(key, file, 0, bytes);
      writeFileSync(copy, bytes);
      rmSync(copy);
      return copy;
    };
    const { f, counts } = counting(store, { mmapMode: "r" });
    for (let i = 0; i < 2; i++) sameArray(await f(10), new Float64Array(10).fill(10));
    assert.is(counts.calls, 1);
  }));

test("a mode that writes to entries is a private one, and says so", () =>
  withTmp(async (directory) => {
    for (const store of [new DirectoryStore(directory), new MemoryStore(randomUUID())]) {
      const { f } = counting(store, { mmapMode: "r+" });
      const { warnings } = await withWarnings(async () => {
        for (let i = 0; i < 2; i++) (await f(10))[0] = -1;
      });
      assert.equal(
        warnings.map(({ code }) => code),
        ["CACHE_PRIVATE_COPY"],
      );
      sameArray(await f(10), new Float64Array(10).fill(10));
    }
  }));

test.run();
