/**
 * Inputs that know what they are: of the right shape in most places, and of any in some.
 *
 * @module
 */

import * as fc from "fast-check";
import { HOSTILE } from "./random.ts";

const SIZES = [0, 1, 8, 64, 4096, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53 - 1];
const DTYPES = [
  "<f8",
  "<f4",
  "|u1",
  "|b1",
  "<i8",
  "<c16",
  ">f8",
  "|V8",
  "|O",
  "<U9",
  "<f999999999",
];
const CLASSES = ["Float64Array", "Uint8Array", "Buffer", "ndarray", "ArrayBuffer", "constructor"];
/** Deeper than a stack is. */
const DEEP = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;

/** Any JSON, with names and numbers that harm where they are believed. */
const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom("__proto__", "constructor", "file", "json"), fc.jsonValue(), {
    maxKeys: 3,
  }),
);

/** What it should be, or in one case of twelve something else. */
function mostly<T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 11, arbitrary: right }, { weight: 1, arbitrary: anyJson });
}

const size = fc.oneof(fc.constantFrom(...SIZES), fc.nat({ max: 9000 }));
const digest = fc.constantFrom(null, "0".repeat(32));

/** Records of arrays and tables in files of these names. */
function sidecar(files: readonly string[]): fc.Arbitrary<unknown> {
  return fc.record(
    {
      file: mostly(fc.constantFrom(...files)),
      className: mostly(fc.constantFrom(...CLASSES)),
      descr: mostly(fc.constantFrom(...DTYPES, "arrow")),
      shape: mostly(fc.array(size, { maxLength: 3 })),
      order: mostly(fc.constantFrom("C", "F")),
      shared: mostly(fc.boolean()),
      offset: mostly(size),
      bytes: mostly(size),
      digest: mostly(digest),
      modified: mostly(size),
      arrow: fc.constantFrom("Table", "RecordBatch", "Vector", "Schema", "Array", "ndarray"),
      compressed: mostly(
        fc.record({
          bytes: mostly(size),
          filter: mostly(fc.constantFrom("none", "shuffle", "bitshuffle")),
          itemSize: mostly(size),
          level: mostly(fc.integer()),
          frame: mostly(size),
        }),
      ),
      ndarray: anyJson,
    },
    { requiredKeys: ["file", "className", "descr", "shape", "order", "offset", "bytes"] },
  );
}

/** Bodies of manifests, which may take parts of those that are accepted. */
export function manifests(
  seeds: readonly Buffer[],
  files: readonly string[],
): fc.Arbitrary<Buffer> {
  const accepted = seeds.map((seed) => JSON.parse(seed.toString()) as Record<string, unknown>);
  const base64 = fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => Buffer.from(bytes).toString("base64"));
  const value = fc.oneof(
    fc.record({ json: anyJson }),
    fc.record({ array: mostly(fc.nat({ max: 3 })) }),
    fc.record({ clone: mostly(base64) }),
    fc.record({ zstd: mostly(base64), rawBytes: mostly(size) }),
    fc.record({
      file: mostly(fc.constantFrom("value-00000000.zst", ...files)),
      ...{ bytes: mostly(size), rawBytes: mostly(size), digest: mostly(digest) },
    }),
    fc.constantFrom(...accepted.map((each) => each["value"])),
  );
  const known = fc.constantFrom(...accepted.flatMap(({ arrays }) => arrays as unknown[]));
  return fc
    .record({
      async: mostly(fc.boolean()),
      value: mostly(value),
      arrays: mostly(fc.array(fc.oneof(known, sidecar(files)), { maxLength: 4 })),
      inline: fc.option(mostly(fc.array(sidecar(files), { maxLength: 3 })), { nil: undefined }),
      node: mostly(fc.constantFrom(process.versions.node, "99.0.0")),
      metadata: mostly(fc.constantFrom(...accepted.map(({ metadata }) => metadata))),
    })
    .map((body) => Buffer.from(JSON.stringify(body)));
}

/** `.npy` files: headers as Python writes them, with what it would never write. */
export function npyFiles(): fc.Arbitrary<Buffer> {
  const shape = fc
    .array(fc.oneof(size, fc.constantFrom(-1, 1.5, "4L", "1e9", "_", "()", "9".repeat(400))), {
      maxLength: 70,
    })
    .map((list) => `(${list.join(", ")}${list.length === 1 ? "," : ""})`);
  const text = fc.oneof(
    fc.constantFrom(...DTYPES).map((descr) => `'${descr}'`),
    fc.constantFrom("[('a', '<f8')]", "None", "'\\x3cf8'", `${"(".repeat(20_000)}`),
    fc.string({ unit: "binary", maxLength: 8 }),
  );
  const dictionary = fc
    .record({ descr: text, order: fc.constantFrom("True", "False", "0", ""), shape })
    .map(
      (one) => `{'descr': ${one.descr}, 'fortran_order': ${one.order}, 'shape': ${one.shape}, }`,
    );
  const parts = fc.record({
    header: fc.oneof({ weight: 8, arbitrary: dictionary }, { weight: 1, arbitrary: fc.string() }),
    version: fc.constantFrom(1, 2, 3, 4, 255),
    // By how much the length that is told differs from the real one.
    off: fc.constantFrom(0, 0, 0, 1, -1, 60_000, 2 ** 31),
    data: fc.uint8Array({ maxLength: 64 }),
  });
  return parts.map(({ header, version, off, data }) => {
    const text = Buffer.from(header, "latin1");
    const bytes = version === 1 ? 2 : 4;
    const length = Buffer.alloc(bytes);
    const told = Math.max(0, text.byteLength + off) % 2 ** (8 * bytes);
    length.writeUIntLE(told, 0, bytes);
    return Buffer.concat([
      Buffer.from([0x93]),
      Buffer.from("NUMPY"),
      Buffer.of(version, 0),
      length,
      text,
      data,
    ]);
  });
}

