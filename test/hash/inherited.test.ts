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

/** A function that makes an instance of a class. */
const user = (M: AnyFunction): AnyFunction => closure("() => new M().m()", { M });

/** The code of a function that makes an instance of a class. */
const uses = (M: AnyFunction): Code => codeOf(user(M), "deep");

const deepId = (fn: AnyFunction): string => codeOf(fn, "deep").codeId;

/**
 * Makes something from "1", from "1" again and from "2", before any of it is asked about: the engine
 * lists the names of all scripts each time it is asked about a function of one that is new.
 */
const three = <T>(make: (body: string) => T): readonly [one: T, same: T, two: T] => [
  make("1"),
  make("1"),
  make("2"),
];

/** Asserts that what is made from "1" has the same digest each time, and another one from "2". */
function counts<T>(digest: (made: T) => string, [one, same, two]: readonly [T, T, T]): void {
  assert.is(digest(one), digest(same));
  assert.is.not(digest(one), digest(two));
}

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
    const child = (body: string): AnyFunction => {
      const M = closure("function M() {}");
      inherit(M, make(body));
      return M;
    };
    const users = three((body) => user(child(body)));
    const children = three(child);
    const captors = three((body) =>
      closure("() => it.m()", { it: Reflect.construct(child(body), []) }),
    );
    test(`methods of ${parent} count that a function inherits by ${way}`, () => {
      counts(deepId, users);
      counts(hash, children);
      counts(deepId, captors);
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
  const made = plain.map((code) => {
    const [B, same, changed] = [closure(code, { A }), closure(code, { A }), closure(code, { A })];
    Object.setPrototypeOf(changed.prototype, { added: closure("() => 1") });
    return { code, B, same, changed };
  });
  for (const { code, B, same, changed } of made) {
    assert.is(hash(B), hash(same), code);
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
  const patched = (body: string): AnyFunction => {
    const A = closure(patchable);
    patch(A, body);
    return A;
  };
  const users = three((body) => user(patched(body)));
  const unpatched = user(closure(patchable));
  const [Class, , other] = three(patched);
  const isStatic = what.startsWith("a static");
  const instances = isStatic ? undefined : three((body) => Reflect.construct(patched(body), []));
  test(`${what} that was put into a class counts`, () => {
    counts(deepId, users);
    assert.is.not(deepId(users[0]), deepId(unpatched));
    assert.is.not(hash(Class), hash(other));
    if (instances) counts(hash, instances);
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
