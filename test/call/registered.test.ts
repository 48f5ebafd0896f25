import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, load, Memory, type MmapMode, release } from "../../lib/index.ts";
import { registerType } from "../../lib/type/registry.ts";
import { sameArray } from "../helpers/assert.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { Model, Wave } from "../helpers/registered.ts";
import { needing } from "../helpers/requirement.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const addonTest = needing("addon", test);
const modes: (MmapMode | null)[] = [null, "r", "c", "r+", "w+"];

/** A function that counts its runs, cached in a directory by a Memory of its own at each call. */
function counted(
  make: (...args: never[]) => unknown,
  directory: string,
  mmapMode: MmapMode | null = null,
): { call: (...args: unknown[]) => unknown; runs: () => number } {
  let runs = 0;
  const memory = (): Memory => new Memory(directory, { verbose: 0, mmapMode, track: "none" });
  function counts(...args: unknown[]): unknown {
    runs++;
    return make(...(args as never[]));
  }
  return { call: (...args) => memory().eval(counts, ...args), runs: () => runs };
}

for (const mmapMode of modes) {
  test(`results with instances come back with their class, mmapMode ${mmapMode}`, () =>
    withTmp(async (directory) => {
      const { call, runs } = counted(
        () => ({ model: new Model(new Float64Array([1, 2]), [new Wave([3])]) }),
        directory,
        mmapMode,
      );
      const { result, warnings } = await withWarnings(() => [call(), call()]);
      assert.equal(warnings.map(String), []);
      assert.is(runs(), 1);
      for (const { model } of result as { model: Model }[]) {
        assert.instance(model, Model);
        sameArray(model.weights as Float64Array, new Float64Array([1, 2]));
        sameArray(model.parts[0] as Wave, new Wave([3]));
      }
      // Small ones have no file of their own where nobody asked for maps.
      const sidecars = filesIn(directory).filter((file) => file.endsWith(".npy"));
      assert.is(sidecars.length, mmapMode === null ? 0 : 2);
    }));
}

addonTest(
  "an array inside an instance is mapped: its digest is known, and release empties it",
  () =>
    withTmp((directory) => {
      const { call } = counted(() => new Model(new Float64Array(1000).fill(7)), directory, "r");
      call();
      const weights = (call() as Model).weights as Float64Array;
      assert.is(hash(weights), hash(new Float64Array(1000).fill(7)));
      assert.is(weights.length, 1000);
      release(weights);
      assert.is(weights.length, 0);
    }),
);

test("instances are arguments by what they are, as they were when the call was made", () =>
  withTmp(async (directory) => {
    const { call, runs } = counted((model: Model | object) => {
      if (model instanceof Model) (model.weights as Float64Array).fill(0);
      return 1;
    }, directory);
    const model = (x: number): Model => new Model(new Float64Array([x]));
    call(model(1));
    call(model(1));
    assert.is(runs(), 1);
    call(model(2));
    assert.is(runs(), 2);
    const { weights, parts } = model(1);
    call({ weights, parts });
    assert.is(runs(), 3);
  }));

test("an asynchronous function may return instances", () =>
  withTmp(async (directory) => {
    const { call, runs } = counted(async () => [new Model(1)], directory);
    const [first, hit] = (await Promise.all([await call(), await call()])) as Model[][];
    assert.instance(first?.[0], Model);
    assert.instance(hit?.[0], Model);
    assert.is(runs(), 1);
  }));

test("dump and load keep instances", () =>
  withTmp((directory) => {
    const path = join(directory, "models");
    dump([new Model(new Float64Array([5]))], path);
    const [model] = load<[Model]>(path, { mmapMode: "r" });
    assert.instance(model, Model);
    sameArray(model.weights as Float64Array, new Float64Array([5]));
  }));

test("an encode that throws costs a warning with the path, not the value", () =>
  withTmp(async (directory) => {
    class Broken {}
    registerType(Broken, {
      name: "call.test/Broken",
      encode: () => {
        throw new Error("no state");
      },
      decode: () => new Broken(),
    });
    const { call, runs } = counted(() => ({ broken: new Broken() }), directory);
    const { result, warnings } = await withWarnings(() => call());
    assert.instance((result as { broken: Broken }).broken, Broken);
    assert.is(runs(), 1);
    assert.equal(
      warnings.map(({ code }) => code),
      ["ERR_UNSUPPORTED_VALUE"],
    );
    assert.match(warnings[0]?.message ?? "", /result\.broken.*no state/);
    assert.equal(
      filesIn(directory).filter((file) => /v1|tmp/.test(file)),
      [],
    );
  }));

test("an encode that returns a promise costs a warning, not the value", () =>
  withTmp(async (directory) => {
    class Later {}
    registerType(Later, {
      name: "call.test/Later",
      encode: () => Promise.resolve(1) as unknown,
      decode: () => new Later(),
    });
    const { call } = counted(() => new Later(), directory);
    const { result, warnings } = await withWarnings(() => call());
    assert.instance(result, Later);
    assert.match(warnings.map(String).join(), /TypeError|promise/);
  }));

test("an entry that decode does not accept is computed again and replaced, with one warning", () =>
  withTmp(async (directory) => {
    let isOld = true;
    let refusals = 0;
    class Grown {}
    registerType(Grown, {
      name: "call.test/Grown",
      encode: () => (isOld ? "old" : "new"),
      decode: (state) => {
        if (state === "old" && !isOld) {
          refusals++;
          throw new Error("old state");
        }
        return new Grown();
      },
    });
    const { call, runs } = counted(() => new Grown(), directory);
    call();
    isOld = false;
    const { result, warnings } = await withWarnings(() => [call(), call()]);
    assert.instance(result[1], Grown);
    assert.is(runs(), 2);
    assert.is(refusals, 1);
    assert.is(warnings.length, 1);
    assert.match(warnings[0]?.message ?? "", /"call\.test\/Grown" threw Error: old state/);
  }));

/** Stores or loads in another process, which registers the class or not; returns what it prints. */
function inProcess(directory: string, isRegistered: boolean): string {
  const path = join(directory, "program.mjs");
  writeFileSync(
    path,
    `import { Memory, registerType } from "${bundledUrl("index")}";
     class Grid { cells = 5; }
     if (${isRegistered}) {
       registerType(Grid, { name: "call.test/Grid", encode: ({ cells }) => ({ cells }),
         decode: ({ cells }) => Object.assign(new Grid(), { cells }) });
     }
     process.on("warning", ({ message }) => console.log(message));
     let runs = 0;
     const make = new Memory(${JSON.stringify(join(directory, "cache"))}, { verbose: 0, track: "none" })
       .cache(() => { runs++; return new Grid(); }, { name: "make", module: "call.test" });
     const grid = make();
     setImmediate(() => console.log(grid instanceof Grid, grid.cells, runs));`,
  );
  const options = ["--no-warnings", path];
  const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: "utf8" });
  assert.is(stderr, "");
  return stdout;
}

test("a process without the registration computes, says what to import, and leaves the entry", () =>
  withTmp((directory) => {
    assert.is(inProcess(directory, true), "true 5 1\n");
    const entry = onlyFile(directory, "entry.json");
    const said = inProcess(directory, false);
    assert.match(said, /no class is registered as "call\.test\/Grid".*import the module/);
    assert.match(said, /true 5 1\n$/);
    assert.is(onlyFile(directory, "entry.json"), entry);
    assert.is(inProcess(directory, true), "true 5 0\n");
  }));

test.run();