/** What V8 might read: values as it writes them, with letters and lengths between. */
export function cloneInputs(
  encode: (value: unknown) => Buffer,
  tokens: readonly Buffer[],
): fc.Arbitrary<Buffer> {
  const whole = fc
    .anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    })
    .map((value) => {
      try {
        return encode(value);
      } catch {
        return encode(null);
      }
    });
  const piece = fc.oneof(
    fc.constantFrom(...tokens),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  );
  return fc
    .tuple(whole, fc.array(fc.tuple(fc.nat({ max: 400 }), piece), { maxLength: 4 }))
    .map(([bytes, pieces]) =>
      pieces.reduce((changed, [at, each]) => {
        const place = Math.min(changed.byteLength, 3 + (at % Math.max(1, changed.byteLength)));
        return Buffer.concat([changed.subarray(0, place), each, changed.subarray(place)]);
      }, bytes),
    );
}

/** Frames of zstd from their parts: the descriptor, the size, blocks of every kind. */
export function frames(): fc.Arbitrary<Buffer> {
  const block = fc
    .record({
      kind: fc.nat({ max: 3 }),
      isLast: fc.boolean(),
      told: fc.constantFrom(0, 1, 5, 100, 2 ** 17, 2 ** 21 - 1),
      bytes: fc.uint8Array({ maxLength: 24 }),
    })
    .map(({ kind, isLast, told, bytes }) => {
      const head = Buffer.alloc(3);
      head.writeUIntLE((told << 3) | (kind << 1) | (isLast ? 1 : 0), 0, 3);
      return Buffer.concat([head, bytes]);
    });
  return fc
    .record({
      size: fc.oneof(size, fc.constantFrom(-1, 0.5, Number.NaN)),
      descriptor: fc.nat({ max: 255 }),
      head: fc.uint8Array({ maxLength: 14 }),
      blocks: fc.array(block, { maxLength: 30 }),
    })
    .map(({ size: told, descriptor, head, blocks }) => {
      const claim = Buffer.alloc(8);
      claim.writeDoubleLE(told);
      const start = [
        claim,
        Buffer.from("28b52ffd", "hex"),
        Buffer.of(descriptor),
        Buffer.from(head),
      ];
      return Buffer.concat([...start, ...blocks]);
    });
}

/** Texts of `code.json`. */
export function codeRecords(seed: Record<string, unknown>): fc.Arbitrary<Buffer> {
  const reached = fc.record(
    {
      kind: mostly(fc.constantFrom("function", "class", "constant", "data", "package")),
      name: mostly(fc.constantFrom("h", "__proto__", "constructor", "\u001b[2J")),
      id: mostly(fc.string()),
      file: mostly(fc.string()),
      line: mostly(fc.nat()),
    },
    { requiredKeys: ["kind", "name", "id"] },
  );
  const record = fc.record({
    codeId: mostly(fc.constantFrom(String(seed["codeId"]), "0".repeat(32))),
    track: mostly(fc.constantFrom("deep", "own", "none", "version")),
    own: mostly(digest),
    reached: mostly(fc.array(reached, { maxLength: 5 })),
    leftOut: mostly(fc.array(fc.record({ name: mostly(fc.string()), why: mostly(fc.string()) }))),
    cut: mostly(fc.boolean()),
  });
  const huge = fc.constantFrom("[", "{}", '{"name":"a"},').map((part) => {
    return JSON.stringify({ ...seed, reached: [] }).replace("[]", `[${part.repeat(300_000)}0]`);
  });
  return fc.oneof(
    { weight: 20, arbitrary: record.map((one) => Buffer.from(JSON.stringify(one))) },
    { weight: 4, arbitrary: anyJson.map((one) => Buffer.from(JSON.stringify(one))) },
    { weight: 1, arbitrary: fc.constant(Buffer.from(DEEP)) },
    { weight: 1, arbitrary: huge.map((text) => Buffer.from(text)) },
  );
}

/** What says how a compressed file is divided, before the list of its frames; all as numbers. */
export function seekTables(encode: (sizes: readonly number[]) => Buffer): fc.Arbitrary<Buffer> {
  const part = fc.oneof(size, fc.constantFrom(2 ** 12, 2 ** 21, 2 ** 27, 0.5, -1));
  return fc
    .record({
      numbers: fc.tuple(part, part, part, part),
      frames: fc.array(fc.constantFrom(0, 1, 20, 4096, 2 ** 32 - 1), { maxLength: 12 }),
      flips: fc.array(fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 255 })), { maxLength: 2 }),
      padding: fc.nat({ max: 300 }),
    })
    .map(({ numbers, frames: sizes, flips, padding }) => {
      const head = Buffer.alloc(32);
      for (const [i, number] of numbers.entries()) head.writeDoubleLE(number, 8 * i);
      const table = encode(sizes);
      for (const [at, byte] of flips) if (at < table.byteLength) table[at] = byte;
      return Buffer.concat([head, Buffer.alloc(padding), table]);
    });
}
