import vm from "node:vm";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash } from "../../lib/hash/hash.ts";
import { digestBytes } from "../../lib/hash/xxh3.ts";

const tagged = (tag: string, count: number): Buffer => {
  const bytes = Buffer.alloc(9, tag);
  bytes.writeBigUInt64LE(BigInt(count), 1);
  return bytes;
};

/** The digest of an array of ones and holes, by the description of the format. */
function expected(length: number, ones: readonly number[]): string {
  const one = Buffer.alloc(9, "d");
  one.writeDoubleLE(1, 1);
  const parts = [tagged("A", length)];
  let next = 0;
  for (const index of [...ones, length]) {
    if (index > next) parts.push(tagged("h", index - next));
    if (index < length) parts.push(one);
    next = index + 1;
  }
  return digestBytes(Buffer.concat(parts));
}

test("holes are runs, however the engine keeps the array", () => {
  const indices = fc.uniqueArray(fc.oneof(fc.nat(20), fc.nat(3000), fc.nat(2 ** 32 - 2)), {
    maxLength: 30,
  });
  void fc.assert(
    fc.property(indices, fc.boolean(), (unsorted, dense) => {
      const ones = unsorted.filter((index) => !dense || index < 3000).sort((a, b) => a - b);
      const array: unknown[] = [];
      for (const index of unsorted) if (ones.includes(index)) array[index] = 1;
      assert.is(hash(array), expected(array.length, ones));
    }),
  );
});

test("an array of the greatest length with three elements has a digest", () => {
  const array: unknown[] = [];
  array.length = 2 ** 32 - 1;
  for (const index of [0, 7, 2 ** 32 - 2]) array[index] = 1;
  assert.is(hash(array), expected(2 ** 32 - 1, [0, 7, 2 ** 32 - 2]));
});

test("a hole in a long array is found wherever it is", () => {
  const full = Array.from({ length: 5000 }, () => 1);
  for (const at of [0, 1, 2500, 4999]) {
    const array = [...full];
    delete array[at];
    assert.is(
      hash(array),
      expected(
        5000,
        [...full.keys()].filter((i) => i !== at),
      ),
    );
  }
});

test("elements are read through getters", () => {
  const array = Object.defineProperty([1, 2], 0, { get: () => 5, enumerable: true });
  assert.is(hash(array), hash([5, 2]));
});

const makers: [name: string, make: (length: number) => object][] = [
  ["an array", (length) => Array.from({ length }, () => 1)],
  ["a sparse array", (length) => new Array(length)],
  ["an array of a subclass", (length) => class Rows extends Array {}.from({ length })],
  [
    "an array without prototype",
    (length) => Object.setPrototypeOf(new Array(length).fill(1), null),
  ],
  ["an array of another realm", (length) => vm.runInNewContext(`new Array(${length}).fill(1)`)],
  ["a Float64Array", (length) => new Float64Array(length)],
  ["a typed array of a subclass", (length) => new (class Rows extends Int8Array {})(length)],
  [
    "a typed array without prototype",
    (length) => Object.setPrototypeOf(new Int8Array(length), null),
  ],
  ["a Buffer", (length) => Buffer.alloc(length)],
  ["a boxed string", (length) => Object("x".repeat(length))],
  ["a proxy of an array", (length) => new Proxy(new Array(length).fill(1), {})],
];

for (const [name, make] of makers) {
  test(`properties of ${name} count, at every length`, () => {
    for (const length of [0, 1, 63, 64, 65, 66, 5000]) {
      const extras: object[] = [
        { extra: 1 },
        { extra: 2 },
        { "01": 1 },
        { "-1": 1 },
        { "4294967295": 1 },
        { more: "items ]" },
        { [Symbol.for("extra")]: 1 },
        { [`[ ... ${length} more items ]`]: 1 },
      ];
      // These are no names that a typed array can have.
      const isTyped = ArrayBuffer.isView(make(0));
      const usable = extras.filter(
        (extra) => !(isTyped && ("-1" in extra || "4294967295" in extra)),
      );
      const values = [make(length), ...usable.map((extra) => Object.assign(make(length), extra))];
      const digests = values.map((value) => hash(value));
      assert.is(new Set(digests).size, values.length, `${length}`);
      assert.is(hash(make(length)), digests[0]);
      assert.is(hash(Object.assign(make(length), { extra: 1 })), digests[1]);
    }
  });
}

test("properties that are not enumerable do not count", () => {
  for (const value of [[1, 2], new Float64Array(100), new Map(), {}]) {
    const digest = hash(value);
    Object.defineProperty(value, "hidden", { value: 1 });
    Object.defineProperty(value, Symbol("hidden"), { value: 1 });
    assert.is(hash(value), digest);
  }
});

test("a property that only a very long typed array's elements hide is refused", () => {
  const array = Object.assign(new Uint8Array(2 ** 22 + 1), { shape: [2 ** 22 + 1] });
  assert.throws(() => hash({ array }), /value\.array.* too many to tell apart/);
});

test("values of another realm have the digests of this one's", () => {
  const code = `({
    list: [1, [2]], map: new Map([[1, { a: 1 }]]), set: new Set(["a"]), date: new Date(5),
    regExp: /a/g, error: new TypeError("a"), numbers: new Float64Array([1, 2]),
    buffer: new ArrayBuffer(3), boxed: Object(1n), bare: Object.create(null), symbol: Symbol.iterator
  })`;
  assert.is(hash(vm.runInNewContext(code)), hash(vm.runInThisContext(code)));
});

test.run();
