import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { makeVector, Table } from "apache-arrow";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash, type MemorizedFunc, Memory } from "../../lib/index.ts";
import { scijs } from "../helpers/ndarrays.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";

const quiet = { verbose: 0 } as const;

test("a hit is explained by its entry", () =>
  withTmp((directory) => {
    const half = new Memory(directory, quiet).cache((x: number) => x / 2, { name: "half" });
    half(4);
    const { hit, reason, path, nearest } = half.explain(4);
    assert.ok(hit);
    assert.match(reason, /computed at \d{4}-/);
    assert.is(join(path, "entry.json"), onlyFile(directory, "entry.json"));
    assert.equal(nearest, []);
  }));

test("a miss names the argument that differs from the nearest entry, and tells content from class", () =>
  withTmp((directory) => {
    const fit = new Memory(directory, quiet).cache(
      (x: Float64Array, degree: number, { tol }: { tol: number }) => x[0] ?? degree * tol,
      { name: "fit" },
    );
    fit(new Float64Array([1, 2]), 3, { tol: 0.5 });
    const before = filesIn(directory);

    const content = fit.explain(new Float64Array([1, 9]), 3, { tol: 0.5 });
    assert.not(content.hit);
    assert.equal(
      content.nearest[0]?.differences.map(({ kind, name }) => [kind, name]),
      [["argument", "x"]],
    );
    assert.match(content.reason, /x is Float64Array\(2\) \[ 1, 9 \].+content differs/);

    const two = fit.explain(new Float64Array([1, 2]), 4, { tol: 0.25 }).nearest[0]?.differences;
    assert.equal(two?.map(({ name }) => name).length, 2);
    assert.match(two?.[0]?.text ?? "", /degree is 4, and was 3/);
    assert.match(two?.[1]?.text ?? "", /tol: 0\.25.+tol: 0\.5/);
    assert.equal(filesIn(directory), before);
    assert.match(inspect(content), /^Miss: .+\n {2}entry: .+\n {2}nearest: /);
    assert.is(String(content), inspect(content));
  }));

test("of ndarrays and tables that look alike it says that the data differs, with their digests", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const sum = memory.cache((x: object, y: object) => [x, y].length, { name: "sum" });
    const matrix = (last: number) => scijs(new Float64Array([1, 2, 3, last]), [2, 2]);
    const table = (last: number) => new Table({ a: makeVector(Float64Array.of(1, last)) });
    sum(matrix(4), table(1));
    const { reason } = sum.explain(matrix(5), table(2));
    assert.match(reason, /x is ndarray float64 \(2, 2\).*; y is Table 2 rows x 1 column/);
    assert.is(reason.match(/the data differs/g)?.length, 2);
    assert.not.match(reason, /looks alike/);
    for (const value of [matrix(4), matrix(5), table(1), table(2)]) {
      assert.ok(reason.includes(hash(value).slice(0, 8)), reason);
    }
  }));

test("the nearest entries come first, at most three of them", () =>
  withTmp((directory) => {
    const f = new Memory(directory, quiet).cache((a: number, b: number, c: number) => a + b + c, {
      name: "f",
    });
    f(9, 9, 9);
    f(1, 2, 9);
    f(1, 9, 9);
    f(8, 8, 8);
    const { nearest } = f.explain(1, 2, 3);
    assert.is(nearest.length, 3);
    assert.equal(
      nearest.map(({ differences }) => differences.length),
      [1, 2, 3],
    );
  }));

