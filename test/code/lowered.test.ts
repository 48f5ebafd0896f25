/**
 * Functions as compilers make them for older versions of the language.
 *
 * @module
 */

import { createRequire } from "node:module";
import { transformSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { usesThis, writtenVariables } from "../../lib/code/syntax/scope.ts";

const source = `
  class A {
    async plain(x) { return x + 1 }
    async receiver(x) { return x + this.k }
    async arrow(x) { return [x].map(() => this.k) }
    async inner(x) { return function () { return this } }
  }
  const arrow = async (x) => x + offset;
`;

const ts = createRequire(import.meta.url)("typescript") as typeof import("typescript");
const compilerOptions = { target: ts.ScriptTarget.ES2016, module: ts.ModuleKind.ESNext };

const compiled: Readonly<Record<string, string>> = {
  esbuild: transformSync(source, { target: "es2016" }).code,
  tsc: ts.transpileModule(source, { compilerOptions }).outputText,
};

for (const [compiler, code] of Object.entries(compiled)) {
  test(`an asynchronous function uses its receiver only if the original does, as ${compiler} makes it`, () => {
    assert.match(code, /__a(sync|waiter)\(this/);
    const [A, arrow] = new Function(`${code}; return [A, arrow]`)() as [AnyFunction, AnyFunction];
    const used = Object.getOwnPropertyNames(A.prototype).filter(
      (name) => name !== "constructor" && usesThis(A.prototype[name]),
    );
    assert.equal(used, ["receiver", "arrow"]);
    assert.not(usesThis(arrow));
    assert.ok(writtenVariables(arrow)?.includes("offset"));
  });
}

test("a call of another function with the receiver uses it", () => {
  const made = (text: string): AnyFunction => new Function(`return (${text})`)();
  assert.ok(usesThis(made("function f() { return other(this, null, function* () {}) }")));
  assert.ok(usesThis(made("function f() { return __async(this, null, step) }")));
  assert.ok(usesThis(made("function f() { return __async(this) }")));
  assert.not(
    usesThis(
      made("function f() { return tslib_1.__awaiter(this, void 0, void 0, function* () {}) }"),
    ),
  );
});

test.run();
