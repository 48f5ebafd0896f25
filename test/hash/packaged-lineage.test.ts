/**
 * Registered instances of a package's class: the package tells their code, and what is put on the
 * class counts all the same.
 *
 * @module
 */

import { createRequire } from "node:module";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash, registerType } from "../../lib/index.ts";

interface Instance {
  to1DArray(): number[];
  sum?: () => number;
}

interface MatrixClass {
  new (rows: number, columns: number): Instance;
  readonly prototype: Instance;
}

const { Matrix } = createRequire(import.meta.url)("ml-matrix") as { readonly Matrix: MatrixClass };

registerType(Matrix, {
  name: "ml-matrix/Matrix",
  encode: (matrix) => matrix.to1DArray(),
  decode: (values): Instance => new Matrix((values as number[]).length, 1),
});

test("a method that is put on the class counts, also after an instance was hashed", () => {
  const matrix = new Matrix(2, 2);
  const before = hash(matrix);
  assert.is(hash(new Matrix(2, 2)), before);
  Matrix.prototype.sum = () => 5;
  const patched = hash(matrix);
  assert.is.not(patched, before);
  Matrix.prototype.sum = () => 6;
  assert.is.not(hash(matrix), patched);
  delete Matrix.prototype.sum;
  assert.is(hash(matrix), before);
});

test("what a registered class of the program's own captures counts as it is at each call", () => {
  let factor = 2;
  class Scale {
    readonly x = 1;
    times(): number {
      return this.x * factor;
    }
  }
  registerType(Scale, { name: "test/Scale", encode: ({ x }) => x, decode: () => new Scale() });
  const before = hash(new Scale());
  factor = 3;
  assert.is.not(hash(new Scale()), before);
});

test.run();
