/**
 * Ndarrays over shared memory.
 *
 * @module
 */

import { join } from "node:path";
import { types } from "node:util";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, load, Memory } from "../../lib/index.ts";
import {
  Ndarray,
  packedCopy,
  type Scijs,
  type Stdlib,
  sameNdarray,
  scijs,
} from "../helpers/ndarrays.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

function ramp(buffer: ArrayBufferLike): Float64Array {
  const data = new Float64Array(buffer, 8, 24);
  for (let i = 0; i < data.length; i++) data[i] = i + 0.5;
  return data;
}

const views: Readonly<Record<string, (data: Float64Array) => Stdlib>> = {
  rows: (data) => new Ndarray("float64", data, [4, 6], [6, 1], 0, "row-major"),
  columns: (data) => new Ndarray("float64", data, [4, 6], [1, 4], 0, "column-major"),
  transposed: (data) => new Ndarray("float64", data, [6, 4], [1, 6], 0, "row-major"),
  reversed: (data) => new Ndarray("float64", data, [3], [-5], 20, "row-major"),
  empty: (data) => new Ndarray("float64", data, [0, 3], [3, 1], 0, "row-major"),
};

for (const [name, view] of Object.entries(views)) {
  test(`an ndarray over shared memory has the key of any other, and comes back shared: ${name}`, () =>
    withTmp(async (directory) => {
      const array = view(ramp(new SharedArrayBuffer(256)));
      assert.is(hash(array), hash(view(ramp(new ArrayBuffer(256)))));
      assert.is(hash(array), hash(packedCopy(array)));
      const path = join(directory, "a");
      dump(array, path);
      await withWarnings(() => {
        for (const mmapMode of [null, "r", "c", "r+"] as const) {
          const loaded = load<Stdlib>(path, { mmapMode });
          sameNdarray(loaded, array);
          // A map is no memory that threads share.
          if (mmapMode === null) assert.ok(types.isSharedArrayBuffer(loaded.data.buffer));
        }
      });
    }));
}

test("an ndarray of scijs over shared memory has the key of any other, and comes back shared", () =>
  withTmp((directory) => {
    const array = scijs(ramp(new SharedArrayBuffer(256)), [4, 6]).step(1, -2);
    assert.is(hash(array), hash(scijs(ramp(new ArrayBuffer(256)), [4, 6]).step(1, -2)));
    const path = join(directory, "a");
    dump(array, path);
    const loaded = load<Scijs>(path);
    assert.is(hash(loaded), hash(array));
    assert.is(loaded.get(3, 2), array.get(3, 2));
    assert.ok(types.isSharedArrayBuffer(loaded.data.buffer));
  }));

test("what another thread wrote to the memory of an ndarray is in its key", () =>
  withTmp(async (directory) => {
    const buffer = new SharedArrayBuffer(256);
    const array = views["rows"]?.(ramp(buffer)) as Stdlib;
    const memory = new Memory(directory, { verbose: 0 });
    const sum = memory.cache(
      ({ data }: Stdlib) => (data as Float64Array).reduce((a, b) => a + b, 0),
      {
        name: "sum",
      },
    );
    const before = sum(array);
    const code = `new Float64Array(require("node:worker_threads").workerData, 8)[3] = 1000;`;
    const worker = new Worker(code, { eval: true, workerData: buffer });
    await new Promise((resolve) => worker.once("exit", resolve));
    assert.is(array.get(0, 3), 1000);
    assert.is(sum(array), before + 1000 - 3.5);
  }));

test.run();
