/**
 * Writes `test/fuzz/corpus/`: for each target an input of each kind that is accepted, and inputs that
 * once were, or could be, read wrongly. Run by hand when a target or a format is new.
 *
 * @module
 */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeClone } from "../../lib/format/clone.ts";
import { Random } from "./random.ts";
import { targetsIn } from "./target.ts";

const LARGEST = 14_000;
const corpus = fileURLToPath(new URL("corpus/", import.meta.url));

const frame = (hex: string): Buffer =>
  Buffer.concat([Buffer.alloc(8), Buffer.from("28b52ffd", "hex"), Buffer.from(hex, "hex")]);
const clone = (hex: string): Buffer => Buffer.from(`00ff0f${hex}00`, "hex");

/** Inputs with a name. */
const named: Readonly<Record<string, Readonly<Record<string, Buffer>>>> = {
  manifest: {
    "no-metadata": Buffer.from('{"async":false,"value":{"json":1},"arrays":[],"node":"20.0.0"}'),
    prototype: Buffer.from('{"__proto__":{"polluted":1},"value":{"__proto__":{}},"arrays":[]}'),
  },
  clone: {
    "sparse-array-of-4-gi": clone("61ffffffff0f24004000ffffffff0f"),
    "resizable-buffer-of-4-gi": clone("7e01ffffffff0f00"),
    "string-of-4-gi": clone("22ffffffff0f41"),
    prototype: Buffer.concat([
      Buffer.of(0),
      encodeClone(JSON.parse('{"__proto__":{"polluted":1}}')).bytes,
    ]),
  },
  "code record": {
    prototype: Buffer.from(
      '{"__proto__":{"polluted":1},"codeId":"a","track":"deep","own":null,"reached":[{"kind":"function","name":"__proto__","id":"a"}],"leftOut":[],"cut":false}',
    ),
    "no-list": Buffer.from('{"codeId":"a","track":"deep","reached":5,"leftOut":{},"cut":false}'),
    "deep-list": Buffer.from(`${"[".repeat(5000)}${"]".repeat(5000)}`),
  },
  "seek table": {
    "frames-without-bytes": Buffer.concat([
      Buffer.alloc(32, "\0\0\0\0\0\0\xb0\x40", "latin1"),
      Buffer.alloc(64),
    ]),
  },
  zstd: {
    "promise-of-1-gib": frame(`c4580000004000000000${"0c000007".repeat(64)}0d000007`),
    "reserved-flags": frame("fcff00"),
  },
};

const directory = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-corpus-"));
rmSync(corpus, { recursive: true, force: true });
try {
  for (const { name, seeds, mutate } of targetsIn(directory)) {
    const folder = join(corpus, name.replaceAll(" ", "-"));
    mkdirSync(folder, { recursive: true });
    const small = seeds.filter(({ byteLength }) => byteLength <= LARGEST);
    for (const [i, seed] of small.entries()) {
      writeFileSync(join(folder, `${i}-accepted`), seed);
      writeFileSync(join(folder, `${i}-changed`), mutate(Buffer.from(seed), new Random(i)));
    }
    for (const [file, input] of Object.entries(named[name] ?? {})) {
      writeFileSync(join(folder, file), input);
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
