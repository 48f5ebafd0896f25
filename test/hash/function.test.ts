import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash } from "../../lib/hash/hash.ts";

const make = (code: string): object => new Function(`return ${code}`)();

test("functions are equal when their code is, whatever comments and layout they have", () => {
  assert.is(hash(make("(x) => x + 1")), hash(make("( x )=>   x /* one */ + 1")));
  assert.is.not(hash(make("(x) => x + 1")), hash(make("(x) => x + 2")));
  assert.is.not(hash(make("(x) => x")), hash("(x) => x"));
});

test("a function inside a value counts by its code", () => {
  assert.is(hash({ f: make("() => 1") }), hash({ f: make("() =>  1") }));
  assert.is.not(hash({ f: make("() => 1") }), hash({ f: make("() => 2") }));
});

test("a memorized function is hashed as the original", () => {
  const original = make("(x) => x + 1");
  const wrapper = Object.assign(() => 0, { [Symbol.for("ndmemo.func")]: original });
  assert.is(hash(wrapper), hash(original));
  assert.is(hash([wrapper]), hash([original]));
});

test("functions of the language have the digest of their name, aliases the same", () => {
  assert.is(hash(Number.parseInt), hash(parseInt));
  assert.is(hash(Array.prototype[Symbol.iterator]), hash(Array.prototype.values));
  const size = Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get;
  const digests = [Math.max, Math.min, Map, Set, size, Array.prototype.map, Object, String].map(
    (fn) => hash(fn),
  );
  assert.is(new Set(digests).size, digests.length);
});

test("a class counts with the code of the classes it extends", () => {
  const over = (base: string): object => make(`(class A extends (${base}) {})`);
  assert.is(hash(over("class B { x() { return 1 } }")), hash(over("class B { x() { return 1 } }")));
  const first = make("((B) => class A extends B {})(class B { x() { return 1 } })");
  const second = make("((B) => class A extends B {})(class B { x() { return 2 } })");
  assert.is.not(hash(first), hash(second));
  assert.is.not(
    hash(Reflect.construct(first as never, [])),
    hash(Reflect.construct(second as never, [])),
  );
});

test("static fields of a class and properties of a function count", () => {
  const Class = make("class A { static scale = 1 }") as { scale: number };
  const before = hash(Class);
  Class.scale = 2;
  assert.is.not(hash(Class), before);
});

test("methods that are added to a prototype count, for the class and its instances", () => {
  const withMethod = (body: string): { new (): object } => {
    const Old = make("function Old() {}") as { new (): object };
    Object.assign(Old.prototype, { method: make(body) });
    return Old;
  };
  const [a, b, c] = [withMethod("() => 1"), withMethod("() => 1"), withMethod("() => 2")];
  assert.is(hash(a), hash(b));
  assert.is.not(hash(a), hash(c));
  assert.is(hash(new a()), hash(new b()));
  assert.is.not(hash(new a()), hash(new c()));
});

test("accessors that are added to a prototype count by their code, and are not called", () => {
  const withGetter = (code: string): object => {
    const Old = make("function Old() {}") as { new (): object };
    const get = make(code) as () => unknown;
    Object.defineProperty(Old.prototype, "size", { get, enumerable: true });
    return new Old();
  };
  assert.is(hash(withGetter("() => { throw 1 }")), hash(withGetter("() => { throw 1 }")));
  assert.is.not(hash(withGetter("() => { throw 1 }")), hash(withGetter("() => { throw 2 }")));
});

test("instances count by the name and code of their class", () => {
  const instance = (code: string): object => Reflect.construct(make(code) as never, []);
  assert.is(hash(instance("class A { x = 1 }")), hash(instance("class A { x = 1 /* one */ }")));
  assert.is.not(hash(instance("class A { x = 1 }")), hash(instance("class B { x = 1 }")));
  assert.is.not(
    hash(instance("class A { x = 1; f() { return 1 } }")),
    hash(instance("class A { x = 1; f() { return 2 } }")),
  );
  assert.is.not(
    hash(instance("class A { x = 1 }")),
    hash(instance("class A extends Map { x = 1 }")),
  );
});

test("an instance that is reached from its own class has a digest", () => {
  const singleton = (x: number): object => {
    const Class = make("function Old() {}") as { new (): object };
    Object.assign(Class.prototype, { shared: Object.assign(new Class(), { x }) });
    return new Class();
  };
  assert.is(hash(singleton(1)), hash(singleton(1)));
  assert.is.not(hash(singleton(1)), hash(singleton(2)));
  assert.is.not(hash([singleton(1), singleton(1)]), hash([singleton(1), singleton(2)]));
});

test.run();
