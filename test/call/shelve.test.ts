import { spawnSync } from "node:child_process";
import { rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { inspect } from "node:util";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  hash,
  isCacheError,
  MemorizedResult,
  Memory,
  NotMemorizedResult,
} from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;
const isMissing = (error: unknown): boolean => isCacheError(error, "ERR_MISSING_ENTRY");

test("callAndShelve computes and stores once, and its reference loads the value", () =>
  withTmp((directory) => {
    const state = { runs: 0 };
    const twice = new Memory(directory, quiet).cache(function twice(x: Float64Array) {
      state.runs++;
      return x.map((value) => value * 2);
    });
    const first = twice.callAndShelve(new Float64Array([1, 2]));
    const second = twice.callAndShelve(new Float64Array([1, 2]));
    assert.is(state.runs, 1);
    for (const result of [first, second]) {
      assert.instance(result, MemorizedResult);
      sameArray(result.get(), new Float64Array([2, 4]));
      assert.is(result.functionId, twice.functionId);
      assert.is(result.location, directory);
      assert.is(result.metadata?.bytes, 16);
    }
    assert.is(first.argsId, second.argsId);
  }));

test("shelving a hit opens no file of an array", () =>
  withTmp((directory) => {
    const zeros = new Memory(directory, quiet).cache(function zeros(n: number) {
      return new Float64Array(n);
    });
    zeros(4);
    writeFileSync(onlyFile(directory, ".npy"), "damaged");
    const result = zeros.callAndShelve(4);
    assert.throws(
      () => result.get(),
      (error: unknown) => isCacheError(error, "ERR_CORRUPT_ENTRY"),
    );
  }));

test("a cleared result is gone, and clearing it again does nothing", () =>
  withTmp((directory) => {
    const one = new Memory(directory, quiet).cache(function one() {
      return 1;
    });
    const result = one.callAndShelve();
    result.clear();
    assert.throws(() => result.get(), isMissing);
    result.clear();
    assert.not(one.checkCallInCache());
  }));

test("a reference travels as JSON, as a structured clone, as a message and as a printed line", () =>
  withTmp((directory) => {
    const list = new Memory(directory, { ...quiet, mmapMode: "r" }).cache(function list(n: number) {
      return Float64Array.from({ length: n }, (_, i) => i);
    });
    const result = list.callAndShelve(3);
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(result);
    const message: unknown = receiveMessageOnPort(port2)?.message;
    port1.close();

    const line = `return ${inspect(result)}`;
    const printed = new Function("MemorizedResult", line)(MemorizedResult) as MemorizedResult;
    assert.not.ok(inspect(result).includes("\n"));
    const copies = [
      MemorizedResult.from(JSON.parse(JSON.stringify(result))),
      MemorizedResult.from(structuredClone(result)),
      MemorizedResult.from(structuredClone(result.toJSON())),
      MemorizedResult.from(message),
      printed,
    ];
    for (const copy of copies) {
      sameArray(copy.get() as Float64Array, new Float64Array([0, 1, 2]));
      assert.is(copy.argsId, result.argsId);
      assert.is(copy.mmapMode, "r");
      assert.is(String(copy), String(result));
    }
    assert.equal(copies[0]?.metadata, result.metadata);
  }));

test("another process loads a reference that was printed", () =>
  withTmp((directory) => {
    const result = new Memory(directory, quiet)
      .cache(function text() {
        return "hello";
      })
      .callAndShelve();
    const library = JSON.stringify(bundledUrl("index"));
    const program = `import { MemorizedResult } from ${library}; console.log(${result}.get());`;
    const args = ["--input-type=module", "-e", program];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.is(stdout, "hello\n", stderr);
  }));

test("a reference is made from its data only", () => {
  const data = {
    location: "/tmp",
    functionId: "m#f",
    codeId: "0".repeat(32),
    argsId: "0".repeat(32),
  };
  assert.is(MemorizedResult.from(data).backend, "local");
  const wrong: unknown[] = [
    null,
    5,
    "x",
    [],
    {},
    { ...data, argsId: "../../../etc/passwd".padEnd(32, "x") },
    { ...data, codeId: undefined },
    { ...data, location: 5 },
    { ...data, mmapMode: "rw" },
    { ...data, verify: "maybe" },
  ];
  for (const each of wrong) assert.throws(() => MemorizedResult.from(each), TypeError);
  assert.throws(() => MemorizedResult.from({ ...data, backend: "nowhere" }).get(), /"nowhere"/);
});