test("without any entry, and without a store, the reason says so", () =>
  withTmp((directory) => {
    const f = new Memory(directory, quiet).cache((x: number) => x, { name: "f" });
    assert.match(f.explain(1).reason, /there is no entry of .+#f/);
    const none = new Memory(null).cache((x: number) => x, { name: "f" });
    assert.match(none.explain(1).reason, /no location/);
  }));

test("a helper that changed in another file is named with its place", () =>
  withTmp(async (directory) => {
    writeFileSync(join(directory, "package.json"), '{"name":"p","type":"module"}');
    const helper = join(directory, "helper.mjs");
    const main = join(directory, "main.mjs");
    const library = JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href);
    const version = async (factor: number): Promise<MemorizedFunc<(x: number) => number>> => {
      writeFileSync(
        helper,
        `export const LIMIT = ${factor};\n\nexport function scale(x) { return ${factor} * x; }\n`,
      );
      writeFileSync(
        main,
        `import { Memory } from ${library};
        import { LIMIT, scale } from "./helper.mjs?${factor}";
        const memory = new Memory(${JSON.stringify(directory)}, { verbose: 0 });
        export const run = memory.cache(function run(x) { return Math.min(scale(x), LIMIT); }, { module: "m" });`,
      );
      return (await import(`${pathToFileURL(main).href}?${factor}`)).run;
    };
    const first = await version(2);
    first(1);
    const second = await version(3);
    const { hit, nearest } = second.explain(1);
    assert.not(hit);
    const texts = nearest[0]?.differences.map(({ text }) => text) ?? [];
    assert.ok(
      texts.some((text) => /`scale`.*helper\.mjs.*changed/.test(text)),
      texts.join("\n"),
    );
    assert.ok(
      texts.some((text) => /LIMIT.*2.*3/.test(text)),
      texts.join("\n"),
    );
    assert.equal([...new Set(nearest[0]?.differences.map(({ kind }) => kind))], ["code"]);
  }));

test("an entry that is refused or damaged is explained by that", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const make = (n: number): Float64Array => new Float64Array(n);
    const cached = memory.cache(make);
    cached(4);
    const refusing = memory.cache(make, { cacheValidationCallback: () => false });
    assert.match(refusing.explain(4).reason, /cacheValidationCallback/);
    rmSync(onlyFile(directory, ".npy"));
    assert.match(cached.explain(4).reason, /missing/);
    writeFileSync(onlyFile(directory, "entry.json"), "{}");
    assert.match(cached.explain(4).reason, /cannot be read/);
  }));

test("what the function refers to that is not in the key is listed", () =>
  withTmp((directory) => {
    let count = 0;
    const cached = new Memory(directory, quiet).cache(
      (x: number) => {
        count++;
        return x + 0 * count;
      },
      { name: "counting" },
    );
    cached(1);
    assert.ok(cached.explain(1).leftOut.some(({ name }) => name === "count"));
    assert.match(String(cached.explain(1)), /not in the key: count/);
  }));

test("a version, an ignored part and a key function are explained as such", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const f = (x: number, debug: boolean): number => (debug ? x : x);
    memory.cache(f, { name: "f", version: 1 })(1, true);
    const differences = memory.cache(f, { name: "f", version: 2 }).explain(1, true)
      .nearest[0]?.differences;
    assert.equal(
      differences?.map(({ kind }) => kind),
      ["code"],
    );
    assert.match(differences?.[0]?.text ?? "", /version/);

    memory.cache(f, { name: "g", key: (x) => x })(1, true);
    const keyed = memory.cache(f, { name: "g", key: (x) => x }).explain(2, true);
    assert.match(keyed.reason, /option key/);
  }));

test("a default that was filled in is not shown as unknown", () =>
  withTmp((directory) => {
    const f = new Memory(directory, quiet).cache((a: number, b = 2) => a + b, { name: "f" });
    f(1);
    assert.match(f.explain(1, 3).reason, /b is 3, and was left out$/);
    f.forget(1);
    f(1, 3);
    assert.match(f.explain(1).reason, /b is left out, and was 3$/);
  }));

test("where only ignore differs, that is said", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const f = (x: number, o: { debug: boolean }): number => (o.debug ? x : -x);
    const ignoring = memory.cache(f, { name: "f", ignore: ["o"] });
    const whole = memory.cache(f, { name: "f" });
    ignoring(1, { debug: true });
    assert.match(whole.explain(1, { debug: true }).reason, /o was ignored, and is not$/);
    ignoring.forget(1, { debug: true });
    whole(1, { debug: true });
    assert.match(ignoring.explain(1, { debug: true }).reason, /o is ignored, and was not$/);
    const part = memory.cache(f, { name: "f", ignore: ["o.debug"] });
    assert.match(
      part.explain(1, { debug: true }).reason,
      /o looks alike.+or what is ignored of it/,
    );
  }));

test("where only the receiver is ignored, that is said", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const f = function f(this: { k: number }, x: number): number {
      return x * this.k;
    };
    memory.cache(f, { ignore: ["this"] }).call({ k: 1 }, 2);
    const cached = memory.cache(f);
    assert.match(cached.explain.call({ k: 1 }, 2).reason, /this is ignored in one/);
  }));

test.run();
