/**
 * `.npy` headers to write and read: arbitrary ones, hand-made ones, and how reading them fails.
 *
 * @module
 */

import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { type NpyHeader, parseNpyHeader } from "../../lib/format/npy.ts";

const descrs = [
  "|b1",
  "|i1",
  "|u1",
  "<i2",
  ">u2",
  "<i4",
  ">u4",
  "<i8",
  "<u8",
  "<f4",
  ">f8",
  "<c16",
];

const aShape = fc.array(fc.nat(100), { maxLength: 6 });
/** What a header can say of a small array. */
export const aHeader: fc.Arbitrary<Omit<NpyHeader, "dataOffset">> = fc.record({
  descr: fc.constantFrom(...descrs),
  fortranOrder: fc.boolean(),
  shape: fc.oneof(aShape, fc.array(fc.constant<number>(0), { maxLength: 64 })),
});

/** A file whose header is this text. */
export function fileOf(text: string, version = 1, elements = 64): Buffer {
  const header = Buffer.from(text, version === 3 ? "utf8" : "latin1");
  const start = Buffer.alloc(version === 1 ? 10 : 12);
  start.write("\x93NUMPY", "latin1");
  start[6] = version;
  if (version === 1) start.writeUInt16LE(header.byteLength, 8);
  else start.writeUInt32LE(header.byteLength, 8);
  return Buffer.concat([start, header, Buffer.alloc(elements)]);
}

/** The header of a whole file. */
export const parse = (file: Buffer): ReturnType<typeof parseNpyHeader> =>
  parseNpyHeader(file, file.byteLength);

/** Asserts that a file is reported as damaged, in these words. */
export function corrupt(run: () => unknown, says: RegExp): void {
  throwsCode(run, "ERR_CORRUPT_ENTRY", says);
}

/** Asserts that a dtype is reported as unsupported, in these words. */
export function unsupported(run: () => unknown, says: RegExp): void {
  throwsCode(run, "ERR_UNSUPPORTED_VALUE", says);
}

function throwsCode(
  run: () => unknown,
  code: "ERR_CORRUPT_ENTRY" | "ERR_UNSUPPORTED_VALUE",
  says: RegExp,
): void {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  assert.ok(isCacheError(thrown, code), String(thrown));
  assert.match((thrown as Error).message, says);
}
