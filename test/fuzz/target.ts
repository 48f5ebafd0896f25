/**
 * What reads bytes that somebody else may have written, each with bytes to begin with.
 *
 * Every seed and every input is one file's bytes. A target changes an input so that it gets past the
 * checksums, which a hostile writer can compute as well as we can.
 *
 * @module
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Arbitrary } from "fast-check";
import { bundleTail } from "../../lib/format/bundle.ts";
import { decodeClone, encodeClone } from "../../lib/format/clone.ts";
import { framesOf, tablePlace } from "../../lib/format/compressed.ts";
import { encodeManifest } from "../../lib/format/manifest.ts";
import { type Compression, isCount } from "../../lib/format/record.ts";
import { encodeSeekTable, type ListedFrame } from "../../lib/format/seek-table.ts";
import { compress, decompress } from "../../lib/format/zstd.ts";
import { dump, isCacheError, load, Memory } from "../../lib/index.ts";
import { onlyFile } from "../helpers/tmp.ts";
import { cloneInputs, codeRecords, frames, manifests, seekTables } from "./arbitrary.ts";
import { arrowTarget, headerTarget, npyTarget } from "./array-target.ts";
import { mutateBytes, mutateJson, type Random } from "./random.ts";
import { specimens } from "./specimen.ts";

/** Something that reads untrusted bytes. */
export interface Target {
  readonly name: string;
  /** Inputs that are accepted. */
  readonly seeds: readonly Buffer[];
  /** An input that differs from one that is accepted. */
  mutate(input: Buffer, random: Random): Buffer;
  /** Inputs made of parts. */
  readonly inputs?: Arbitrary<Buffer>;
  /** Reads an input. Throws only what a user of the library could be shown. */
  run(input: Buffer): unknown;
}

const MODES = [null, "r", "c"] as const;

/** All targets, with their files in a directory. */
export function targetsIn(directory: string): Target[] {
  return [
    manifestTarget(join(directory, "store")),
    bundleTarget(join(directory, "bundle")),
    npyTarget(join(directory, "array.npy")),
    headerTarget(),
    arrowTarget(join(directory, "table.arrow")),
    cloneTarget(),
    zstdTarget(),
    seekTableTarget(),
    codeTarget(join(directory, "code")),
  ];
}

/** An entry's manifest, whose checksum is right, beside files of every kind that it may name. */
function manifestTarget(directory: string): Target {
  const seeds: Buffer[] = [];
  const files = new Map<string, Buffer>();
  for (const { name, value, options } of specimens()) {
    const place = join(directory, name);
    new Memory(place, { verbose: 0, ...options }).eval(function entry() {
      return value();
    });
    const manifest = onlyFile(place, "entry.json");
    const { checksum: _, ...body } = JSON.parse(readFileSync(manifest, "utf8"));
    seeds.push(Buffer.from(JSON.stringify(body)));
    for (const file of readdirSync(dirname(manifest))) {
      if (file !== "entry.json") files.set(file, readFileSync(join(dirname(manifest), file)));
    }
  }
  const home = join(directory, "all");
  const identity = { name: "entry", module: "fuzz.ts", track: "none", onMiss: "throw" } as const;
  const readers = (["size", "full"] as const).flatMap((verify) =>
    MODES.map((mmapMode) => {
      const memory = new Memory(home, { verbose: 0, verify, mmapMode });
      return memory.cache(() => 0, identity);
    }),
  );
  new Memory(home, { verbose: 0 }).cache(() => 0, { ...identity, onMiss: "compute" })();
  const manifest = onlyFile(home, "entry.json");
  const { key } = JSON.parse(readFileSync(manifest, "utf8"));
  for (const [file, bytes] of files) writeFileSync(join(dirname(manifest), file), bytes);
  return {
    name: "manifest",
    seeds,
    inputs: manifests(seeds, [...files.keys()]),
    mutate: (input, random) => {
      const { key: _, ...body } = parse(input);
      return Buffer.from(JSON.stringify(mutateJson(body, random)));
    },
    run(input) {
      const { format: _, ...body } = parse(input);
      // An input of the corpus was made elsewhere.
      writeFileSync(manifest, encodeManifest({ ...body, key } as never));
      const reader = readers[input.byteLength % readers.length] as () => unknown;
      return reader();
    },
  };
}

