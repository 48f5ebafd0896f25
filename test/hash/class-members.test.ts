import vm from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { codeOf } from "../../lib/hash/code/code.ts";
import { hash } from "../../lib/hash/hash.ts";
import { isCacheError, Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

type Maker = (k: unknown) => { new (): object };

/** A maker of classes, whose body is written as text. */
function maker(body: string, then = ""): Maker {
  return vm.runInThisContext(`(k) => { class C { ${body} } ${then}; return C; }`) as Maker;
}

const named: Record<string, string> = {
  "a method": "[k]() { return 1; }",
  "a getter": "get [k]() { return 1; }",
  "a static method": "static [k]() { return 1; }",
  "a method beside others": "a1() {} [k]() { return 1; } static s() {}",
};
for (const [what, body] of Object.entries(named)) {
  test(`the computed name of ${what} counts`, () => {
    const make = maker(body);
    for (const [one, two] of [
      ["a", "b"],
      [Symbol.for("a"), Symbol.for("b")],
      [Symbol("a"), Symbol("b")],
      [Symbol.iterator, Symbol.hasInstance],
    ]) {
      const [A, B, again] = [make(one), make(two), make(one)];
      assert.is.not(hash(A), hash(B));
      assert.is(hash(A), hash(again));
      assert.is.not(codeOf(A, "deep").codeId, codeOf(B, "deep").codeId);
      if (!body.startsWith("static")) assert.is.not(hash(new A()), hash(new B()));
    }
  });
}

test("names that are the same whenever a class is made need no digest of their own", () => {
  const plain = hash(maker('["a"]() {} [Symbol.iterator]() {} get [1]() {}')(0));
  assert.is(plain, hash(maker('["a"]() {} [Symbol.iterator]() {} get [1]() {}')(1)));
});

test("methods with super and private names may have computed names", () => {
  assert.type(hash(maker("#x = 1; [k]() { return this.#x + super.toString(); }")("a")), "string");
});

const patches: Record<string, [body: string, patch: string]> = {
  "a method that is replaced by another of the class": [
    "a() { return 1; } b() { return 2; }",
    'Object.defineProperty(C.prototype, "a", { value: C.prototype.b })',
  ],
  "a getter that is replaced by another of the class": [
    "get a() { return 1; } get b() { return 2; }",
    'Object.defineProperty(C.prototype, "a", Object.getOwnPropertyDescriptor(C.prototype, "b"))',
  ],
  "a method that is deleted": ["a() { return 1; }", "delete C.prototype.a"],
  "a method that is put under another name": [
    "a() { return 1; }",
    'Object.defineProperty(C.prototype, "c", { value: C.prototype.a, enumerable: false })',
  ],
  "the setter of an accessor that is taken away": [
    "get a() { return 1; } set a(x) {}",
    'Object.defineProperty(C.prototype, "a", { set: undefined })',
  ],
  "a static method that is replaced by another of the class": [
    "static async x() { return 1; } static /* of */ y() { return 2; }",
    'Object.defineProperty(C, "x", { value: C.y })',
  ],
  "a static method that is deleted": ["static x() { return 1; }", "delete C.x"],
};
for (const [what, [body, patch]] of Object.entries(patches)) {
  test(`${what} counts`, () => {
    const [plain, patched] = [maker(body)(0), maker(body, patch)(0)];
    assert.is.not(hash(plain), hash(patched));
    assert.is.not(codeOf(plain, "deep").codeId, codeOf(patched, "deep").codeId);
    if (!body.startsWith("static")) assert.is.not(hash(new plain()), hash(new patched()));
    const user = (C: unknown): string =>
      codeOf(vm.runInThisContext("(C) => () => C")(C), "deep").codeId;
    assert.is.not(user(plain), user(patched));
  });
}

test("the computed name of a field, which no class shows, is never taken for another", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const make = (k: string) => {
      class C {
        [k] = 1;
      }
      return C;
    };
    const keysOf = (k: string) => {
      const C = make(k);
      return memory.cache(() => Object.keys(new C()), { name: "keysOf" });
    };
    assert.equal(keysOf("a")(), ["a"]);
    assert.throws(
      () => keysOf("b")(),
      (error: unknown) => isCacheError(error, "ERR_AMBIGUOUS_FUNCTION"),
    );
    const { leftOut } = codeOf(make("a"), "deep");
    assert.is(leftOut[0]?.name, "[k]");
    assert.throws(
      () => hash(make("a")),
      (error: unknown) => isCacheError(error, "ERR_UNHASHABLE"),
    );
    const literal = vm.runInThisContext('class D { ["a"] = 1; [Symbol.toStringTag] = "D" }; D');
    assert.type(hash(literal), "string");
    assert.type(hash(new (make("a"))()), "string");
  }));

test.run();
