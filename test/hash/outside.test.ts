/**
 * What a function reaches without a variable of a scope around it.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { type Code, codeOf } from "../../lib/hash/code/code.ts";

function closure(code: string, values: Record<string, unknown> = {}): AnyFunction {
  return new Function(...Object.keys(values), `return (${code}\n)`)(...Object.values(values));
}

const deep = (code: string): Code => codeOf(closure(code), "deep");

test("globals that the user made count by value, those of Node and the language do not", () => {
  const name = "ndmemoTestGlobal";
  const codes = [`() => ${name}`, `() => globalThis.${name}`, `() => global["${name}"](1)`];
  try {
    const ids = (value: unknown): string[] => {
      Reflect.set(globalThis, name, value);
      return codes.map((code) => deep(code).codeId);
    };
    const [one, two, again] = [
      ids(closure("() => 1")),
      ids(closure("() => 2")),
      ids(closure("() => 1")),
    ];
    assert.equal(one, again);
    for (const i of codes.keys()) assert.is.not(one[i], two[i], codes[i]);
    assert.equal(
      deep(codes[1] as string).reached.map((found) => found.name),
      [`globalThis.${name}`],
    );
  } finally {
    Reflect.deleteProperty(globalThis, name);
  }
  const code = deep(
    "() => [Math.PI, fetch, setTimeout, performance.now(), process.pid, globalThis.crypto]",
  );
  assert.equal([code.reached, code.leftOut, code.complete], [[], [], true]);
});

test("modules that a function loads when it runs are listed", () => {
  const { leftOut, complete } = deep(
    'async (x) => [await import("./h.mjs"), await import("node:fs"), await import(x)]',
  );
  assert.equal(
    leftOut.map(({ name }) => name),
    ['import("./h.mjs")', "import(…)"],
  );
  assert.match(leftOut[0]?.why ?? "", /loaded when the function runs/);
  assert.ok(complete);
  const helper = closure('() => import("./h.mjs")');
  assert.equal(
    codeOf(closure("() => helper()", { helper }), "deep").leftOut.map(({ name }) => name),
    ['helper.import("./h.mjs")'],
  );
});

test("by its own source, a closure over a variable with the name of a global is not complete", () => {
  const own = (code: string, values: Record<string, unknown>): Code =>
    codeOf(closure(code, values), "own");
  for (const name of ["performance", "crypto", "name", "Math"]) {
    const code = own(`() => ${name}.x`, { [name]: { x: 1 } });
    assert.equal([code.complete, code.leftOut.map((one) => one.name)], [false, [name]]);
  }
  assert.ok(own("() => [performance, crypto, Math, process]", { other: 1 }).complete);
});

test.run();
