import { deserialize, serialize } from "node:v8";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CacheError, isCacheError } from "../../lib/errors.ts";
import { Writing } from "../../lib/file/writing.ts";
import { decodeClone, encodeClone } from "../../lib/format/clone.ts";
import { decodeValue } from "../../lib/format/value.ts";
import { registerType } from "../../lib/type/registry.ts";
import { sameArray } from "../helpers/assert.ts";
import { build, Model, picture, recipes, Table, Wave } from "../helpers/registered.ts";
import { roundTrip } from "./round-trip.ts";

/** The error that something ends in. */
function refusal(run: () => unknown): CacheError {
  try {
    run();
  } catch (error) {
    if (isCacheError(error, "ERR_UNSUPPORTED_VALUE")) return error;
    throw error;
  }
  return assert.unreachable("it was not refused") as never;
}

/** A clone of one instance of a class that is registered under a name. */
function cloneOf(name: string, decode: (encoded: unknown) => object): Uint8Array {
  const Class = class {
    x = name;
  };
  registerType(Class, { name, encode: ({ x }) => ({ x }), decode: decode as () => { x: string } });
  return encodeClone([new Class()]).bytes;
}

test("instances come back as what they were, private state and arrays included", () => {
  const model = roundTrip(new Model(new Float64Array([1, 2]), [1, "two"]));
  assert.instance(model, Model);
  sameArray(model.weights as Float64Array, new Float64Array([1, 2]));
  assert.equal(model.parts, [1, "two"]);
});

test("an instance that V8 takes for another kind comes back with its class and its content", () => {
  const { table, wave } = roundTrip({
    table: new Table([[1, new Wave([2])]]),
    wave: new Wave([3]),
  });
  assert.is(Object.getPrototypeOf(table), Table.prototype);
  assert.is(table.size, 1);
  sameArray(table.get(1) as Wave, new Wave([2]));
  sameArray(wave, new Wave([3]));
});

test("instances are kept at every place of a value", () => {
  const holed = [new Model(1), 0, new Model(2)];
  delete holed[1];
  const value = {
    holed,
    map: new Map<unknown, unknown>([[new Model(3), new Set([new Model(4)])]]),
    error: new TypeError("wrong", { cause: { model: new Model(5) } }),
    nested: new Model(new Model(6), [new Table([[new Model(7), 0]])]),
    ["__proto__"]: new Model(8),
  };
  assert.equal(picture(roundTrip(value)), picture(value));
  assert.is(roundTrip(value).error.stack, value.error.stack);
});

test("random values with instances come back with their classes and shared objects", () => {
  void fc.assert(
    fc.property(recipes, (recipe) => {
      const value = build(recipe);
      assert.equal(picture(roundTrip(value)), picture(value));
    }),
    { numRuns: 1000 },
  );
});

test("an instance that stands in several places is one instance, encoded and decoded once", () => {
  let [encoded, decoded] = [0, 0];
  class Counted {}
  registerType(Counted, {
    name: "format.test/Counted",
    encode: () => encoded++,
    decode: () => {
      decoded++;
      return new Counted();
    },
  });
  const counted = new Counted();
  const shared = { counted };
  const back = roundTrip([counted, new Model(shared), shared, new Map([[counted, counted]])]);
  const [first, model, again, map] = back as [Counted, Model, object, Map<unknown, unknown>];
  assert.equal([encoded, decoded], [1, 1]);
  assert.is(model.weights, again);
  assert.is((again as typeof shared).counted, first);
  assert.is(map.get(first), first);
});

test("a value that refers to itself beside an instance does so again", () => {
  const value: Record<string, unknown> = { model: new Model(1) };
  value["self"] = value;
  const back = roundTrip(value);
  assert.is(back["self"], back);
  assert.instance(back["model"], Model);
});

test("beside an instance, arrays take no more bytes, and sparse ones of any length come back", () => {
  const numbers = Array.from({ length: 5000 }, (_, i) => i);
  const plain = encodeClone([numbers]).bytes.byteLength;
  const beside = encodeClone([numbers, new Table()]).bytes.byteLength;
  assert.ok(beside < plain + 100, `${beside} bytes, ${plain} without the instance`);

  const sparse: unknown[] = [new Model(1)];
  sparse[2 ** 32 - 2] = new Model(2);
  const back = roundTrip(sparse);
  assert.is(back.length, 2 ** 32 - 1);
  assert.is((back[2 ** 32 - 2] as Model).weights, 2);
  assert.is(Object.keys(back).length, 2);
});

test("what is stored of a value without instances is what was stored of it before", () => {
  const value = { a: [1, "x", new Date(1)], b: new Map([[1, { c: null }]]) };
  const { bytes } = encodeClone(value);
  const expected = serialize(value);
  assert.equal(Buffer.from(bytes).subarray(0, -1), expected);
  assert.equal(deserialize(expected), decodeClone(bytes, []));
});

test("a view that is an instance is stored as what it is encoded as, not as the array it is", () => {
  const files = new Map<string, Buffer>();
  const read = (file: string): Buffer => files.get(file) ?? Buffer.alloc(0);
  const encoded = new Writing(new Wave([1, 2]), false).write({
    write: (name, pieces) => void files.set(name, Buffer.concat([...pieces])),
  });
  assert.not("array" in encoded.value);
  const back = decodeValue(encoded, {
    array: ({ file, offset }) =>
      new Float64Array(new Uint8Array(read(file).subarray(offset)).buffer),
    bytes: read,
  });
  assert.instance(back, Wave);
  sameArray(back as Wave, new Wave([1, 2]));
});

