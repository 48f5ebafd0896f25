import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash } from "../../lib/hash/hash.ts";
import { isCurrent, registeredType, registerType, typeNamed } from "../../lib/type/registry.ts";

class Point {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}

/** Registers as a module does that is evaluated once more. */
function registerPoint(): void {
  registerType(Point, {
    name: "registry.test/Point",
    encode: ({ x, y }) => [x, y] as const,
    decode: ([x, y]) => new Point(x, y),
  });
}

/** A copy of a class, with its registration, as a module makes that is evaluated once more. */
function copy(): new () => object {
  class Copied {}
  registerType(Copied, {
    name: "registry.test/Copied",
    encode: () => 1,
    decode: () => new Copied(),
  });
  return Copied;
}

const refuses = (run: () => void, says: RegExp): void =>
  assert.throws(run, (error: unknown) => error instanceof TypeError && says.test(error.message));

const codec = { encode: (): number => 1, decode: (): never => assert.unreachable() as never };

registerPoint();

test("a type is found by a direct instance and by its name", () => {
  const type = registeredType(new Point(1, 2));
  assert.is(type?.name, "registry.test/Point");
  assert.is(typeNamed("registry.test/Point"), type);
  assert.is(registeredType(Point.prototype), undefined);
  assert.is(registeredType(new (class extends Point {})(1, 2)), undefined);
  for (const other of [
    {},
    [],
    Object.create(null),
    new Map(),
    Object.create(Point.prototype.constructor),
  ]) {
    assert.is(registeredType(other), undefined);
  }
});

test("a class can be registered after instances of it were looked at", () => {
  class Late {}
  assert.is(registeredType(new Late()), undefined);
  registerType(Late, { name: "registry.test/Late", ...codec });
  assert.is(registeredType(new Late())?.name, "registry.test/Late");
});

test("a class with a private constructor, an abstract one, and a function can be registered", () => {
  class Hidden {
    private constructor() {}
    static make(): Hidden {
      return new Hidden();
    }
  }
  abstract class Abstract {
    abstract area(): number;
  }
  function Old(): void {}
  registerType(Hidden, {
    name: "registry.test/Hidden",
    encode: () => 1,
    decode: () => Hidden.make(),
  });
  registerType(Abstract, { name: "registry.test/Abstract", ...codec });
  registerType(Old, { name: "registry.test/Old", ...codec });
  assert.is(registeredType(Hidden.make())?.name, "registry.test/Hidden");
  assert.is(registeredType(Reflect.construct(Old, []))?.name, "registry.test/Old");
});

test("the same registration again changes nothing", () => {
  const before = hash(new Point(1, 2));
  registerPoint();
  assert.is(hash(new Point(1, 2)), before);
  const type = registeredType(new Point(1, 2));
  assert.ok(type && isCurrent(type));
});

test("a class of the same code under the same name takes the place of the first", () => {
  const [First, Second] = [copy(), copy()];
  const [first, second] = [registeredType(new First()), registeredType(new Second())];
  assert.ok(first && second);
  assert.equal([isCurrent(first), isCurrent(second)], [false, true]);
  assert.is(hash(new First()), hash(new Second()));
});

test("a class that is registered otherwise is a TypeError that says how", () => {
  refuses(
    () => registerType(Point, { name: "registry.test/Other", ...codec }),
    /Point is registered as "registry\.test\/Point": it cannot be "registry\.test\/Other"/,
  );
  refuses(
    () => registerType(Point, { name: "registry.test/Point", ...codec }),
    /Point is registered as "registry\.test\/Point" with another encode or decode/,
  );
});

test("a name that another class has is a TypeError, and nothing changes", () => {
  class Pixel {}
  const same = { name: "registry.test/Point", ...codec };
  refuses(
    () => registerType(Pixel, same),
    /"registry\.test\/Point" is registered for a class of other/,
  );
  assert.is(registeredType(new Pixel()), undefined);
});

test("bound functions as encode are told apart, whatever their text", () => {
  class Bound {}
  const bound = (): (() => number) => codec.encode.bind(null);
  const name = "registry.test/Bound";
  const decode = (): Bound => new Bound();
  registerType(Bound, { name, encode: bound(), decode });
  refuses(() => registerType(Bound, { name, encode: bound(), decode }), /another encode/);
});

test("what is no class is a TypeError", () => {
  for (const wrong of [null, 1, "Point", {}, () => 1, { prototype: {}, name: "x" }]) {
    const Class = wrong as unknown as typeof Point;
    refuses(() => registerType(Class, { name: "registry.test/Wrong", ...codec }), /class/);
  }
});

test("a class of the language whose instances are stored as they are is a TypeError", () => {
  const classes = [Object, Array, Map, Date, Error, Float64Array, Buffer, ArrayBuffer, DataView];
  for (const Class of classes as { name: string; prototype: object }[]) {
    refuses(
      () => registerType(Class, { name: "registry.test/BuiltIn", ...codec }),
      new RegExp(`${Class.name} needs no registerType`),
    );
  }
});

test("wrong and missing options are named", () => {
  class Wrong {}
  const register = (options: unknown): void =>
    registerType(Wrong, options as { name: string; encode: () => 1; decode: () => Wrong });
  const whole = { name: "registry.test/Wrong", ...codec };
  refuses(() => register(undefined), /options of registerType/);
  refuses(() => register({ ...whole, encode: undefined }), /name, encode and decode/);
  refuses(() => register({ ...whole, name: 1 }), /"name".*got 1$/);
  refuses(() => register({ ...whole, decode: "x" }), /"decode".*'x'/);
  refuses(() => register({ ...whole, version: 1 }), /no option "version"/);
  refuses(() => register({ ...whole, encode: async () => 1 }), /synchronous.*"encode"/);
  refuses(() => register({ ...whole, decode: async () => new Wrong() }), /synchronous.*"decode"/);
  assert.throws(
    () => register({ ...whole, name: "" }),
    (error: unknown) => error instanceof RangeError && /"name"/.test(error.message),
  );
  assert.is(registeredType(new Wrong()), undefined);
});

test("what encode returns is what decode takes, to the compiler", () => {
  class Typed {
    readonly size = 1;
  }
  registerType(Typed, {
    name: "registry.test/Typed",
    encode: ({ size }) => ({ size }),
    // @ts-expect-error There is no such property.
    decode: ({ length }) => Object.assign(new Typed(), { length }),
  });
});

test.run();
