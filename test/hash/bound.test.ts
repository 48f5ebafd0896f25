import vm from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { codeOf } from "../../lib/hash/code/code.ts";
import { hash } from "../../lib/hash/hash.ts";
import { isCacheError } from "../../lib/index.ts";

/** The helper that an expression makes, beside a function that calls it. */
function around(helper: string): { helper: unknown; codeId: string; complete: boolean } {
  const text = `(() => { const h = ${helper}; return { h, f: (x) => h(x) }; })()`;
  const { h, f } = vm.runInThisContext(text);
  return { helper: h, ...codeOf(f, "deep") };
}

const USES_THIS = "function (a, b) { return this.k + a + b; }";
const SUM = "((a, b) => a + b)";

const pairs: Record<string, [string, string]> = {
  "its code": [`${SUM}.bind(null, 1)`, "((a, b) => a - b).bind(null, 1)"],
  "its arguments": [`${SUM}.bind(null, 1)`, `${SUM}.bind(null, 2)`],
  "the number of its arguments": [`${SUM}.bind(null)`, `${SUM}.bind(null, undefined)`],
  "its receiver": [`(${USES_THIS}).bind({ k: 1 })`, `(${USES_THIS}).bind({ k: 2 })`],
  "that it is bound": [`${SUM}.bind(null)`, SUM],
  "its properties": [`${SUM}.bind(null)`, `Object.assign(${SUM}.bind(null), { a: 1 })`],
};
for (const [what, [one, two]] of Object.entries(pairs)) {
  test(`of a bound function counts ${what}, as a helper and as an argument`, () => {
    const [a, b, again] = [around(one), around(two), around(one)];
    assert.ok(a.complete && b.complete);
    assert.is.not(a.codeId, b.codeId);
    assert.is(a.codeId, again.codeId);
    assert.is.not(hash(a.helper), hash(b.helper));
    assert.is(hash([a.helper]), hash([again.helper]));
  });
}

test("a receiver that is not used needs no digest", () => {
  const arrow = `${SUM}.bind(new WeakMap())`;
  assert.is(hash(around(arrow).helper), hash(around(`${SUM}.bind(null)`).helper));
  assert.throws(
    () => hash(around(`(${USES_THIS}).bind(new WeakMap())`).helper),
    (error: unknown) => isCacheError(error, "ERR_UNHASHABLE") && /value\.this/.test(error.message),
  );
});

test("a function that is bound to itself is hashed, and that ends", () => {
  const { helper, codeId } = around(
    "(() => { const o = {}; o.f = function () { return this; }.bind(o); return o.f; })()",
  );
  assert.type(hash(helper), "string");
  assert.type(codeId, "string");
});

test("bound native code is refused as an argument", () => {
  assert.throws(
    () => hash(process.cwd.bind(null)),
    (error: unknown) => isCacheError(error, "ERR_UNHASHABLE"),
  );
});

test.run();
