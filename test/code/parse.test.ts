import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseFunction } from "../../lib/code/syntax/parse.ts";

test("the parser is loaded when the first function is parsed, not before", () => {
  const lib = new URL("../../lib/code/syntax/", import.meta.url);
  const script = `
    const { createRequire } = await import("node:module");
    const parserIsLoaded = () =>
      Object.keys(createRequire("/").cache).some((file) => /[\\\\/]acorn[\\\\/]/.test(file));
    const { functionCode } = await import("${new URL("source.ts", lib)}");
    for (const file of ["private.ts", "scope.ts", "../origin/live.ts", "../origin/identity.ts"]) {
      await import(new URL(file, "${lib}"));
    }
    const before = parserIsLoaded();
    functionCode(() => 1);
    console.log(before, parserIsLoaded());
  `;
  const tsx = import.meta.resolve("tsx");
  const args = ["--import", tsx, "--input-type=module", "-e", script];
  assert.is(execFileSync(process.execPath, args, { encoding: "utf8" }), "false true\n");
});

test("a text is parsed once for all functions that have it", () => {
  const make = new Function("a", "return (x) => x + a") as (a: number) => () => unknown;
  assert.is(parseFunction(make(1)), parseFunction(make(2)));
});

test("a tree tells a method from the function that it is, and its computed name", () => {
  const { m, n } = new Function("return { ['m']() {}, n() {} }")() as Record<string, () => unknown>;
  const parsed = parseFunction(m as () => unknown);
  assert.is(parsed?.tree.type, "Property");
  assert.is(parsed?.code.type, "FunctionExpression");
  assert.is(parsed?.computedKey?.type, "Literal");
  assert.is(parseFunction(n as () => unknown)?.computedKey, undefined);
});

test.run();
