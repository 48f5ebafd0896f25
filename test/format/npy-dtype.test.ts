import { test } from "uvu";
import * as assert from "uvu/assert";
import { dtypes, type TypedArray } from "../../lib/array/dtype.ts";
import { dtypeOfDescr, swapBytes } from "../../lib/format/npy-dtype.ts";
import { sameArray } from "../helpers/assert.ts";
import { unsupported } from "./npy-headers.ts";

test("each numeric dtype is held by the class of its numbers", () => {
  const expected = {
    ...{ "|b1": ["bool", 1, "Uint8Array"], "|i1": ["int8", 1, "Int8Array"] },
    ...{ "<i2": ["int16", 2, "Int16Array"], "=u4": ["uint32", 4, "Uint32Array"] },
    ...{ "<i8": ["int64", 8, "BigInt64Array"], "<u8": ["uint64", 8, "BigUint64Array"] },
    ...{ "<f4": ["float32", 4, "Float32Array"], "|f8": ["float64", 8, "Float64Array"] },
    ...{ "<c8": ["complex64", 8, "Float32Array"], "<c16": ["complex128", 16, "Float64Array"] },
  };
  for (const [descr, fields] of Object.entries(expected)) {
    const { dtype, swap } = dtypeOfDescr(descr);
    assert.equal([dtype.name, dtype.itemSize, dtype.array.name], fields, descr);
    assert.is(swap, false);
  }
  for (const dtype of dtypes) assert.is(dtypeOfDescr(dtype.descr).dtype.name, dtype.name);
});

test("only numbers of several bytes in the other order are swapped", () => {
  const swapped = [">f8", ">c8", ">i2", "<f8", ">i1", ">b1", "=f8"].filter(
    (d) => dtypeOfDescr(d).swap,
  );
  assert.equal(swapped, [">f8", ">c8", ">i2"]);
});

test("every other dtype is unsupported, by its name", () => {
  const others = [
    "|S5",
    "<U7",
    "|O",
    "<M8[ns]",
    "<m8",
    "|V8",
    "<f16",
    "<g",
    "<c32",
    "<i3",
    "f8",
    "",
    "<toString",
    "<b1 ",
    "<f08",
  ];
  for (const descr of others) {
    unsupported(() => dtypeOfDescr(descr), /^no typed array holds the dtype .*supported are bool/);
  }
});

if (!("Float16Array" in globalThis)) {
  test("float16 names the Node version it needs", () => {
    unsupported(() => dtypeOfDescr("<f2"), /needs Float16Array.*Node 24/);
  });
}

test("bytes are swapped in place, each part of a complex number for itself", () => {
  const cases: readonly (readonly [array: TypedArray, swapped: TypedArray])[] = [
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
    [Uint16Array.of(0x0102, 0xfffe), Uint16Array.of(0x0201, 0xfeff)],
    [Uint32Array.of(0x01020304), Uint32Array.of(0x04030201)],
    [BigUint64Array.of(0x0102030405060708n), BigUint64Array.of(0x0807060504030201n)],
    [new Float64Array(0), new Float64Array(0)],
  ];
  for (const [array, swapped] of cases) {
    swapBytes(array);
    sameArray(array, swapped);
  }
});

test("a view of more than one window is swapped to its end and not beyond", () => {
  const all = new Uint32Array(new SharedArrayBuffer(4 * (2 ** 19 + 7))).fill(0x01020304);
  swapBytes(all.subarray(3, -2));
  assert.is(all.indexOf(0x04030201), 3);
  assert.is(all.lastIndexOf(0x04030201), all.length - 3);
  assert.is(all.filter((n) => n === 0x04030201).length, all.length - 5);
});

test.run();
