/**
 * Arrays of stdlib that are no typed arrays, as results: alone and inside a value.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, Memory } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

interface StdlibArray {
  readonly buffer: ArrayBuffer;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly length: number;
  subarray(from: number): StdlibArray;
}
type StdlibClass = new (length: number) => StdlibArray;

const require = createRequire(import.meta.url);
const classes: Readonly<Record<string, StdlibClass>> = {
  Complex128Array: require("@stdlib/array/complex128"),
  Complex64Array: require("@stdlib/array/complex64"),
  BooleanArray: require("@stdlib/array/bool"),
};

/** A view that does not begin with its buffer. */
function viewOf(Class: StdlibClass, length: number): StdlibArray {
  const array = new Class(length + 2);
  new Uint8Array(array.buffer).fill(1);
  return array.subarray(2);
}

function bytesOf({ buffer, byteOffset, byteLength }: StdlibArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

for (const [name, Class] of Object.entries(classes)) {
  for (const mmapMode of [null, "r"] as const) {
    test(`a ${name} comes back as one, alone and in a value, with mmapMode ${mmapMode}`, () =>
      withTmp(async (directory) => {
        const memory = new Memory(directory, { mmapMode, track: "none", verbose: 0 });
        const make = memory.cache((length: number) => viewOf(Class, length), { name: "make" });
        const inside = memory.cache((length: number) => ({ z: [viewOf(Class, length)] }), {
          name: "inside",
        });
        for (const length of [0, 3, 6000]) {
          const { warnings } = await withWarnings(() => {
            for (let run = 0; run < 2; run++) {
              for (const array of [make(length), inside(length).z[0] as StdlibArray]) {
                assert.instance(array, Class);
                assert.is(array.length, length);
                sameArray(bytesOf(array), bytesOf(viewOf(Class, length)));
              }
            }
          });
          assert.equal(warnings, []);
          assert.ok(make.checkCallInCache(length) && inside.checkCallInCache(length));
        }
      }));
  }
}

test("a complex array is a complex .npy file, and one with a property of its own is not stored", () =>
  withTmp(async (directory) => {
    const Complex = classes["Complex128Array"] as StdlibClass;
    const path = join(directory, "z.npy");
    dump(viewOf(Complex, 5), path);
    assert.match(readFileSync(path, "latin1"), /'descr': '<c16'.*'shape': \(5,\)/);
    const memory = new Memory(directory, { verbose: 0 });
    const named = memory.cache(() => Object.assign(viewOf(Complex, 5), { unit: "m" }), {
      ...{ name: "named", track: "none" },
    });
    const { warnings } = await withWarnings(() => named());
    assert.is(warnings[0]?.code, "ERR_UNSUPPORTED_VALUE");
    assert.is(filesIn(directory).filter((file) => file.endsWith("entry.json")).length, 0);
  }));

test.run();
