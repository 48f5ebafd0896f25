/**
 * Classes in the old style, and classes that were changed after they were made.
 *
 * @module
 */

import { inherits } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { type Code, codeOf } from "../../lib/hash/code/code.ts";
import { hash } from "../../lib/hash/hash.ts";

function closure(code: string, values: Record<string, unknown> = {}): AnyFunction {
  return new Function(...Object.keys(values), `return (${code}\n)`)(...Object.values(values));
}

/** The code of a function that makes an instance of a class. */
const uses = (M: AnyFunction): Code => codeOf(closure("() => new M().m()", { M }), "deep");

const parents: Readonly<Record<string, (body: string) => AnyFunction>> = {
  "a class": (body) => closure(`class A { m() { return ${body} } }`),
  "a function": (body) => {
    const A = closure("function A() {}");
    A.prototype.m = closure(`function () { return ${body} }`);
    return A;
  },
  "a function whose methods cannot be listed": (body) => {
    const A = closure("function A() {}");
    Object.defineProperty(A.prototype, "m", { value: closure(`function m() { return ${body} }`) });
    return A;
  },
};

const ways: Readonly<Record<string, (M: AnyFunction, A: AnyFunction) => void>> = {
  "util.inherits": (M, A) => inherits(M as never, A as never),
  "Object.create": (M, A) => {
    M.prototype = Object.create(A.prototype);
  },
  "Object.create with a constructor": (M, A) => {
    M.prototype = Object.create(A.prototype, { constructor: { value: M } });
  },
  "objects between": (M, A) => {
    M.prototype = Object.create(Object.create(A.prototype));
  },
  "new A()": (M, A) => {
    M.prototype = Reflect.construct(A, []);
  },
};

for (const [parent, make] of Object.entries(parents)) {
  for (const [way, inherit] of Object.entries(ways)) {
    test(`methods of ${parent} count that a function inherits by ${way}`, () => {
      const child = (body: string): AnyFunction => {
        const M = closure("function M() {}");
        inherit(M, make(body));
        return M;
      };
      assert.is(uses(child("1")).codeId, uses(child("1")).codeId);
      assert.is.not(uses(child("1")).codeId, uses(child("2")).codeId);
      assert.is(hash(child("1")), hash(child("1")));
      assert.is.not(hash(child("1")), hash(child("2")));
      const captured = (body: string): string =>
        codeOf(closure("() => it.m()", { it: Reflect.construct(child(body), []) }), "deep").codeId;
      assert.is(captured("1"), captured("1"));
      assert.is.not(captured("1"), captured("2"));
    });
  }
}

test("an inherited class is named with its place", () => {
  const M = closure("function M() {}");
  inherits(M as never, parents["a class"]?.("1") as never);
  assert.equal(
    uses(M).reached.map(({ kind, name }) => `${kind} ${name}`),
    ["function M", "class M extends A"],
  );
});

test("a class keeps its digest when it only extends, in all the ways of the language", () => {
  const A = closure("class A { m() { return 1 } }");
  const plain = [
    "class B extends A {}",
    "class B extends Map {}",
    "class B extends null {}",
    "class B {}",
  ];
  for (const code of plain) {
    const B = closure(code, { A });
    const changed = closure(code, { A });
    Object.setPrototypeOf(changed.prototype, { added: closure("() => 1") });
    assert.is(hash(B), hash(closure(code, { A })), code);
    assert.is.not(hash(B), hash(changed), code);
  }
  assert.is(hash(closure("function* g() {}")), hash(closure("function* g() {}")));
});

const patches: Readonly<Record<string, (A: AnyFunction, body: string) => void>> = {
  "a method": (A, body) => {
    A.prototype.m = closure(`() => ${body}`);
  },
  "a static method": (A, body) => Reflect.set(A, "s", closure(`() => ${body}`)),
  "a getter": (A, body) => {
    Object.defineProperty(A.prototype, "g", { get: closure(`() => ${body}`) as () => unknown });
  },
  "a property that cannot be listed": (A, body) => {
    Object.defineProperty(A.prototype, "k", { value: Number(body) });
  },
  "a static property that cannot be listed": (A, body) => {
    Object.defineProperty(A, "k", { value: Number(body) });
  },
};

const patchable = "class A { m() { return 0 } get g() { return 0 } static s() { return 0 } }";

for (const [what, patch] of Object.entries(patches)) {
  test(`${what} that was put into a class counts`, () => {
    const patched = (body: string): AnyFunction => {
      const A = closure(patchable);
      patch(A, body);
      return A;
    };
    assert.is(uses(patched("1")).codeId, uses(patched("1")).codeId);
    assert.is.not(uses(patched("1")).codeId, uses(patched("2")).codeId);
    assert.is.not(uses(patched("1")).codeId, uses(closure(patchable)).codeId);
    assert.is.not(hash(patched("1")), hash(patched("2")));
    if (what.startsWith("a static")) return;
    const instance = (body: string): object => Reflect.construct(patched(body), []);
    assert.is(hash(instance("1")), hash(instance("1")));
    assert.is.not(hash(instance("1")), hash(instance("2")));
  });
}

test("static fields count that have the name of what every function has", () => {
  const of = (name: string): AnyFunction => {
    const A = closure('class A { static name = "a" }');
    Reflect.set(A, "name", name);
    return A;
  };
  assert.is(hash(of("a")), hash(of("a")));
  assert.is.not(hash(of("a")), hash(of("b")));
});

test("properties of a helper count that cannot be listed", () => {
  const of = (k: number): string => {
    const h = Object.defineProperty(closure("() => 1"), "k", { value: k });
    return codeOf(closure("() => h.k", { h }), "deep").codeId;
  };
  assert.is(of(1), of(1));
  assert.is.not(of(1), of(2));
});

test.run();
