import { createRequire } from "node:module";
import fc from "fast-check";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { digestBytes, rawDigest } from "../../lib/hash/xxh3.ts";
import { type Native, native } from "../../lib/native.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, thrown } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
const { XXHash128 } = createRequire(import.meta.url)("xxhash-addon") as {
  XXHash128: { hash(bytes: Uint8Array): Buffer };
};

function expected(bytes: Uint8Array): string {
  return XXHash128.hash(bytes).toString("hex");
}

test("the digest of no bytes is the one that xxHash documents", () => {
  assert.is(addon.digest(new Uint8Array(0)), "99aa06d3014798d86001c324468d497f");
});

test("few bytes have the digest that xxhash-addon gives, whatever their number", () => {
  const bytes = counting(5000);
  for (let length = 0; length <= bytes.length; length++) {
    const view = bytes.subarray(0, length);
    assert.is(addon.digest(view), expected(view), `${length} bytes`);
  }
});

test("any part of any buffer has the digest of its bytes", () => {
  const part = fc.tuple(fc.uint8Array({ maxLength: 3000 }), fc.nat(20), fc.boolean());
  fc.assert(
    fc.property(part, ([bytes, byteOffset, shared]) => {
      const size = byteOffset + bytes.length + 7;
      const buffer = shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size);
      const view = new Uint8Array(buffer, byteOffset, bytes.length);
      view.set(bytes);
      const digest = expected(bytes);
      assert.is(addon.digest(view), digest);
      assert.is(addon.digest(new DataView(buffer, byteOffset, bytes.length)), digest);
      assert.is(addon.digest(Buffer.from(buffer, byteOffset, bytes.length)), digest);
    }),
  );
});

test("the digest in hex is the raw one, on both sides of what counts as few bytes", () => {
  const bytes = counting(10_000);
  for (const length of [0, 1, 4095, 4096, 4097, 10_000]) {
    const view = bytes.subarray(0, length);
    assert.is(digestBytes(view), rawDigest(view).toString("hex"), `${length} bytes`);
  }
});

test("what is no view has no digest", () => {
  for (const value of [undefined, null, 1, "text", [1], {}, new ArrayBuffer(8)]) {
    assert.instance(
      thrown(() => addon.digest(value as never)),
      TypeError,
    );
  }
});

test.run();