/** A file of `dump`, whose manifest's checksum is right. Input: the file without its trailer. */
function bundleTarget(path: string): Target {
  const seeds = specimens().map(({ value }) => {
    dump(value(), path);
    return readFileSync(path);
  });
  return {
    name: "bundle",
    seeds,
    mutate(input, random) {
      if (random.below(4) === 0) return mutateBytes(input, random);
      try {
        const length = Number(input.readBigUInt64LE(input.byteLength - 16));
        const end = input.byteLength - 16 - length;
        const { checksum: _, ...body } = parse(input.subarray(end, input.byteLength - 16));
        const { metadata, ...encoded } = mutateJson(body, random) as Record<string, never>;
        const { positions } = (metadata ?? {}) as { positions: never };
        return Buffer.concat([input.subarray(0, end), bundleTail(encoded as never, positions)]);
      } catch {
        return mutateBytes(input, random);
      }
    },
    run(input) {
      writeFileSync(path, input);
      return load(path, { mmapMode: MODES[input.byteLength % MODES.length] ?? null });
    },
  };
}

/** What V8 reads: a structured clone, after a byte that says which arrays are in it. */
function cloneTarget(): Target {
  const values = [...specimens().map(({ value }) => value()), everything()];
  const clones = values.map((value) => encodeClone(value));
  return {
    name: "clone",
    seeds: clones.map(({ bytes }, i) => Buffer.concat([Buffer.from([i]), bytes])),
    mutate: (input, random) =>
      Buffer.concat([input.subarray(0, 1), mutateBytes(input.subarray(1), random, CLONE_TOKENS)]),
    inputs: cloneInputs(
      (value) => Buffer.concat([Buffer.of(0), encodeClone(value).bytes]),
      CLONE_TOKENS,
    ),
    run: (input) => {
      const { contents = [] } = clones[input[0] ?? 0] ?? {};
      return decodeClone(
        input.subarray(1),
        contents.map(({ of }) => of),
      );
    },
  };
}

/** One of each thing that a clone has a letter for. */
function everything(): unknown {
  const value: Record<string, unknown> = JSON.parse('{"__proto__": {"polluted": 1}}');
  const sparse: unknown[] = [1];
  sparse[100] = 2;
  Object.assign(value, {
    ...{ map: new Map([[1, new Set(["a"])]]), when: new Date(0), big: -(2n ** 100n), sparse },
    ...{ text: "ünï", wide: "\u{1f600}", pattern: /(a+)+$/giu, error: new RangeError("no") },
    ...{ boxed: [Object(1), Object("x"), Object(true), Object(1n)], none: [null, undefined, -0] },
    ...{ arrays: [new Uint8Array(2), new ArrayBuffer(3), new DataView(new ArrayBuffer(1))] },
    self: value,
  });
  return value;
}

/** Letters of V8's format with sizes that no input has. */
const CLONE_TOKENS = [
  ...["ff0f", "6fffffffff0f", "7b", "41ffffffff0f", "61ffffffff0f", "3bffffffff0f", "27ffffffff0f"],
  ...["22ffffffff0f", "63feffffff0f", "5affffff7f", "42ffffffff0f", "7effffffff0fffffffff0f"],
  ...["42085642000800", "7e10ffffffff0f", "5effffffff0f", "5cffffffff0f", "5c00", "7400", "7500"],
  ...["5247ff", "520528612b292b2400", "72", "7270", "64", "49ffffffff0f", "4e0000000000000000"],
  ...[
    "77",
    "57ffffffff0f",
    "6d",
    "4d",
    "71",
    "70",
    "285f5f70726f746f5f5f",
    "22095f5f70726f746f5f5f",
  ],
].map((hex) => Buffer.from(hex, "hex"));

