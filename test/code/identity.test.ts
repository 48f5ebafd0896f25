import { type ExecFileSyncOptions, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { callerModule, functionName } from "../../lib/code/origin/identity.ts";

const lib = new URL("../../lib/code/origin/identity.ts", import.meta.url).href;
const tsx = import.meta.resolve("tsx");

/** Runs the body with a temporary folder that holds these files. */
function withFiles<T>(files: Record<string, string>, body: (folder: string) => T): T {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ndmemo-identity-")));
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The output of a Node process that can load the library's TypeScript. */
function node(args: readonly string[], options: ExecFileSyncOptions = {}): string {
  const output = execFileSync(process.execPath, ["--import", tsx, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    ...options,
  });
  return output.toString().trim();
}

/** What `callerModule` says in each of the files, as seen from one process. */
function modules(files: Record<string, string>, urls: Record<string, string>): object {
  const main = `
    globalThis.callerModule = (await import("${lib}")).callerModule;
    const found = {};
    for (const [name, url] of ${JSON.stringify(Object.entries(urls))}) {
      found[name] = await (await import(new URL(url, import.meta.url))).default;
    }
    console.log(JSON.stringify(found));
  `;
  return withFiles({ ...files, "main.mjs": main }, (folder) =>
    JSON.parse(node([join(folder, "main.mjs")])),
  );
}

const esm = "export default callerModule();";
const cjs = "module.exports = callerModule();";
const named = '{ "name": "calc" }';

test("the module is the calling file, relative to its package", () => {
  const files = {
    "calc/package.json": named,
    "calc/index.mjs": esm,
    "calc/src/deep/gram.mjs": esm,
    "calc/src/old.cjs": cjs,
    "calc/src/a b/größe 100%#1.mjs": esm,
    "calc/src/a b/größe 100%#2.cjs": cjs,
    "calc/dist/package.json": '{ "type": "commonjs" }',
    "calc/dist/gram.js": cjs,
    "calc/broken/package.json": "{",
    "calc/broken/gram.mjs": esm,
    "calc/nameless/package.json": '{ "name": "" }',
    "calc/nameless/gram.mjs": esm,
    "calc/node_modules/dep/package.json": '{ "name": "dep" }',
    "calc/node_modules/dep/lib/gram.mjs": esm,
    "copy/package.json": named,
    "copy/src/deep/gram.mjs": esm,
    "unnamed/package.json": '{ "type": "module" }',
    "unnamed/src/package.json": '{ "type": "module" }',
    "unnamed/src/lib/gram.js": esm,
  };
  const odd = "./calc/src/a%20b/gr%C3%B6%C3%9Fe%20100%25%23";
  const found = modules(files, {
    "at the root": "./calc/index.mjs",
    deep: "./calc/src/deep/gram.mjs",
    "another checkout": "./copy/src/deep/gram.mjs",
    "with a query": "./calc/src/deep/gram.mjs?x=1#y",
    CommonJS: "./calc/src/old.cjs",
    "odd path": `${odd}1.mjs`,
    "odd path, CommonJS": `${odd}2.cjs`,
    "under a package.json with a type alone": "./calc/dist/gram.js",
    "under a broken package.json": "./calc/broken/gram.mjs",
    "under a nameless package.json": "./calc/nameless/gram.mjs",
    "in a dependency": "./calc/node_modules/dep/lib/gram.mjs",
    "with nameless packages only": "./unnamed/src/lib/gram.js",
  });
  assert.equal(found, {
    "at the root": "index.mjs",
    deep: "src/deep/gram.mjs",
    "another checkout": "src/deep/gram.mjs",
    "with a query": "src/deep/gram.mjs",
    CommonJS: "src/old.cjs",
    "odd path": "src/a b/größe 100%#1.mjs",
    "odd path, CommonJS": "src/a b/größe 100%#2.cjs",
    "under a package.json with a type alone": "dist/gram.js",
    "under a broken package.json": "broken/gram.mjs",
    "under a nameless package.json": "nameless/gram.mjs",
    "in a dependency": "lib/gram.mjs",
    "with nameless packages only": "lib/gram.js",
  });
});

test("a file outside any package is known by its name", () => {
  const files = { "some/where/gram.mjs": esm };
  assert.equal(modules(files, { gram: "./some/where/gram.mjs" }), { gram: "gram.mjs" });
});

test("the calling file is found through eval, callbacks, promises and compiler helpers", () => {
  const files = {
    "calc/package.json": named,
    "calc/eval.mjs": 'export default eval("eval(`callerModule()`)");',
    "calc/function.mjs": 'export const make = () => new Function("return callerModule()");',
    "calc/user.mjs":
      'import { make } from "./function.mjs"; const made = make(); export default made();',
    "calc/map.mjs": "export default [1].map(() => callerModule())[0];",
    "calc/direct.mjs": "export default [1].map(callerModule)[0];",
    "calc/async.mjs":
      "const f = async () => { await null; return callerModule(); }; export default f();",
    "calc/decorated.mjs":
      'import { decorate } from "./node_modules/tslib/tslib.es6.mjs"; export default decorate(callerModule);',
    "calc/node_modules/tslib/package.json": '{ "name": "tslib" }',
    "calc/node_modules/tslib/tslib.es6.mjs":
      "export const decorate = (f, depth = 40) => (depth ? decorate(f, depth - 1) : f());",
  };
  const urls = {
    eval: "./calc/eval.mjs",
    function: "./calc/user.mjs",
    map: "./calc/map.mjs",
    direct: "./calc/direct.mjs",
    async: "./calc/async.mjs",
    decorated: "./calc/decorated.mjs",
  };
  assert.equal(modules(files, urls), {
    eval: "eval.mjs",
    function: "function.mjs",
    map: "map.mjs",
    direct: "direct.mjs",
    async: "async.mjs",
    decorated: "decorated.mjs",
  });
});

test("code without a file has a name in angle brackets", () => {
  const load = `import("${lib}").then(({ callerModule }) => console.log(callerModule()))`;
  assert.is(node(["-e", load]), "<eval>");
  assert.is(node(["--input-type=module", "-e", load]), "<eval>");
  assert.is(node(["-"], { input: load }), "<stdin>");
  const url = `data:text/javascript,${encodeURIComponent(load)}`;
  assert.is(node(["--input-type=module", "-e", `await import(${JSON.stringify(url)})`]), "<data>");
  const repl = `
    const { callerModule } = await import("${lib}");
    const { start } = await import("node:repl");
    const { Readable } = await import("node:stream");
    const options = { prompt: "", input: Readable.from(["callerModule()\\n"]), output: process.stdout };
    start(options).context.callerModule = callerModule;
  `;
  assert.match(node(["--input-type=module", "-e", repl]), /^'<repl>'/);
});

test("the calling file is found with source maps on", () => {
  withFiles({ "calc/package.json": named, "calc/gram.mjs": "" }, (folder) => {
    const file = join(folder, "calc/gram.mjs");
    writeFileSync(
      file,
      `const { callerModule } = await import("${lib}");\nconsole.log(callerModule());`,
    );
    assert.is(node(["--enable-source-maps", file]), "gram.mjs");
    assert.is(node([file]), "gram.mjs");
  });
});

test("scripts in a vm context are known by the file name they were given", () => {
  withFiles({ "calc/package.json": named }, (folder) => {
    const context = createContext({ callerModule });
    const run = (filename?: string): unknown => runInContext("callerModule()", context, filename);
    assert.is(run(join(folder, "calc/src/gram.js")), "src/gram.js");
    assert.is(run("webpack-internal:///./src/gram.js"), "webpack-internal:///./src/gram.js");
    assert.is(run(), "<eval>");
    assert.is(run("[worker eval]"), "<eval>");
    assert.is(run(join(folder, "calc/src/gram.cjs?namespace=7")), "src/gram.cjs");
  });
});

test("a test of ndmemo itself is no part of ndmemo", () => {
  assert.is(callerModule(), `test/code/${basename(import.meta.filename)}`);
});

test("frames of WebAssembly are passed over", () => {
  // (import "m" "f" (func (result externref))) (func (export "g") (result externref) (call 0))
  const code =
    "0061736d010000000105016000016f020701016d0166000003020100070501016700010a0601040010000b";
  const { Module, Instance } = Reflect.get(globalThis, "WebAssembly") as unknown as {
    Module: new (code: Uint8Array) => object;
    Instance: new (module: object, imports: object) => { exports: { g: () => unknown } };
  };
  const module = new Module(Buffer.from(code, "hex"));
  const { g } = new Instance(module, { m: { f: callerModule } }).exports;
  assert.is(g(), "test/code/identity.test.ts");
});

test("asking for the caller leaves the error settings as they were", () => {
  const before = Object.getOwnPropertyDescriptors(Error);
  const prepare = (): string => "prepared";
  try {
    Error.prepareStackTrace = prepare;
    Error.stackTraceLimit = 0;
    assert.is(callerModule(), "test/code/identity.test.ts");
    assert.is(Error.prepareStackTrace, prepare);
    assert.is(Error.stackTraceLimit, 0);
    Reflect.deleteProperty(Error, "prepareStackTrace");
    callerModule();
    assert.not("prepareStackTrace" in Error);
  } finally {
    Object.defineProperties(Error, before);
  }
});

test("where errors are frozen the caller is unknown, and nothing is thrown", () => {
  const script = `
    const { callerModule } = await import("${lib}");
    Object.freeze(Error);
    console.log(callerModule());
  `;
  assert.is(node(["--input-type=module", "-e", script]), "<unknown>");
});

test("a function has its own name, or the one that is given", () => {
  const odd = { "größe/100%#1": (): number => 1 }["größe/100%#1"] as () => number;
  const renamed = Object.defineProperty((): number => 1, "name", { value: "gram" });
  assert.is(functionName(odd), "größe/100%#1");
  assert.is(functionName(renamed), "gram");
  assert.is(functionName(odd, "a/b"), "a/b");
  assert.is(functionName(class Gram {}), "Gram");
  const { [Symbol.iterator]: symbolic } = { [Symbol.iterator]() {} };
  assert.is(functionName(symbolic as () => void), "[Symbol.iterator]");
});

test("a function without a name of its own is refused, with a way out", () => {
  const unnamed = [
    (
      () => (): number =>
        1
    )(),
    Object.defineProperty((): number => 1, "name", { value: 1 }),
    Object.defineProperty((): number => 1, "name", { get: () => assert.unreachable("getter ran") }),
    new Function("return class { static name() {} }")() as () => void,
    new Function("return class { static name = '' }")() as () => void,
  ];
  for (const fn of unnamed) {
    assert.throws(
      () => functionName(fn),
      (error: unknown) => error instanceof TypeError && /pass a `name`/.test(error.message),
    );
  }
  assert.is(functionName(unnamed[0] as () => void, "given"), "given");
});

test("a given name that is no text is refused", () => {
  for (const name of ["", 1, null]) {
    assert.throws(
      () => functionName(() => 1, name as string),
      /Expected a non-empty string for name/,
    );
  }
});

test.run();
