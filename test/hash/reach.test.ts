import { test } from "uvu";
import * as assert from "uvu/assert";
import { codes, compare, type Files } from "./checkouts.ts";

const esm: Files = {
  "main.mjs": `
    import { mean } from "./lib/index.mjs";
    import square, { constants } from "./lib/square.mjs";
    import * as all from "./lib/all.mjs";
    let runs = 0;
    const table = new Float64Array([1, 2]);
    export function f(x) { runs++; return mean(x) + square(x) + constants.k + all.twice(x) + table[0] }
    export function unrelated() {}
  `,
  "lib/index.mjs": 'export { average as mean } from "./mean.mjs"; export * from "./all.mjs";',
  "lib/mean.mjs":
    "import { sum } from './sum.mjs'; export const average = (x) => sum(x) / x.length;",
  "lib/sum.mjs": "export function sum(x) { let s = 0; for (const v of x) s += v; return s }",
  "lib/square.mjs":
    "export default function (x) { return x * x } export const constants = { k: 1 };",
  "lib/all.mjs":
    "export const twice = (x) => 2 * x; export class Scaler { scale(x) { return twice(x) } }",
};

test("an edit of whatever a module imports, at any distance, changes the id; one of anything else does not", async () => {
  compare(
    await codes(
      {
        base: esm,
        "same copy": esm,
        "same with comments": { ...esm, "lib/sum.mjs": `/* the sum */ ${esm["lib/sum.mjs"]}` },
        "same with an edit beside it": {
          ...esm,
          "main.mjs": `${esm["main.mjs"]}`.replace("unrelated() {}", "unrelated() { return 1 }"),
        },
        "same with another count": {
          ...esm,
          "main.mjs": `${esm["main.mjs"]}`.replace("runs = 0", "runs = 9"),
        },
        "helper of a helper": {
          ...esm,
          "lib/sum.mjs": `${esm["lib/sum.mjs"]}`.replace("s = 0", "s = 1"),
        },
        "default export": {
          ...esm,
          "lib/square.mjs": `${esm["lib/square.mjs"]}`.replace("x * x", "x ** 2"),
        },
        constant: { ...esm, "lib/square.mjs": `${esm["lib/square.mjs"]}`.replace("k: 1", "k: 2") },
        "namespace import": {
          ...esm,
          "lib/all.mjs": `${esm["lib/all.mjs"]}`.replace("2 * x", "3 * x"),
        },
        "same with an edit of what is not taken from a namespace": {
          ...esm,
          "lib/all.mjs": `${esm["lib/all.mjs"]}`.replace("return twice(x)", "return -twice(x)"),
        },
        "method of a class": {
          ...esm,
          "lib/square.mjs": `${esm["lib/square.mjs"]}`.replace(
            "x * x }",
            "new S().m(x) } class S { m(x) { return x } }",
          ),
        },
        "captured array": { ...esm, "main.mjs": `${esm["main.mjs"]}`.replace("[1, 2]", "[1, 3]") },
      },
      "main.mjs",
    ),
  );
});

const cjs: Files = {
  "main.cjs": `
    const { sum } = require("./sum.cjs");
    const all = require("./all.cjs");
    exports.k = 1;
    exports.inner = (x) => x + 1;
    const here = __filename;
    exports.f = (x) => [sum(x), all.twice(x), exports.inner(x), exports.k, __dirname, __filename, module.id];
  `,
  "sum.cjs": "exports.sum = (x) => x + 1;",
  // As compilers write it.
  "all.cjs": `
    var __defProp = Object.defineProperty;
    __defProp(exports, "twice", { enumerable: true, get: () => twice });
    const twice = (x) => 2 * x;
  `,
};

test("modules of CommonJS are followed through require, exports and the getters of compilers", async () => {
  compare(
    await codes(
      {
        base: cjs,
        "same copy": cjs,
        helper: { ...cjs, "sum.cjs": "exports.sum = (x) => x + 2;" },
        "behind a getter": { ...cjs, "all.cjs": `${cjs["all.cjs"]}`.replace("2 * x", "3 * x") },
        "own export": { ...cjs, "main.cjs": `${cjs["main.cjs"]}`.replace("x + 1", "x + 2") },
        "own constant": { ...cjs, "main.cjs": `${cjs["main.cjs"]}`.replace("k = 1", "k = 2") },
      },
      "main.cjs",
    ),
  );
});

test("TypeScript is followed as a module and as CommonJS", async () => {
  const ts: Files = {
    "main.ts": `
      import { mean } from "./mean.ts";
      import * as path from "node:path";
      export const f = (x: number[]): string => path.join(String(mean(x)));
    `,
    "mean.ts": "export const mean = (x: number[]): number => x.length;",
  };
  const edited = { ...ts, "mean.ts": "export const mean = (x: number[]): number => x.length + 1;" };
  for (const type of ["module", "commonjs"]) {
    const manifest = { "package.json": JSON.stringify({ name: "app", type }) };
    compare(
      await codes(
        {
          base: { ...ts, ...manifest },
          "same copy": { ...ts, ...manifest },
          helper: { ...edited, ...manifest },
        },
        "main.ts",
      ),
    );
  }
});

/** A package that is installed, and a program that uses it. */
function installed(version: string, body: string, use: string): Files {
  return {
    "main.mjs": `import dep, { scale, mean, Model } from "dep"; import * as all from "dep"; ${use}`,
    "node_modules/dep/package.json": JSON.stringify({
      name: "dep",
      version,
      type: "module",
      exports: "./index.js",
    }),
    "node_modules/dep/index.js": `
      import { inner } from "./inner.js";
      export const mean = (x) => inner(x);
      export const median = (x) => inner(x);
      export const scale = (k) => (x) => x * k;
      export class Model { constructor(k) { this.k = k } run(x) { return inner(x) } }
      export default function () { return inner }
    `,
    "node_modules/dep/inner.js": `const state = new WeakMap(); export const inner = (x) => ${body};`,
  };
}

test("an installed package enters by name and version, and is not followed", async () => {
  const use = "const model = new Model(1); export const f = (x) => [mean(x), model, all, dep]";
  const found = await codes(
    {
      base: installed("1.0.0", "x", use),
      "same with another inside": installed("1.0.0", "x + 1", use),
      "another version": installed("1.0.1", "x", use),
      "another field": installed("1.0.0", "x", use.replace("Model(1)", "Model(2)")),
    },
    "main.mjs",
  );
  compare(found);
  const packages = found["base"]?.reached.filter(({ kind }) => kind === "package") ?? [];
  assert.equal([...new Set(packages.map(({ id }) => id))], ["dep@1.0.0"]);
  assert.ok(packages.some(({ name }) => name.endsWith("mean")));
  assert.not(found["base"]?.reached.some(({ kind }) => kind === "function"));
});

test("functions of one package differ, and so do closures that it makes", async () => {
  const of = (captured: string): Files =>
    installed("1.0.0", "x", `const g = ${captured}; export const f = (x) => g(x)`);
  const found = await codes(
    {
      base: of("mean"),
      "same through a namespace": of("all.mean"),
      "another function": of("all.median"),
      "a closure": of("scale(1)"),
      "another closure": of("scale(2)"),
    },
    "main.mjs",
  );
  compare(found);
  assert.is.not(found["a closure"]?.codeId, found["another closure"]?.codeId);
});

test("the id is the same in another process, and beside a debugger", async () => {
  const first = await codes({ a: esm }, "main.mjs");
  const second = await codes({ b: esm }, "main.mjs", ["--inspect=0"]);
  assert.is(first["a"]?.codeId, second["b"]?.codeId);
});

test.run();
