/**
 * Files that are small, whole in each of their parts, and would take the memory or the time of many.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tableFromArrays } from "apache-arrow";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { arrowParts } from "../../lib/format/arrow/file-parts.ts";
import { FlatTable } from "../../lib/format/arrow/flat-reader.ts";
import { footerBytes, readBlocks } from "../../lib/format/arrow/message.ts";
import { decodeManifest, encodeManifest } from "../../lib/format/manifest.ts";
import { dump, load, Memory } from "../../lib/index.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const isCorrupt = (error: unknown): boolean => isCacheError(error, "ERR_CORRUPT_ENTRY");

test("an Arrow file that names one batch many times is refused", () =>
  withTmp((directory) => {
    const path = join(directory, "table.arrow");
    dump(tableFromArrays({ x: new Float64Array(100_000) }), path, { compress: true });
    const file = readFileSync(path);
    const end = file.byteLength - 10;
    const start = end - file.readInt32LE(end);
    const memory = { ...slice(file), byteLength: file.byteLength };
    const { schema } = arrowParts(memory);
    const blocks = readBlocks(FlatTable.root(file.subarray(start, end)), 3);
    const write = (times: number): void => {
      const all = Array.from({ length: times }, () => blocks).flat();
      const footer = Buffer.from(footerBytes(schema, () => 0, [], all));
      const length = Buffer.alloc(4);
      length.writeInt32LE(footer.byteLength);
      writeFileSync(
        path,
        Buffer.concat([file.subarray(0, start), footer, length, Buffer.from("ARROW1")]),
      );
    };
    write(1);
    assert.is(load<{ numRows: number }>(path).numRows, 100_000);
    write(2000);
    assert.throws(() => load(path), isCorrupt);
  }));

test("compressed columns of an Arrow file that share their bytes are refused", () =>
  withTmp((directory) => {
    const path = join(directory, "table.arrow");
    const [x, y] = [new Float64Array(50_000), new Float64Array(50_000)];
    dump(tableFromArrays({ x, y }), path, { compress: true });
    const file = readFileSync(path);
    const { batches } = arrowParts({ ...slice(file), byteLength: file.byteLength });
    const [, , , , , second = 0] = batches[0]?.header.buffers ?? [];
    const third = batches[0]?.header.buffers[2] ?? 0;
    // Each is told as all of the body, behind which zstd would find other frames.
    const place = Buffer.alloc(8);
    const bodyBytes = BigInt(batches[0]?.body.byteLength ?? 0);
    place.writeBigInt64LE(BigInt(second));
    assert.ok(third >= 0 && bodyBytes > 0n);
    const told = Buffer.alloc(8);
    told.writeBigInt64LE(bodyBytes);
    for (let at = file.indexOf(place); at >= 0; at = file.indexOf(place, at + 8))
      told.copy(file, at);
    writeFileSync(path, file);
    assert.throws(() => load(path), isCorrupt);
  }));

test("a manifest or a bundle whose arrays share their bytes is refused", () =>
  withTmp((directory) => {
    new Memory(directory, { verbose: 0 }).eval(function pair() {
      return [new Float64Array(1000), new Float64Array(1000)];
    });
    const path = onlyFile(directory, "entry.json");
    const { checksum: _, ...manifest } = JSON.parse(readFileSync(path, "utf8"));
    decodeManifest(Buffer.from(encodeManifest(manifest)));
    manifest.arrays[1] = manifest.arrays[0];
    assert.throws(() => decodeManifest(Buffer.from(encodeManifest(manifest))), isCorrupt);

    const bundle = join(directory, "bundle");
    dump([new Float64Array(1000), new Float64Array(1000)], bundle);
    const file = readFileSync(bundle);
    const length = Number(file.readBigUInt64LE(file.byteLength - 16));
    const text = file.subarray(file.byteLength - 16 - length, file.byteLength - 16);
    const { checksum: __, ...inside } = JSON.parse(text.toString());
    const [first, second] = inside.arrays.map((each: { file: string }) => each.file);
    inside.metadata.positions[second] = inside.metadata.positions[first];
    // The second block is cut out.
    const head = file.subarray(0, 8192 + 4096);
    const changed = Buffer.from(encodeManifest(inside));
    const trailer = Buffer.from(file.subarray(-16));
    trailer.writeBigUInt64LE(BigInt(changed.byteLength));
    writeFileSync(bundle, Buffer.concat([head, changed, trailer]));
    assert.throws(() => load(bundle), isCorrupt);
  }));

const canMakePipes = spawnSync("mkfifo", ["--version"]).status === 0;
const pipes = async (): Promise<void> => {
  for (const compress of [false, true]) {
    for (const mmapMode of [null, "r"] as const) {
      for (const index of [0, 1, 2]) {
        await withTmp(async (directory) => {
          let runs = 0;
          const make = (): unknown => {
            runs++;
            return { a: new Float64Array(1000), text: Array.from({ length: 9000 }, Math.random) };
          };
          const call = (): unknown =>
            new Memory(directory, { verbose: 0, compress, mmapMode }).cache(make, {
              name: "make",
              module: "m",
              track: "none",
            })();
          await withWarnings(call);
          const entry = dirname(onlyFile(directory, "entry.json"));
          const path = join(entry, readdirSync(entry)[index] as string);
          rmSync(path);
          spawnSync("mkfifo", [path]);
          const memory = new Memory(directory, { verbose: 0 });
          assert.ok(memory.verify().damaged.length > 0);
          await withWarnings(call);
          assert.is(runs, 2);
          await withWarnings(call);
          assert.is(runs, 2);
        });
      }
    }
  }
};
const title = "a pipe in the place of a file is waited for by nobody";
if (canMakePipes) test(title, pipes);
else test.skip(title, pipes);

function slice({ buffer, byteOffset }: Buffer): {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
} {
  return { buffer, byteOffset };
}

test.run();
