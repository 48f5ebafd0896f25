import { isDeepStrictEqual } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash } from "../../lib/hash/hash.ts";
import * as namespace from "./catalogue.ts";
import { catalogue } from "./catalogue.ts";

// Node 20 looks at neither; see "Where it differs" in docs/key-format.md.
const COARSE_IN_OLD_NODE = /^(error with|error without|error$|URL)/;

test("values of the catalogue have digests of their own", () => {
  const owners = new Map<string, string>();
  for (const [name, value] of catalogue()) {
    const digest = hash(value);
    assert.match(digest, /^[0-9a-f]{32}$/);
    assert.is(owners.get(digest), undefined, `${name} has the digest of ${owners.get(digest)}`);
    owners.set(digest, name);
  }
  assert.ok(owners.size > 130);
});

test("no two values of the catalogue are deeply equal", () => {
  const values = [...catalogue()];
  for (const [i, [name, value]] of values.entries()) {
    for (const [otherName, other] of values.slice(i + 1)) {
      if (COARSE_IN_OLD_NODE.test(name) && COARSE_IN_OLD_NODE.test(otherName)) continue;
      // Both unfold into the same endless value.
      if (name === "cycle" && otherName === "cycle of two") continue;
      // Sparse arrays of this length are compared index by index.
      if (name.endsWith("sparse array") && otherName.endsWith("sparse array")) continue;
      assert.not(isDeepStrictEqual(value, other), `${name} and ${otherName}`);
    }
  }
});

test("a value made again has the same digest and is deeply equal", () => {
  const again = catalogue();
  for (const [name, value] of catalogue()) {
    assert.is(hash(again.get(name)), hash(value), name);
    if (typeof value === "function" || name.endsWith("sparse array")) continue;
    assert.ok(isDeepStrictEqual(again.get(name), value), name);
  }
});

test("a value has another digest inside an array, a Set, a Map, an object and a box", () => {
  const wraps: ((value: unknown) => unknown)[] = [
    (value) => value,
    (value) => [value],
    (value) => new Set([value]),
    (value) => new Map([[value, "value"]]),
    (value) => new Map([["key", value]]),
    (value) => ({ value }),
    (value) => new Error("", { cause: value }),
  ];
  const digests = new Map<string, string>();
  for (const [name, value] of catalogue()) {
    for (const [i, wrap] of wraps.entries()) {
      // A Set and a Map take -0 for 0.
      if (name === "-0" && (i === 2 || i === 3)) continue;
      const digest = hash(wrap(value));
      // Some values of the catalogue are wrapped ones.
      if (i > 0 && [...catalogue().values()].some((other) => hash(other) === digest)) continue;
      assert.is(digests.get(digest), undefined, `${name} in ${wrap} and ${digests.get(digest)}`);
      digests.set(digest, `${name} in ${wrap}`);
    }
  }
});

test("a module namespace counts by its exports, and is no object that holds the same", () => {
  assert.is(hash(namespace), hash(namespace));
  assert.is.not(hash(namespace), hash({ ...namespace }));
  assert.is.not(hash(namespace), hash(Object.assign(Object.create(null), namespace)));
});

test.run();
