import { type ExecFileSyncOptions, execFileSync } from "node:child_process";
import { url } from "node:inspector";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createContext, runInContext, runInThisContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Found, Inspection, valueIn } from "../../lib/code/inspector/captured.ts";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";

const lib = new URL("../../lib/code/inspector/captured.ts", import.meta.url).href;
const tsx = import.meta.resolve("tsx");

const constant = new Float64Array([1, 2, 3]);
const read = (): unknown => [constant, test, assert];

/** What a variable around a function holds. */
function look(fn: AnyFunction, name: string): Found {
  const inspection = new Inspection();
  try {
    const around = inspection.surroundings(fn);
    assert.ok(around, "the inspector answers");
    return around && valueIn(around.scopes, name);
  } finally {
    inspection.close();
  }
}

const value = (fn: AnyFunction, name: string): unknown => {
  const found = look(fn, name);
  assert.type(found, "object", `${name} is found`);
  return (found as { value: unknown }).value;
};

test("the variables of a module are the live ones, imports included", () => {
  assert.is(value(read, "constant"), constant);
  assert.is(value(read, "test"), test);
  assert.is(value(read, "assert"), assert);
});

test("each closure of a factory has its own values, the innermost scope first", () => {
  // As text, since compilers rename what hides something else.
  const make = new Function(
    "k",
    "const outer = k; { const k = [outer]; return () => [k, outer]; }",
  );
  const [a, b] = [{}, {}];
  assert.is(value(make(a), "outer"), a);
  assert.is(value(make(b), "outer"), b);
  assert.equal(value(make(a), "k"), [{}]);
});

test("an arrow's arguments are those of the function around it", () => {
  function make(..._: unknown[]): AnyFunction {
    // biome-ignore lint/complexity/noArguments: what is tested
    return () => arguments;
  }
  assert.equal([...(value(make(1, "a"), "arguments") as unknown[])], [1, "a"]);
});

test("globals, unknown names and names within are not found", () => {
  const fn = (x: number): number => {
    const inner = x;
    return Math.abs(inner);
  };
  for (const name of ["Math", "nowhere", "inner", "toString", "__proto__"]) {
    assert.is(look(fn, name), undefined, name);
  }
});

test("a captured variable with the name of a global is found", () => {
  const mine = {};
  assert.is(value(new Function("Math", "return () => Math")(mine), "Math"), mine);
});

test("a variable that is not initialised is not read", () => {
  const fn = (): unknown => later;
  const found = look(fn, "later");
  // Older engines show it as undefined.
  assert.ok(found === "uninitialised" || found?.valueOf, "it is found");
  if (typeof found === "object") assert.is(found.value, undefined);
  const later = 1;
  assert.is(value(fn, "later"), later);
});

test("code of scripts, of new Function and of another realm has scopes too", () => {
  const evaluated = runInThisContext("(() => { const k = { a: 1 }; return () => k })()");
  assert.equal(value(evaluated, "k"), { a: 1 });
  assert.is(look(new Function("return k"), "k"), undefined);
  const other = runInContext("const k = 5; (() => k)", createContext());
  assert.is(value(other, "k"), 5);
});

test("a function inside a with block is not read, since names may be behind getters", () => {
  let ran = 0;
  const scope = {
    get k() {
      return ++ran;
    },
  };
  const make = new Function("scope", "with (scope) { return () => k }");
  const inspection = new Inspection();
  assert.is(inspection.surroundings(make(scope)), undefined);
  assert.not(inspection.failed);
  inspection.close();
  assert.is(ran, 0);
});

test("native code has no scopes", () => {
  const inspection = new Inspection();
  assert.is(inspection.surroundings(Math.max), undefined);
  assert.is(inspection.surroundings(read.bind(null)), undefined);
  assert.not(inspection.failed);
  inspection.close();
});

test("no getter of a function runs", () => {
  let ran = 0;
  const watched = Object.defineProperty(() => ran, "watched", { get: () => ++ran });
  look(watched, "ran");
  assert.is(ran, 0);
});

test("a script is known by its URL", () => {
  const inspection = new Inspection();
  const script = (fn: AnyFunction): string | undefined => inspection.script(fn);
  assert.is(script(read), import.meta.url);
  assert.is(script(test), import.meta.resolve("uvu"));
  assert.is(script(createRequire(import.meta.url)), "node:internal/modules/helpers");
  assert.is(script(new Function("return 1")), "");
  inspection.close();
});

test("nothing stays behind: no port, no global, no property", () => {
  const inspector = process.getBuiltinModule("node:inspector");
  const before = [Reflect.ownKeys(globalThis), Reflect.ownKeys(inspector)];
  value(read, "constant");
  assert.equal([Reflect.ownKeys(globalThis), Reflect.ownKeys(inspector)], before);
  assert.is(url(), undefined);
});

test("a session is opened by the first question, and closed once, whatever goes wrong", () => {
  const { Session } = process.getBuiltinModule("node:inspector");
  const { connect, disconnect, post } = Session.prototype;
  const calls: string[] = [];
  Session.prototype.connect = function () {
    calls.push("connect");
    connect.call(this);
  };
  Session.prototype.disconnect = function () {
    calls.push("disconnect");
    disconnect.call(this);
  };
  try {
    new Inspection().close();
    assert.equal(calls, []);
    value(read, "constant");
    const inspection = new Inspection();
    Session.prototype.post = () => {};
    assert.is(inspection.surroundings(read), undefined);
    assert.ok(inspection.failed);
    inspection.close();
    inspection.close();
    assert.equal(calls, ["connect", "disconnect", "connect", "disconnect"]);
  } finally {
    Object.assign(Session.prototype, { connect, disconnect, post });
  }
});

const program = `
  const make = (k) => () => k;
  function ask(k) {
    const inspection = new Inspection();
    const around = inspection.surroundings(make(k));
    const found = around && valueIn(around.scopes, "k");
    inspection.close();
    console.log(found?.value === k, inspection.failed);
    return new WeakRef(k);
  }
  const asked = ask({});
`;
const esm = `import { Inspection, valueIn } from "${lib}"; ${program}`;

/** What the program prints in a Node process that can load the library's TypeScript. */
function run(code: string, ...args: readonly string[]): string {
  const options: ExecFileSyncOptions = { stdio: ["pipe", "pipe", "ignore"] };
  return execFileSync(
    process.execPath,
    ["--import", tsx, ...args, "--input-type=module", "-e", code],
    options,
  )
    .toString()
    .trim();
}

test("a session that is closed keeps neither the values nor the process alive", () => {
  const code = `${esm}
    await new Promise((done) => setTimeout(done));
    globalThis.gc();
    console.log(asked.deref());
  `;
  assert.is(run(code, "--expose-gc"), "true false\nundefined");
});

test("values are read beside a debugger that is attached", () => {
  assert.is(run(esm, "--inspect=0"), "true false");
});

test("a worker asks its own inspector", () => {
  // Loaders of modules do not reach the workers of older versions of Node; those of CommonJS do.
  const { resolve } = createRequire(import.meta.url);
  const worker = `
    require(${JSON.stringify(resolve("tsx/cjs"))});
    const { Inspection, valueIn } = require(${JSON.stringify(fileURLToPath(lib))});
    ${program}
  `;
  const code = `
    import { Worker } from "node:worker_threads";
    new Worker(${JSON.stringify(worker)}, { eval: true, execArgv: [] });
  `;
  assert.is(run(code), "true false");
});

test("without an inspector nothing is known", () => {
  const code = `
    process.getBuiltinModule = () => { throw new Error("There is none") };
    ${esm}
  `;
  assert.is(run(code), "false true");
});

test.run();
