/**
 * Kinds of stores by name, and references to results that name them.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  MemorizedResult,
  Memory,
  registerStoreBackend,
  type StoreBackend,
  type StoreBackendClass,
} from "../../lib/index.ts";
import { DirectoryStore } from "../helpers/directory-store.ts";
import { MemoryStore } from "../helpers/memory-store.ts";
import { withTmp } from "../helpers/tmp.ts";

const quiet = { verbose: 0 } as const;
const library = (file: string): string =>
  JSON.stringify(new URL(`../../${file}`, import.meta.url).href);

test("a registered store is constructed with the location and the backendOptions", () => {
  const given: unknown[] = [];
  registerStoreBackend(
    "listening",
    class extends MemoryStore {
      constructor(location: string, options: object) {
        super(location);
        given.push(location, options);
      }
    },
  );
  const backendOptions = { bucket: "b" };
  const memory = new Memory("some://place", { ...quiet, backend: "listening", backendOptions });
  assert.equal(given, ["some://place", { bucket: "b" }]);
  assert.is(given[1], backendOptions);
  assert.is(memory.location, "some://place");
  assert.is(memory.backend, "listening");
  new Memory(new URL("some://other/place"), { ...quiet, backend: "listening" });
  assert.equal(given.slice(2), ["some://other/place", {}]);
});

test("a registered store keeps results", async () => {
  registerStoreBackend("keeping", MemoryStore);
  let calls = 0;
  const call = (): Promise<number> =>
    new Memory("kept", { ...quiet, backend: "keeping" }).eval(function f(x: number) {
      calls++;
      return x + 1;
    }, 1);
  assert.equal([await call(), await call(), calls], [2, 2, 1]);
});

test("a name can be given again, to the class of a module that was evaluated anew", () => {
  class First extends MemoryStore {}
  class Second extends MemoryStore {}
  registerStoreBackend("again", First);
  registerStoreBackend("again", Second);
  assert.is(new Memory(new Second("x"), quiet).backend, "again");
  assert.is(new Memory(new First("x"), quiet).backend, "First");
});

test("wrong names and classes are refused", () => {
  const register = registerStoreBackend as (name: unknown, backendClass: unknown) => void;
  for (const name of [undefined, 5, Symbol("s")]) {
    assert.throws(() => register(name, MemoryStore), /Expected a string for the name of a store/);
  }
  for (const name of ["", "local"]) assert.throws(() => register(name, MemoryStore), RangeError);
  const base: unknown = Object.getPrototypeOf(MemoryStore);
  for (const wrong of [undefined, {}, class {}, () => {}, new MemoryStore("x"), base]) {
    assert.throws(
      () => register("wrong", wrong),
      (error: Error) => error instanceof TypeError && /extends StoreBackend/.test(error.message),
    );
  }
  assert.throws(() => new Memory("x", { backend: "wrong" }), /There is no store backend "wrong"/);
});

test("a backend that is not known is a TypeError that names those that are", () => {
  registerStoreBackend("known", MemoryStore);
  assert.throws(
    () => new Memory("x", { backend: "unknown" }),
    (error: Error) =>
      error instanceof TypeError &&
      /no store backend "unknown": .*"local".*"known"/.test(error.message),
  );
  assert.throws(() => new Memory(null, { backend: "unknown" }), TypeError);
});

test("without a location nothing is stored, whatever the backend", () => {
  registerStoreBackend("unused", MemoryStore);
  assert.is(new Memory(null, { backend: "unused" }).location, null);
  assert.throws(() => new Memory(5 as never, { backend: "unused" }), TypeError);
  assert.throws(() => new Memory("", { backend: "unused" }), TypeError);
});

test("what the constructor of a store throws reaches the caller", () => {
  const failure = new RangeError("no such bucket");
  const Failing: StoreBackendClass = class extends MemoryStore {
    constructor(location: string) {
      super(location);
      throw failure;
    }
  };
  registerStoreBackend("failing", Failing);
  try {
    new Memory("x", { backend: "failing" });
    assert.unreachable("it was constructed");
  } catch (error) {
    assert.is(error, failure);
  }
});

test("a reference to a result says in another process which kind of store is to be registered", () =>
  withTmp(async (directory) => {
    registerStoreBackend("shelf", DirectoryStore);
    const memory = new Memory(directory, { ...quiet, backend: "shelf" });
    const cached = memory.cache(function f(n: number) {
      return new Float64Array(n).fill(n);
    });
    const data = JSON.stringify(await cached.callAndShelve(3));
    const program = `
      import { MemorizedResult, registerStoreBackend } from ${library("lib/index.ts")};
      import { DirectoryStore } from ${library("test/helpers/directory-store.ts")};
      const [, data] = process.argv;
      const load = async () => (await MemorizedResult.from(JSON.parse(data)).get()).join();
      console.log(await load().catch((error) => error.name + ": " + error.message));
      registerStoreBackend("shelf", DirectoryStore);
      console.log(await load());`;
    const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", program];
    const { stdout, stderr } = spawnSync(process.execPath, [...args, data], { encoding: "utf8" });
    const [refusal, loaded] = stdout.trim().split("\n");
    assert.match(String(refusal), /^TypeError: There is no store backend "shelf".*registerStoreB/);
    assert.is(loaded, "3,3,3", stderr);
  }));

test("a reference to a result in a store that is not registered loads where it was made", async () => {
  class Unregistered extends MemoryStore {}
  const store: StoreBackend = new Unregistered("here");
  const cached = new Memory(store, quiet).cache(function f(x: number) {
    return { x };
  });
  const shelved = await cached.callAndShelve(1);
  assert.instance(shelved, MemorizedResult);
  assert.equal(await shelved.get(), { x: 1 });
  const other = MemorizedResult.from(JSON.parse(JSON.stringify(shelved)));
  assert.throws(() => other.get(), /There is no store backend "Unregistered"/);
  await shelved.clear();
  const code = await shelved.get().then(String, (error: NodeJS.ErrnoException) => error.code);
  assert.is(code, "ERR_MISSING_ENTRY");
});

test.run();