test("a result that cannot be stored is shelved with its value", () =>
  withTmp(async (directory) => {
    class Model {}
    const make = new Memory(directory, quiet).cache(function make() {
      return new Model();
    });
    const { result, warnings } = await withWarnings(() => make.callAndShelve());
    assert.is(warnings.length, 1);
    assert.instance(result, NotMemorizedResult);
    assert.instance(result.get(), Model);
    result.clear();
    assert.throws(() => result.get(), isMissing);
    result.clear();
  }));

test("without a store every shelved result holds its value", async () => {
  const memory = new Memory(null, quiet);
  const five = memory.cache(() => 5, { name: "five" }).callAndShelve();
  assert.instance(five, NotMemorizedResult);
  assert.is(five.get(), 5);
  assert.is(five.location, null);
  const six = await memory.cache(async () => 6, { name: "six" }).callAndShelve();
  assert.is(six.get(), 6);
});

test("what is sent of a result that is in no store tells so where it is to be loaded", () => {
  const memory = new Memory(null, quiet);
  const shelved = memory.cache(() => new Float64Array(9), { name: "nine" }).callAndShelve();
  const json = JSON.parse(JSON.stringify(shelved));
  assert.equal(Object.keys(json), ["location", "functionId", "argsId", "metadata", "valid"]);
  for (const data of [json, structuredClone(shelved)]) {
    assert.throws(
      () => MemorizedResult.from(data),
      (error: Error) =>
        error instanceof TypeError &&
        /NotMemorizedResult of .*#nine.*Send the value/.test(error.message),
    );
  }
});

test("an asynchronous function is shelved as the promise of a reference", () =>
  withTmp(async (directory) => {
    const seven = new Memory(directory, quiet).cache(async function seven() {
      return 7;
    });
    const promise = seven.callAndShelve();
    assert.instance(promise, Promise);
    assert.is((await promise).get(), 7);
    assert.is((await seven.callAndShelve()).get(), 7);
  }));

test("get follows an entry that was recomputed, and misses one that was removed by hand", () =>
  withTmp((directory) => {
    const state = { runs: 0 };
    const count = new Memory(directory, quiet).cache(function count() {
      return ++state.runs;
    });
    const result = count.callAndShelve();
    count.recompute();
    assert.is(result.get(), 2);
    rmSync(onlyFile(directory, "entry.json"));
    assert.throws(() => result.get(), isMissing);
  }));

test("shelving a hit counts as a use of the entry", () =>
  withTmp((directory) => {
    const one = new Memory(directory, quiet).cache(function one() {
      return 1;
    });
    one();
    const manifest = onlyFile(directory, "entry.json");
    utimesSync(manifest, 1000, 1000);
    one.callAndShelve();
    assert.ok(Date.now() - statSync(manifest).mtimeMs < 60_000);
    assert.is(filesIn(directory).filter((file) => file.endsWith("entry.json")).length, 1);
  }));

test("a reference is an argument like its data, and may be part of a result", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const half = memory.cache((x: number) => x / 2, { name: "half" });
    const [four, six] = [half.callAndShelve(4), half.callAndShelve(6)];
    assert.instance(four, MemorizedResult);
    assert.is(hash(four), hash(half.callAndShelve(4)));
    assert.is(hash(four), hash(MemorizedResult.from(JSON.parse(JSON.stringify(four)))));
    assert.is.not(hash(four), hash(six));

    const double = memory.cache((result: typeof four) => 2 * result.get(), { name: "double" });
    assert.equal([double(four), double(four), double(six)], [4, 4, 6]);
    assert.is(double.stats().hits, 1);
    const both = memory.cache(() => ({ four, list: [six] }), { name: "both" });
    for (const { list } of [both(), both()]) {
      assert.instance(list[0], MemorizedResult);
      assert.is(list[0]?.get(), 3);
    }
    assert.is(both.stats().hits, 1);
  }));

test.run();
