import { generateKeyPairSync } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CacheError } from "../../lib/errors.ts";
import { digestValue } from "../../lib/hash/hash.ts";

class Secret {
  #secret: number;
  constructor(secret: number) {
    this.#secret = secret;
  }
  get shown(): number {
    return this.#secret;
  }
}

function* generate(): Generator<number> {
  yield 1;
}

async function* generateLater(): AsyncGenerator<number> {
  yield 1;
}

/** The error for a value, which must be refused, as the second argument of a call. */
function refusal(value: unknown): CacheError {
  try {
    digestValue([0, value], "args");
  } catch (error) {
    assert.instance(error, CacheError);
    assert.is((error as CacheError).code, "ERR_UNHASHABLE");
    return error as CacheError;
  }
  assert.unreachable("it was not refused");
  throw new Error("unreachable");
}

const refused: [name: string, value: unknown, says: RegExp][] = [
  ["a WeakMap", new WeakMap(), /cannot be listed/],
  ["a WeakSet", new WeakSet(), /cannot be listed/],
  ["a WeakRef", new WeakRef({}), /built-in class WeakRef/],
  ["a FinalizationRegistry", new FinalizationRegistry(() => {}), /FinalizationRegistry/],
  ["a promise", Promise.resolve(1), /promise/],
  ["a generator", generate(), /generator/],
  ["an asynchronous generator", generateLater(), /generator/],
  ["an array iterator", [1].values(), /prototype/],
  ["a Map iterator", new Map().keys(), /iterator/],
  ["a Set iterator", new Set().values(), /iterator/],
  ["a symbol of its own", Symbol("a"), /only this process knows/],
  ["a boxed symbol of its own", Object(Symbol("a")), /only this process knows/],
  ["a property under a symbol of its own", { [Symbol("a")]: 1 }, /only this process knows/],
  ["an Intl object", new Intl.NumberFormat(), /NumberFormat/],
  ["a subclass of an Intl object", new (class extends Intl.NumberFormat {})(), /NumberFormat/],
  [
    "a WebAssembly object",
    Reflect.construct(Reflect.get(globalThis, "WebAssembly").Memory, [{ initial: 1 }]),
    /Memory/,
  ],
  ["a key", generateKeyPairSync("ed25519").privateKey, /./],
  ["a Blob", new Blob(["a"]), /./],
  ["an AbortController", new AbortController(), /./],
  ["an instance with private state", new Secret(1), /Secret.*private/],
  ["an instance of its subclass", new (class extends Secret {})(1), /private/],
  ["an object over a hand-made prototype", Object.create({ a: 1 }), /neither a class's nor null/],
  ["an object that only looks like a Map", Object.create(Map.prototype), /built-in class Map/],
  [
    "an object that only looks like an Error",
    Object.create(Error.prototype),
    /built-in class Error/,
  ],
  ["an object that only looks like a URL", Object.create(URL.prototype), /did not make it/],
  ["a Map with the prototype of Set", Object.setPrototypeOf(new Map(), Set.prototype), /Set/],
  ["a proxy of a Map", new Proxy(new Map(), {}), /proxy of Map/],
  ["a proxy of a typed array", new Proxy(new Float64Array(2), {}), /proxy of Float64Array/],
  ["a bound function of native code", Math.max.bind(null, 1), /wrap it/],
  ["a native function that is not of the language", process.hrtime.bigint.bind(null), /./],
  ["a proxy of a function", new Proxy(refusal, {}), /wrap it/],
];

for (const [name, value, says] of refused) {
  test(`${name} is refused, by its path, with advice`, () => {
    const error = refusal({ model: [{ session: value }] });
    const path = error.path ?? "";
    assert.ok(path.startsWith("args[1].model[0].session"), path);
    assert.ok(error.message.startsWith(`Cannot hash ${path}: `), error.message);
    assert.match(error.message, says);
    assert.match(error.message, /; (pass|use|wrap) /);
  });
}

test("the path tells keys, values and members of collections apart", () => {
  const bad = new WeakMap();
  const path = (value: unknown): string | undefined => refusal(value).path;
  assert.is(
    path(
      new Map([
        ["a", 1],
        ["b", bad],
      ] as [string, unknown][]),
    ),
    'args[1].get("b")',
  );
  assert.is(
    path(
      new Map<unknown, unknown>([
        [{}, 1],
        [bad, 2],
      ]),
    ),
    "args[1].keys()[1]",
  );
  assert.is(path(new Map<unknown, unknown>([[{}, { c: bad }]])), "args[1].values()[0].c");
  assert.is(path(new Set([1, [bad]])), "args[1].values()[1][0]");
  assert.is(path({ "a b": bad }), 'args[1]["a b"]');
  assert.is(path({ [Symbol.for("s")]: bad }), "args[1][Symbol(s)]");
  assert.is(path(new Error("a", { cause: bad })), "args[1].cause");
  assert.is(path(Object.assign([1], { note: bad })), "args[1].note");
  assert.is(path([{ fine: [1, { deep: 2 }], bad }]), "args[1][0].bad");
});

test("a detached buffer and its views are refused, not taken for empty ones", () => {
  const buffer = new ArrayBuffer(8);
  const holders = [new Float64Array(buffer), new DataView(buffer), Buffer.from(buffer), buffer];
  structuredClone(buffer, { transfer: [buffer] });
  for (const holder of holders) {
    const error = refusal({ holder });
    assert.is(error.path, "args[1].holder");
    assert.match(error.message, /detached/);
  }
});

test("a refusal runs no inspection hook and stays short", () => {
  const value = {
    weak: new WeakMap(),
    text: "x".repeat(1e6),
    [Symbol.for("nodejs.util.inspect.custom")]: () => assert.unreachable(),
  };
  assert.ok(refusal(value).message.length < 500);
});

test("nesting that is too deep is refused, whatever it is nested in", () => {
  const nests: ((value: unknown) => unknown)[] = [
    (value) => [value],
    (value) => ({ value }),
    (value) => new Map([[value, value]]),
    (value) => new Set([value]),
    (value) => new Error("", { cause: value }),
  ];
  for (const nest of nests) {
    let value: unknown = 1;
    for (let i = 0; i < 500; i++) value = nest(value);
    assert.match(digestValue(value, "args"), /^[0-9a-f]{32}$/);
    for (let i = 0; i < 50_000; i++) value = nest(value);
    const error = refusal(value);
    assert.match(error.message, /nested too deeply/);
    assert.ok(error.message.length < 1500);
  }
});

test("a stack that is nearly full gives an error or the right digest", () => {
  const value = { a: [new Map([[1, new Float64Array(3)]]), { b: [[[["deep"]]]] }] };
  const expected = digestValue(value, "args");
  const outcomes = new Set<unknown>();
  const descend = (): void => {
    try {
      descend();
    } catch {
      // The stack is full; callers further up have more and more of it.
    }
    if (outcomes.size > 2000) return;
    try {
      outcomes.add(digestValue(value, "args"));
    } catch (error) {
      assert.ok(error instanceof RangeError || error instanceof CacheError);
    }
  };
  descend();
  assert.equal([...outcomes], [expected]);
});

test.run();
