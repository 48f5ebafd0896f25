import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { hash } from "../../lib/hash/hash.ts";

type Node = Record<string, unknown>;

test("shared parts equal copies", () => {
  const part = { a: [1, 2, 3] };
  const long = Array.from({ length: 500 }, (_, i) => i);
  assert.is(hash([part, part]), hash([part, structuredClone(part)]));
  assert.is(hash([long, [long]]), hash([long, [structuredClone(long)]]));
  assert.is(
    hash(new Set([part, { part }])),
    hash(new Set([part, { part: structuredClone(part) }])),
  );
});

test("structure that is shared at every level costs no more than its parts", () => {
  const doublings: ((value: unknown) => unknown)[] = [
    (value) => [value, value],
    (value) => ({ a: value, b: { c: value } }),
    (value) => new Set([value, [value]]),
    (value) => new Map([[value, value]]),
    (value) =>
      new Map([
        ["a", [value]],
        ["b", [value]],
      ]),
    (value) => new Error("a", { cause: [value, value] }),
  ];
  for (const double of doublings) {
    let value: unknown = 1;
    let other: unknown = 2;
    for (let i = 0; i < 200; i++) [value, other] = [double(value), double(other)];
    assert.is.not(hash(value), hash(other));
  }
});

test("a part has the same digest at every depth", () => {
  const part = (): unknown => ({ list: Array.from({ length: 300 }, (_, i) => ({ i })) });
  const shared = part();
  const deep = (leaf: () => unknown): unknown => [leaf(), [leaf(), [[leaf(), [[[leaf()]]]]]]];
  assert.is(hash(deep(() => shared)), hash(deep(part)));
});

test("cycles are hashed by the way back", () => {
  const ring = (length: number): Node => {
    const first: Node = {};
    let last = first;
    for (let i = 1; i < length; i++) {
      last["next"] = {};
      last = last["next"] as Node;
    }
    last["next"] = first;
    return first;
  };
  const digests = [1, 2, 3, 500].map((length) => hash(ring(length)));
  assert.is(new Set(digests).size, 4);
  assert.equal(
    digests,
    [1, 2, 3, 500].map((length) => hash(ring(length))),
  );
});

test("cycles through arrays, Maps, Sets, errors and extra properties are hashed", () => {
  const makers: (() => object)[] = [
    () => {
      const array: unknown[] = [];
      array.push(array);
      return array;
    },
    () => {
      const map = new Map<unknown, unknown>();
      return map.set("self", map);
    },
    () => {
      const map = new Map<unknown, unknown>();
      return map.set(map, "self");
    },
    () => {
      const set = new Set<unknown>();
      return set.add([set]);
    },
    () => {
      const error = new Error("a");
      return Object.assign(error, { error });
    },
    () => {
      const array = new Float64Array(2);
      return Object.assign(array, { array });
    },
  ];
  const digests = makers.map((make) => hash(make()));
  assert.equal(
    digests,
    makers.map((make) => hash(make())),
  );
  assert.is(new Set(digests).size, makers.length);
});

test("a part of a cycle is not remembered for another place", () => {
  // Both children hold the same object, whose way back to the root has another length.
  const make = (depth: number): Node => {
    const root: Node = {};
    const shared = { root, filler: "x".repeat(1000) };
    root["near"] = shared;
    root["far"] = depth === 1 ? { shared } : { shared: { shared } };
    return root;
  };
  assert.is(hash(make(1)), hash(make(1)));
  assert.is.not(hash(make(1)), hash(make(2)));

  const left: Node = { filler: "x".repeat(1000) };
  const right: Node = { filler: "x".repeat(1000) };
  left["up"] = [left];
  right["up"] = [[right]];
  assert.is.not(hash([left, [left]]), hash([left, [right]]));
  assert.is.not(hash([left, [left]]), hash([right, [left]]));
});

test("a long tree with references to parents is hashed", () => {
  const root: { children: Node[] } = { children: [] };
  for (let i = 0; i < 20_000; i++) root.children.push({ parent: root, i });
  const digest = hash(root);
  (root.children[19_999] as Node)["i"] = -1;
  assert.is.not(hash(root), digest);
});

test("cycles that cross in too many ways are refused instead of taking forever", () => {
  const nodes: { links: unknown[] }[] = Array.from({ length: 30 }, () => ({ links: [] }));
  for (const node of nodes) node.links.push(...nodes);
  assert.throws(
    () => hash(nodes),
    (error: unknown) => isCacheError(error, "ERR_UNHASHABLE") && /cross/.test(error.message),
  );
});

test.run();