test("an instance that contains itself through encode is refused, from wherever it is reached", () => {
  const parts: unknown[] = [];
  const itself = new Model(0, parts);
  parts.push(new Map([[1, { itself }]]));
  assert.is(refusal(() => encodeClone(itself)).path, "result.encode().parts[0].values()[0].itself");

  const around: Record<string, unknown> = {};
  around["model"] = new Model([around]);
  const { path, message } = refusal(() => encodeClone([around]));
  assert.is(path, "result[0].model.encode().weights[0]");
  assert.match(message, /is made of itself/);
});

test("10,000 instances in one another are refused, a few hundred are not", () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = new Model(value);
    return value;
  };
  assert.match(refusal(() => encodeClone(nested(10_000))).message, /nested deeper than 1000/);
  let [value, levels] = [roundTrip(nested(400)), 0];
  for (; value instanceof Model; value = value.weights) levels++;
  assert.is(levels, 400);
});

test("an encode that throws is refused with the path and the cause", () => {
  const thrown = new Error("no state");
  class Broken {}
  registerType(Broken, {
    name: "format.test/Broken",
    encode: () => {
      throw thrown;
    },
    decode: () => new Broken(),
  });
  const error = refusal(() => encodeClone({ a: [new Broken()] }));
  assert.is(error.path, "result.a[0]");
  assert.is(error.cause, thrown);
});

test("what encode returns must be storable itself, and the path leads there", () => {
  const error = refusal(() => encodeClone([new Model(() => 1)]));
  assert.is(error.path, "result[0].encode().weights");
});

test("an encode that returns a promise is a TypeError, and one that returns the instance is refused", () => {
  class Later {}
  registerType(Later, {
    name: "format.test/Later",
    encode: () => Promise.resolve(1) as unknown,
    decode: () => new Later(),
  });
  assert.throws(
    () => encodeClone([new Later()]),
    (error: unknown) => error instanceof TypeError && /Later.*promise/.test(error.message),
  );
  class Same {}
  registerType(Same, { name: "format.test/Same", encode: (it) => it, decode: () => new Same() });
  assert.match(refusal(() => encodeClone(new Same())).message, /returned the instance itself/);
});

test("an instance of a subclass is refused, with the name of the type that it is not", () => {
  class Wider extends Model {}
  class Louder extends Wave {}
  for (const value of [new Wider(1), new Louder(1)]) {
    const { message } = refusal(() => encodeClone({ value }));
    assert.match(
      message,
      /instance of (Wider|Louder).*"test\/(Model|Wave)".*only direct instances/,
    );
  }
});

test("an instance of a class that another copy took the place of is refused", () => {
  const copy = (): typeof Model => {
    class Copied extends Model {}
    registerType(Copied, {
      name: "format.test/Copied",
      encode: ({ weights }) => weights,
      decode: () => new Copied(1),
    });
    return Copied;
  };
  const [Old, New] = [copy(), copy()];
  assert.match(refusal(() => encodeClone([new Old(1)])).message, /another copy/);
  assert.is(encodeClone([new New(1)]).contents.length, 0);
});

test("a decode that throws, or returns something else, is ERR_UNSUPPORTED_VALUE naming the type", () => {
  const thrown = new Error("old state");
  const throwing = cloneOf("format.test/Throwing", () => {
    throw thrown;
  });
  const error = refusal(() => decodeClone(throwing, []));
  assert.is(error.cause, thrown);
  assert.match(error.message, /"format\.test\/Throwing" threw Error: old state/);

  const plain = cloneOf("format.test/Plain", () => ({ x: 1 }));
  assert.match(
    refusal(() => decodeClone(plain, [])).message,
    /"format\.test\/Plain" returned \{ x: 1 \}/,
  );
  const promised = cloneOf("format.test/Promised", () => Promise.resolve({ x: 1 }));
  assert.match(refusal(() => decodeClone(promised, [])).message, /returned Promise/);
});

test("a type that is not registered is told, before anything is decoded", () => {
  const known = cloneOf("format.test/Known", () => assert.unreachable() as never);
  const renamed = Buffer.from(known.map((byte) => byte));
  renamed.write("format.test/Other", renamed.indexOf("format.test/Known"));
  const { message } = refusal(() => decodeClone(renamed, []));
  assert.match(message, /no class is registered as "format\.test\/Other".*registerType/);
});

test("a clone with instances that is damaged anywhere is refused or decodes to something", () => {
  const { bytes } = encodeClone([new Model(1, ["part"]), new Table([[new Model(2), 3]])]);
  let refused = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 4, 64]) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ bit;
      try {
        decodeClone(damaged, []);
      } catch (error) {
        assert.ok(isCacheError(error, "ERR_CORRUPT_ENTRY", "ERR_UNSUPPORTED_VALUE"), String(error));
        refused++;
      }
    }
  }
  for (let end = 0; end < bytes.length; end++) {
    try {
      decodeClone(bytes.subarray(0, end), []);
      assert.unreachable(`its first ${end} bytes are accepted`);
    } catch (error) {
      assert.ok(isCacheError(error), String(error));
    }
  }
  assert.ok(refused > bytes.length);
});

test("an instance that is used before it is there is a damaged clone", () => {
  // Instances follow; an empty list of names; no instance; as the value the first instance; no array.
  const bytes = Buffer.from("ff0f 5cffffffff0f 4100240000 00 5c00 00".replaceAll(" ", ""), "hex");
  try {
    decodeClone(bytes, []);
    assert.unreachable();
  } catch (error) {
    assert.ok(isCacheError(error, "ERR_CORRUPT_ENTRY"), String(error));
    assert.match((error as Error).message, /no slot 0/);
  }
});

test.run();
