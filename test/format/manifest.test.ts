import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { decodeManifest, encodeManifest, type Manifest } from "../../lib/format/manifest.ts";
import { digestBytes } from "../../lib/hash/xxh3.ts";

const manifestWith = (metadata: unknown): Manifest => ({
  ...{ key: "ключ", async: false, value: { json: 1 }, arrays: [], metadata },
  node: process.versions.node,
});

test("a manifest is one line of JSON that ends in the checksum of what is before it", () => {
  void fc.assert(
    fc.property(fc.jsonValue(), (metadata) => {
      const bytes = encodeManifest(manifestWith(metadata));
      const { checksum, format, ...written } = JSON.parse(bytes.toString("utf8"));
      assert.is(format, 1);
      assert.equal(written, JSON.parse(JSON.stringify(manifestWith(metadata))));
      const end = bytes.lastIndexOf(',"checksum":"');
      assert.is(bytes.toString("latin1", end), `,"checksum":"${checksum}"}`);
      assert.is(checksum, digestBytes(bytes.subarray(0, end)));
      assert.not(bytes.includes("\n"));
    }),
  );
});

test("a manifest with one other bit is refused", () => {
  const bytes = encodeManifest(manifestWith({ text: "größer" }));
  assert.is(decodeManifest(bytes).key, "ключ");
  for (let i = 0; i < bytes.byteLength; i++) {
    const flipped = Buffer.from(bytes);
    flipped[i] = (bytes[i] as number) ^ 4;
    assert.throws(
      () => decodeManifest(flipped),
      (error: unknown) => isCacheError(error, "ERR_CORRUPT_ENTRY"),
    );
  }
});

test.run();
