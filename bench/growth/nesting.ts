import assert from "node:assert";
import { hash } from "ndmemo";
import type { Series } from "./series.ts";

/** Objects in objects: each has a number, a text, and up to ten others. */
function tree(objects: number): object {
  const all = Array.from({ length: objects }, (_, i) => ({
    ...{ id: i, name: `node ${i}` },
    children: [] as object[],
  }));
  for (let i = 1; i < objects; i++) all[Math.floor((i - 1) / 10)]?.children.push(all[i] as object);
  return all[0] ?? {};
}

/** Objects in each other, one in each. */
function chain(objects: number): object {
  let outer: object = {};
  for (let i = 1; i < objects; i++) outer = { i, inner: outer };
  return outer;
}

const hashed = (make: (objects: number) => object) => (objects: number) => {
  const value = make(objects);
  const expected = hash(make(objects));
  return { run: () => assert.equal(hash(value), expected) };
};

export const nesting: Series = {
  title: "Arguments, by the objects in them",
  axis: "objects",
  cost: "seconds a hash",
  sizes: [1, 10, 1e2, 1e3, 1e4, 1e5],
  lines: {
    "a tree": { measure: hashed(tree) },
    "a chain": { measure: hashed(chain), to: 1e2 },
    "small arrays": {
      measure: hashed((count) =>
        Array.from({ length: count }, (_, i) => new Float64Array([i, i + 1])),
      ),
    },
  },
};
