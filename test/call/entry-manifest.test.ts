import { readFileSync, writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeManifest } from "../../lib/format/manifest.ts";
import { Memory } from "../../lib/index.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

type Part = Record<string, unknown>;

/** What no writer of ours writes, with a checksum that is right. */
const strange: Readonly<Record<string, (manifest: Part, metadata: Part) => void>> = {
  "no metadata": (manifest) => delete manifest["metadata"],
  "metadata that are a list": (manifest) => Object.assign(manifest, { metadata: [] }),
  "a time that is a text": (_, metadata) => Object.assign(metadata, { time: "now" }),
  "no timings": (_, metadata) => delete metadata["timings"],
  "arrays that are none": (_, metadata) => Object.assign(metadata, { arrays: [null] }),
  "arguments that are no texts": (_, metadata) => Object.assign(metadata, { inputArgs: [{}] }),
  "no parts of the key": ({ key }) => delete (key as Part)["parts"],
};

for (const [what, change] of Object.entries(strange)) {
  test(`a manifest with ${what} is a miss with one warning, and is not listed`, () =>
    withTmp(async (directory) => {
      const memory = new Memory(directory, { verbose: 0 });
      const cached = memory.cache((x: number) => x + 1, { name: "next", module: "m.ts" });
      cached(1);
      const path = onlyFile(directory, "entry.json");
      const { checksum: _, ...manifest } = JSON.parse(readFileSync(path, "utf8"));
      change(manifest, manifest.metadata);
      writeFileSync(path, encodeManifest(manifest));

      assert.equal([...memory.entries()], []);
      const { result, warnings } = await withWarnings(() => cached(1));
      assert.is(result, 2);
      assert.equal(
        warnings.map(({ code }) => code),
        ["ERR_CORRUPT_ENTRY"],
      );
      assert.is([...memory.entries()].length, 1);
    }));
}

test.run();