/** A frame that claims a size, in its first 8 bytes as a number. */
function zstdTarget(): Target {
  const contents = [Buffer.from("text ".repeat(50)), Buffer.alloc(300_000), Buffer.alloc(0)];
  return {
    name: "zstd",
    seeds: contents.map((content) => {
      const size = Buffer.alloc(8);
      size.writeDoubleLE(content.byteLength);
      return Buffer.concat([size, compress(content)]);
    }),
    mutate: (input, random) => mutateBytes(input, random),
    inputs: frames(),
    run(input) {
      if (input.byteLength < 9) return undefined;
      const frame = input.subarray(8);
      const promised = promisedBy(frame);
      return decompress(frame, promised ?? input.readDoubleLE());
    },
  };
}

/** The list of a compressed file's frames, behind what a manifest says of them as four numbers. */
function seekTableTarget(): Target {
  const encode = (sizes: readonly number[]): Buffer =>
    Buffer.from(encodeSeekTable(sizes.map((bytes) => ({ bytes, rawBytes: bytes }))));
  const head = Buffer.alloc(32);
  for (const [i, number] of [80, 2 ** 13, 8, 2 ** 12].entries()) head.writeDoubleLE(number, 8 * i);
  const frame = (bytes: number, rawBytes: number): ListedFrame => ({ bytes, rawBytes });
  const table = encodeSeekTable([frame(60, 80), frame(70, 2 ** 12), frame(50, 2 ** 12)]);
  return {
    name: "seek table",
    seeds: [Buffer.concat([head, Buffer.alloc(180), table])],
    mutate: (input, random) =>
      Buffer.concat([input.subarray(0, 32), mutateBytes(input.subarray(32), random)]),
    inputs: seekTables(encode),
    run(input) {
      if (input.byteLength < 32) return undefined;
      const [offset = 0, bytes = 0, itemSize = 0, frame = 0] = [0, 8, 16, 24].map((at) =>
        input.readDoubleLE(at),
      );
      const file = input.subarray(32);
      const compressed: Compression = {
        ...{ bytes: file.byteLength, filter: "none", itemSize, level: 3, frame },
      };
      // Of a manifest only such numbers are read.
      if (![offset, bytes, itemSize, frame].every(isCount)) return undefined;
      const { position, byteLength } = tablePlace({ offset, bytes }, compressed);
      const list = file.subarray(position, position + byteLength);
      return framesOf({ offset, bytes }, compressed, list);
    },
  };
}

/** The record of a function's code, which `explain` reads. */
function codeTarget(directory: string): Target {
  const memory = new Memory(directory, { verbose: 0 });
  const cached = (version: number) =>
    memory.cache((x: number) => x, { name: "f", module: "code.ts", version });
  cached(1)(1);
  const path = onlyFile(directory, "code.json");
  const seed = readFileSync(path);
  const asked = cached(2);
  return {
    name: "code record",
    seeds: [seed],
    mutate(input, random) {
      try {
        return Buffer.from(JSON.stringify(mutateJson(parse(input), random)));
      } catch {
        // One that is too deep to be gone through.
        return mutateBytes(input, random);
      }
    },
    inputs: codeRecords(parse(seed)),
    run(input) {
      writeFileSync(path, input);
      return String(asked.explain(1));
    },
  };
}

/** The size that a frame claims, which a hostile manifest would repeat. */
function promisedBy(frame: Buffer): number | undefined {
  for (const size of [frame[5], frame.byteLength > 7 ? frame.readUInt16LE(5) + 256 : undefined]) {
    try {
      decompress(frame, size ?? 0);
      return size;
    } catch (error) {
      const [, promised] = /damaged: (\d+) bytes, expected/.exec(String(error)) ?? [];
      if (promised !== undefined) return Number(promised);
      if (!isCacheError(error)) throw error;
    }
  }
  return undefined;
}

function parse(text: Buffer): Record<string, unknown> {
  const parsed: unknown = JSON.parse(text.toString("utf8"));
  return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
}
