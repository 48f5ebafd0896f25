/**
 * What of a Memory and of a cached function can only be read, and what wrong use of them says.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError, MemorizedResult, Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

test("the properties of a Memory cannot be set", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    for (const name of ["location", "backend", "mmapMode", "compress", "verbose"] as const) {
      const before = memory[name];
      assert.throws(() => Object.assign(memory, { [name]: "other" }), /read only|only a getter/);
      assert.is(memory[name], before, name);
    }
  }));

test("what a cached function says of its options is its own, and cannot be changed", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const ignore = ["debug"];
    const cached = memory.cache((x: number, debug?: boolean) => (debug ? -x : x), {
      ...{ name: "f", ignore },
    });
    ignore.push("x");
    assert.equal(cached.ignore, ["debug"]);
    assert.throws(() => (cached.ignore as string[]).push("x"), /not extensible/);
    assert.throws(() => Object.assign(cached.options, { ignore: [] }), /read only/);
    assert.throws(() => Object.assign(cached, { func: null }), /read only/);
    cached(1, false);
    assert.ok(cached.checkCallInCache(1, true));
    assert.not(cached.checkCallInCache(2, true));
  }));

test("a function that is not there is refused at once", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const missing = undefined as unknown as () => number;
    assert.throws(() => memory.cache(missing), /Expected a function or options.*got undefined/);
    assert.throws(() => memory.cache(() => 1, null as never), /the options of cache, got null/);
    assert.type(memory.cache(), "function");
  }));

test("caching a cached function keeps the name that it was given", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const once = memory.cache((x: number) => x + 1, { name: "next" });
    const twice = memory.cache(once);
    assert.is(twice.functionId, once.functionId);
    once(1);
    assert.ok(twice.checkCallInCache(1));
  }));

test("a reference is made from JSON, parsed or not, and from nothing else", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const shelved = memory.cache((x: number) => x + 1, { name: "next" }).callAndShelve(1);
    const json = JSON.stringify(shelved);
    assert.is(MemorizedResult.from(json).get(), 2);
    assert.is(MemorizedResult.from(JSON.parse(json)).get(), 2);
    const accepted = /Expected the data of its toJSON\(\)/;
    assert.throws(() => MemorizedResult.from("no JSON"), accepted);
    assert.throws(() => new MemorizedResult(undefined as never), accepted);
  }));

test("isCacheError tells the codes that it was asked for", () => {
  let code: "ERR_CORRUPT_ENTRY" | "ERR_MISSING_ENTRY" | undefined;
  try {
    void MemorizedResult.from({
      ...{ location: "/nowhere", backend: "local", functionId: "m#f", metadata: {} },
      ...{ codeId: "0".repeat(32), argsId: "0".repeat(32) },
    }).get();
  } catch (error) {
    if (isCacheError(error, "ERR_CORRUPT_ENTRY", "ERR_MISSING_ENTRY")) code = error.code;
  }
  assert.is(code, "ERR_MISSING_ENTRY");
});

test.run();
