import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { digestValue, hash } from "../../lib/hash/hash.ts";
import { digestBytes } from "../../lib/hash/xxh3.ts";
import { native } from "../../lib/native.ts";

// Few bytes are digested by the addon once it is loaded.
native();

const [, page = ""] = readFileSync(
  new URL("../../docs/key-format.md", import.meta.url),
  "utf8",
).split("## Test vectors");

/** As the page says of it. */
const scope = { Buffer };
const evaluate = (code: string): unknown =>
  new Function(...Object.keys(scope), `return (${code});`)(...Object.values(scope));

test("the test vectors of docs/key-format.md hold", () => {
  const vectors = [...page.matchAll(/^\| `(.+)` \| `([0-9a-f]{32})` \|$/gm)];
  assert.ok(vectors.length >= 29);
  for (const [, code = "", digest] of vectors) assert.is(hash(evaluate(code)), digest, code);
});

test("the encodings of docs/key-format.md are what is digested", () => {
  const encodings = [...page.matchAll(/^\| `(.+)` \| `([0-9a-f]{2} [0-9a-f ]+)` \|$/gm)];
  assert.is(encodings.length, 4);
  for (const [, code = "", bytes = ""] of encodings) {
    assert.is(
      hash(evaluate(code)),
      digestBytes(Buffer.from(bytes.replaceAll(" ", ""), "hex")),
      code,
    );
  }
});

test("the root names the value in errors only", () => {
  assert.is(digestValue([1], "args"), hash([1]));
});

test("the one digest can be asked for by name", () => {
  assert.is(hash(1, { name: "xxh3-128" }), hash(1));
  assert.is(hash(1, {}), hash(1));
});

test("another digest is a RangeError that names the one there is", () => {
  const wrong = { name: "md5" } as unknown as { name: "xxh3-128" };
  assert.throws(
    () => hash(1, wrong),
    (error: unknown) => error instanceof RangeError && /"xxh3-128".*md5/.test(error.message),
  );
});

test("an unknown option, and a name that is no string, are TypeErrors", () => {
  for (const wrong of [{ seed: 1 }, { name: 1 }, null, "xxh3-128"]) {
    assert.throws(
      () => hash(1, wrong as unknown as { name: "xxh3-128" }),
      (error: unknown) => error instanceof TypeError,
    );
  }
});

test("a getter may call hash", () => {
  const inner = { b: [1, 2, 3], c: "x".repeat(100_000) };
  const value = {
    before: "y".repeat(50_000),
    get digest(): string {
      return hash(inner);
    },
    after: [1],
  };
  assert.is(hash(value), hash({ before: value.before, digest: hash(inner), after: [1] }));
});

test("what a getter throws passes through unchanged, and the next digest is right", () => {
  const expected = hash([1, { a: 2 }]);
  const thrown = new Error("mine");
  const value = {
    long: "x".repeat(200_000),
    get bad(): never {
      throw thrown;
    },
  };
  assert.throws(
    () => hash([{ long: "y".repeat(70_000) }, value]),
    (error: unknown) => error === thrown,
  );
  assert.is(hash([1, { a: 2 }]), expected);
});

test("a number that was hashed before has its digest, and no other number has it", () => {
  const numbers = [-0, 0, -0, 0, Number.NaN, 1, Number.NaN, ...Array(1000).keys(), 0, -0, 1, 999];
  const digests = numbers.map((number) => hash(number));
  const inArrays = numbers.map((number) => hash([number]));
  for (const [i, number] of numbers.entries()) {
    for (const [j, other] of numbers.entries()) {
      if ((digests[i] === digests[j]) === Object.is(number, other)) continue;
      assert.unreachable(`${number} ${other}`);
    }
    assert.is(inArrays[i] === inArrays[0], Object.is(number, -0));
  }
});

test.run();
