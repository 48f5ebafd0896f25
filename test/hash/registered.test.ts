import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CacheError, isCacheError } from "../../lib/errors.ts";
import { codeOf } from "../../lib/hash/code/code.ts";
import { digestValue, hash } from "../../lib/hash/hash.ts";
import { registerType } from "../../lib/type/registry.ts";
import { build, Model, recipes, Table, Wave } from "../helpers/registered.ts";

/** The error for a value that has no digest. */
function refusal(value: unknown): CacheError {
  try {
    digestValue([value], "args");
  } catch (error) {
    if (isCacheError(error, "ERR_UNHASHABLE")) return error;
    throw error;
  }
  return assert.unreachable("it was hashed") as never;
}

test("an instance counts by its name and what encode returns, private state included", () => {
  const model = (x: number): Model => new Model(new Float64Array([x]), [{ x }]);
  assert.is(hash(model(1)), hash(model(1)));
  assert.is.not(hash(model(1)), hash(model(2)));
  assert.is.not(hash(new Wave([1])), hash(new Float64Array([1])));
  assert.is.not(hash(new Table([[1, 2]])), hash(new Map([[1, 2]])));
  assert.is.not(hash(new Table([[1, 2]])), hash([[1, 2]]));
});

test("an instance, what it is encoded as, and the same encoding under another name differ", () => {
  class Left {
    x = [1];
  }
  class Right {
    x = [1];
  }
  const codec = { encode: ({ x }: Left) => x, decode: () => new Left() };
  registerType(Left, { name: "hash.test/Left", ...codec });
  registerType(Right, { name: "hash.test/Right", ...codec });
  const values = [new Left(), new Right(), [1], ["hash.test/Left", [1]], { x: [1] }];
  assert.is(new Set(values.map((value) => hash(value))).size, values.length);
});

test("an instance is found at any depth: in arrays, as key, as member, as cause, in another", () => {
  const places: ((part: unknown) => unknown)[] = [
    (part) => [[part]],
    (part) => ({ a: { b: part } }),
    (part) => new Map([[part, 1]]),
    (part) => new Map([[1, part]]),
    (part) => new Set([part]),
    (part) => new Error("e", { cause: part }),
    (part) => new Model(0, [part]),
    (part) => new Table([[part, part]]),
  ];
  for (const place of places) {
    assert.is(hash(place(new Model(1))), hash(place(new Model(1))));
    assert.is.not(hash(place(new Model(1))), hash(place(new Model(2))));
  }
});

test("random values with instances hash like their copies, and differ where these differ", () => {
  void fc.assert(
    fc.property(recipes, recipes, (a, b) => {
      const [one, copy, other] = [build(a), build(a), build(b)];
      assert.is(hash(one), hash(copy));
      const isSame = hash(one) === hash(other);
      // Whether an object is shared, and where an error was made, does not count.
      if (isSame) assert.equal(unshared(one), unshared(other));
    }),
    { numRuns: 1000 },
  );
});

/** A picture in which shared objects are drawn in full, without stacks. */
function unshared(value: unknown): string {
  const drawn = (part: unknown): unknown => {
    if (part instanceof Model) return ["Model", drawn(part.weights), part.parts.map(drawn)];
    if (part instanceof Error) return ["Error", drawn(part.cause)];
    if (part instanceof Map || part instanceof Set) {
      return [part.constructor.name, [...part].map(drawn)];
    }
    if (part instanceof Float64Array) return [part.constructor.name, [...part].map(String)];
    if (Array.isArray(part)) return ["Array", part.map(drawn)];
    if (typeof part !== "object" || part === null)
      return [typeof part, Object.is(part, -0) ? "-0" : String(part)];
    return [
      "Object",
      Object.entries(part)
        .sort(([x], [y]) => (x < y ? -1 : 1))
        .map(([key, item]) => [key, drawn(item)]),
    ];
  };
  return JSON.stringify(drawn(value));
}

test("an instance that stands in many places is encoded once", () => {
  let runs = 0;
  class Counted {}
  registerType(Counted, {
    name: "hash.test/Counted",
    encode: () => {
      runs++;
      return { a: 1 };
    },
    decode: () => new Counted(),
  });
  const counted = new Counted();
  const many = hash(new Array(1000).fill(counted));
  assert.is(runs, 1);
  assert.is(many, hash(Array.from({ length: 1000 }, () => new Counted())));
});

test("an instance that contains itself through encode is hashed", () => {
  const cyclic = (x: number): Model => {
    const parts: unknown[] = [x];
    const model = new Model(0, parts);
    parts.push({ model });
    return model;
  };
  assert.is(hash(cyclic(1)), hash(cyclic(1)));
  assert.is.not(hash(cyclic(1)), hash(cyclic(2)));
});

