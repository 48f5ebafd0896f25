import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Digest, digestBytes, digestText } from "../../lib/hash/xxh3.ts";
import { native } from "../../lib/native.ts";

// Few bytes are digested by the addon once it is loaded.
native();

// The reference values of xxHash 0.8 for XXH3_128bits.
const EMPTY = "99aa06d3014798d86001c324468d497f";
const ABC = "06b05ab6733a618578af5f94892f3950";

test("the digest is that of the xxHash library", () => {
  assert.is(digestBytes(Buffer.from("")), EMPTY);
  assert.is(digestBytes(Buffer.from("abc")), ABC);
});

test("a view is read from its offset to its end", () => {
  const padded = Buffer.from("..abc..");
  assert.is(digestBytes(padded.subarray(2, 5)), ABC);
  assert.is(digestBytes(new DataView(padded.buffer, padded.byteOffset + 2, 3)), ABC);
  assert.is(digestBytes(new Uint8Array(padded.buffer, padded.byteOffset + 2, 0)), EMPTY);
});

test("a text has the digest of its bytes in UTF-8, all of them, whatever its length", () => {
  for (const letter of ["a", "é", "€", "😀", "\ud800"]) {
    for (const length of [0, 1, 682, 683, 1365, 1366, 4096, 4097, 5000]) {
      const text = letter.repeat(length);
      assert.is(digestText(text), digestBytes(Buffer.from(text)), `${length} of ${letter}`);
      assert.is.not(digestText(`${text}b`), digestText(`${text}c`), `${length} of ${letter}`);
    }
  }
});

test("every holder of the same bytes has the same digest", () => {
  const bytes = Uint8Array.from("abcabcab", (character) => character.charCodeAt(0));
  const shared = new SharedArrayBuffer(8);
  new Uint8Array(shared).set(bytes);
  const expected = digestBytes(bytes);
  for (const source of [
    bytes.buffer,
    shared,
    new Float64Array(shared),
    new DataView(bytes.buffer),
  ]) {
    assert.is(digestBytes(source), expected);
  }
  assert.is(digestBytes(new SharedArrayBuffer(0)), EMPTY);
});

test("the bytes of a long array have one digest, at once, in windows and in pieces", () => {
  const words = new Uint32Array(3_000_000).map((_, i) => i * 2_654_435_761);
  const bytes = new Uint8Array(words.buffer);
  for (const length of [2 ** 22 - 1, 2 ** 22, 2 ** 22 + 1, bytes.length]) {
    const part = bytes.subarray(0, length);
    const digest = new Digest();
    for (let i = 0; i < length; i += 999_983) digest.update(part.subarray(i, i + 999_983));
    assert.is(digestBytes(part), digest.hex());
  }
});

test("how bytes are cut into updates does not matter", () => {
  void fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 })), (pieces) => {
      const digest = new Digest();
      for (const piece of pieces) digest.update(piece);
      assert.is(digest.hex(), digestBytes(Buffer.concat(pieces)));
      assert.is(digest.hex(), digest.hex());
    }),
  );
});

test("a Digest goes on after its digest was read", () => {
  const digest = new Digest();
  digest.update(Buffer.from("a"));
  digest.hex();
  digest.update(Buffer.from("bc"));
  assert.is(digest.hex(), ABC);
});

test("what holds no bytes is a TypeError, not a crash", () => {
  for (const wrong of ["abc", [1, 2], {}, 5, null, undefined]) {
    const isTypeError = (error: unknown): boolean => error instanceof TypeError;
    assert.throws(() => digestBytes(wrong as unknown as Uint8Array), isTypeError);
    assert.throws(() => new Digest().update(wrong as unknown as Uint8Array), isTypeError);
  }
});

test("a detached buffer and its views are a TypeError, not the empty digest", () => {
  const buffer = new ArrayBuffer(8);
  const views = [new Uint8Array(buffer), new Float64Array(buffer)];
  structuredClone(buffer, { transfer: [buffer] });
  for (const source of [buffer, ...views]) {
    assert.throws(
      () => digestBytes(source),
      (error: unknown) => error instanceof TypeError,
    );
  }
});

test.run();