test("10,000 instances in one another are refused like any nesting that is too deep", () => {
  let value: unknown = 1;
  for (let i = 0; i < 10_000; i++) value = new Model(value);
  const error = refusal(value);
  assert.match(error.message, /nested too deeply/);
  assert.match(error.path ?? "", /^args\[0\]\.encode\(\)\.weights\.encode\(\)/);
});

test("an encode that never ends is refused", () => {
  class Endless {}
  registerType(Endless, {
    name: "hash.test/Endless",
    encode: () => [new Endless(), new Endless()],
    decode: () => new Endless(),
  });
  assert.match(refusal(new Endless()).message, /nested too deeply/);
});

test("an encode that throws is ERR_UNHASHABLE with the path and the cause", () => {
  const thrown = new RangeError("no state");
  class Broken {}
  registerType(Broken, {
    name: "hash.test/Broken",
    encode: () => {
      throw thrown;
    },
    decode: () => new Broken(),
  });
  const error = refusal({ model: new Broken() });
  assert.is(error.path, "args[0].model");
  assert.is(error.cause, thrown);
  assert.match(error.message, /"hash\.test\/Broken" threw RangeError: no state/);
});

test("what encode returns must be hashable itself, and the path leads there", () => {
  const error = refusal({ model: new Model(0, [new WeakMap()]) });
  assert.is(error.path, "args[0].model.encode().parts[0]");
});

test("an encode that returns a promise is a TypeError, and one that returns the instance is refused", () => {
  class Later {}
  registerType(Later, {
    name: "hash.test/Later",
    encode: () => Promise.reject(new Error("never seen")) as unknown,
    decode: () => new Later(),
  });
  assert.throws(
    () => hash([new Later()]),
    (error: unknown) => error instanceof TypeError && /Later.*promise/.test(error.message),
  );
  class Same {}
  registerType(Same, {
    name: "hash.test/Same",
    encode: (same) => same,
    decode: () => new Same(),
  });
  assert.match(refusal(new Same()).message, /returned the instance itself/);
});

test("an instance of a subclass is not taken for one of its parent", () => {
  class Wider extends Model {}
  const { message } = refusal(new Wider(1));
  assert.match(message, /private/);
  assert.match(message, /"test\/Model" is registered for a class that it extends/);
  class Loud extends Table {}
  assert.is.not(hash(new Loud([[1, 2]])), hash(new Table([[1, 2]])));
});

test("without registration the refusal of private state names registerType", () => {
  class Private {
    readonly #x = 1;
    get x(): number {
      return this.#x;
    }
  }
  assert.match(refusal(new Private()).message, /registerType/);
});

test("classes of native code and of refused kinds can be registered", () => {
  registerType(Intl.Locale, {
    name: "hash.test/Locale",
    encode: (locale) => locale.toString(),
    decode: (text) => new Intl.Locale(text),
  });
  assert.is(hash(new Intl.Locale("de")), hash(new Intl.Locale("de")));
  assert.is.not(hash(new Intl.Locale("de")), hash(new Intl.Locale("fr")));
  class Lazy extends Promise<unknown> {
    readonly path = "a";
  }
  registerType(Lazy, {
    name: "hash.test/Lazy",
    encode: ({ path }) => path,
    decode: () => new Lazy(() => {}),
  });
  assert.is(hash(new Lazy(() => {})), hash(new Lazy(() => {})));
});

test("a registered class as a value is hashed by its code, as before", () => {
  const make = (): (new () => object) => class Plain {};
  const [registered, other] = [make(), make()];
  const before = hash(registered);
  registerType(registered, {
    name: "hash.test/Plain",
    encode: () => 0,
    decode: () => new registered(),
  });
  assert.is(hash(registered), before);
  assert.is(hash(registered), hash(other));
});

test("an instance counts by its content and by the code of its class, captured or not", () => {
  const capture = (captured: unknown): string => {
    const predict = (): unknown => captured;
    return codeOf(predict, "deep").codeId;
  };
  assert.is(capture(new Model(1)), capture(new Model(1)));
  assert.is.not(capture(new Model(1)), capture(new Model(2)));

  class Plain {}
  registerType(Plain, {
    name: "hash.test/Captured",
    encode: () => "state",
    decode: () => new Plain(),
  });
  const [captured, argument] = [capture(new Plain()), hash(new Plain())];
  Object.assign(Plain.prototype, { predict: () => 2 });
  assert.is.not(capture(new Plain()), captured);
  assert.is.not(hash(new Plain()), argument);
});

test.run();
