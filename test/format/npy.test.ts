import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { dtypeOfDescr, encodeNpyHeader, parseNpyHeader } from "../../lib/format/npy.ts";
import { aHeader, corrupt, fileOf, parse, unsupported } from "./npy-headers.ts";

/** The text of headers that NumPy 2.4 wrote, without the spaces at the end. */
const written: readonly (readonly [
  descr: string,
  fortranOrder: boolean,
  shape: number[],
  text: string,
  bytes: number,
])[] = [
  ["<f8", false, [3], "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", 128],
  ["<f8", true, [2, 3], "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", 128],
  ["<f8", false, [], "{'descr': '<f8', 'fortran_order': False, 'shape': (), }", 128],
  [">i2", false, [0, 5], "{'descr': '>i2', 'fortran_order': False, 'shape': (0, 5), }", 128],
  [
    "|b1",
    false,
    [1e6, 7],
    "{'descr': '|b1', 'fortran_order': False, 'shape': (1000000, 7), }",
    128,
  ],
  [
    "<f8",
    false,
    new Array(15).fill(1),
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), }",
    192,
  ],
];

for (const [descr, fortranOrder, shape, text, length] of written) {
  test(`the header of ${descr} (${shape}) is the one that numpy.save writes`, () => {
    const bytes = Buffer.from(encodeNpyHeader({ descr, fortranOrder, shape }));
    const expected = Buffer.concat([
      Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, length - 10, 0]),
      Buffer.from(`${text.padEnd(length - 11, " ")}\n`),
    ]);
    assert.is(bytes.toString("latin1"), expected.toString("latin1"));
  });
}

test("a header grows by 64 bytes at the rank at which NumPy's does", () => {
  // As NumPy 2.4 has it: the first ranks whose headers have 192, 256 and 320 bytes.
  const grown = [
    { descr: "<f8", fortranOrder: false, ranks: [15, 36, 58] },
    { descr: "<f8", fortranOrder: true, ranks: [15, 37, 58] },
    { descr: "<c16", fortranOrder: false, ranks: [15, 36, 57] },
    { descr: "<c16", fortranOrder: true, ranks: [15, 36, 58] },
  ];
  for (const { ranks, ...fields } of grown) {
    const lengths = Array.from(
      { length: 65 },
      (_, rank) => encodeNpyHeader({ ...fields, shape: new Array(rank).fill(1) }).byteLength,
    );
    const first = [192, 256, 320].map((length) => lengths.indexOf(length));
    assert.equal(first, ranks);
  }
});

test("a header is read as it was written, and the elements begin at a multiple of 64", () => {
  const property = fc.property(aHeader, (header) => {
    const bytes = encodeNpyHeader(header);
    const parsed = parseNpyHeader(bytes, Number.MAX_SAFE_INTEGER);
    assert.equal(parsed, { ...header, dataOffset: bytes.byteLength });
    assert.is(bytes.byteLength % 64, 0);
    assert.is(bytes.at(-1), 0x0a);
  });
  void fc.assert(property, { numRuns: 200 });
});

const accepted: readonly (readonly [name: string, text: string, shape: number[]])[] = [
  ["keys in any order", "{'shape': (3,), 'fortran_order': False, 'descr': '<f8'}", [3]],
  ["no space", "{'descr':'<f8','fortran_order':False,'shape':(2,3)}", [2, 3]],
  ["double quotes", '{"descr": "<f8", "fortran_order": False, "shape": ()}', []],
  [
    "long integers of Python 2",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (3L, 2L), }",
    [3, 2],
  ],
  ["trailing commas", "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, ), }", [1, 2]],
  [
    "a dimension of zero",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9007199254740991), }",
    [0, 2 ** 53 - 1],
  ],
  ["space around it", " {'descr': '<f8', 'fortran_order': False, 'shape': (3,), } \t\r\n\n ", [3]],
];

for (const [name, text, shape] of accepted) {
  test(`a header with ${name} is read, in each version`, () => {
    for (const version of [1, 2, 3]) {
      const file = fileOf(text, version);
      const dataOffset = file.byteLength - 64;
      assert.equal(parse(file), { descr: "<f8", fortranOrder: false, shape, dataOffset });
    }
  });
}

test("a header is read at any offset of a buffer, also of shared memory", () => {
  const bytes = encodeNpyHeader({ descr: "<i4", fortranOrder: true, shape: [2] });
  const view = new Uint8Array(new SharedArrayBuffer(300), 13, bytes.byteLength);
  view.set(bytes);
  assert.equal(parseNpyHeader(view, 1000).shape, [2]);
});

test("bytes after the elements are accepted, as by NumPy; missing ones are not", () => {
  const bytes = encodeNpyHeader({ descr: "<f8", fortranOrder: false, shape: [2] });
  assert.ok(parseNpyHeader(bytes, bytes.byteLength + 16));
  assert.ok(parseNpyHeader(bytes, bytes.byteLength + 17));
  corrupt(() => parseNpyHeader(bytes, bytes.byteLength + 15), /promises 2 elements/);
});

const valid = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }";
const refused: readonly (readonly [name: string, text: string, says: RegExp])[] = [
  ["an unknown key", "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'x': 1}", /the keys/],
  ["a missing key", "{'descr': '<f8', 'shape': (3,), }", /the keys descr, shape/],
  ["a key twice", "{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': ()}", /twice/],
  ["a key that is no string", "{1: '<f8', 'fortran_order': False, 'shape': ()}", /a string as key/],
  ["text after it", `${valid} x`, /nothing more/],
  ["a zero byte after it", `${valid}\0`, /nothing more/],
  ["no end", valid.slice(0, -1), /expected/],
  ["no dict", "('<f8', False, (3,))", /Python dict/],
  ["a call", "{'descr': '<f8', 'fortran_order': bool(1), 'shape': (3,), }", /a value/],
  ["a number for the order", valid.replace("False", "0"), /neither True nor False/],
  ["a word like False", valid.replace("False", "Falsey"), /a value/],
  ["a list as shape", valid.replace("(3,)", "[3]"), /no tuple/],
  ["a number as shape", valid.replace("(3,)", "(3)"), /no tuple/],
  ["a comma alone", valid.replace("(3,)", "(,)"), /a value/],
  ["two commas", valid.replace("(3,)", "(3,,)"), /a value/],
  ["a negative dimension", valid.replace("3", "-3"), /impossible/],
  ["a fraction", valid.replace("3", "3.0"), /a value/],
  ["a leading zero", valid.replace("3", "03"), /a value/],
  ["a hexadecimal number", valid.replace("3", "0x3"), /expected/],
  ["a boolean dimension", valid.replace("3", "True"), /no tuple of integers/],
  ["a dimension over 2^53", valid.replace("3", "9007199254740992"), /impossible/],
  ["a dimension of 40 digits", valid.replace("3", "1".repeat(40)), /expected/],
  ["a product over 2^53", valid.replace("3", "134217728, 134217728"), /promises 18014398509481984/],
  ["a product of 2^64 bytes", valid.replace("3", "65536, 65536, 65536, 8192"), /promises/],
  ["a product that is 0 in 64 bits", valid.replace("3", "4294967296, 4294967296"), /promises/],
  [
    "too many elements of an unknown size",
    valid.replace("<f8", "|O").replace("3", "134217728, 134217728"),
    /promises/,
  ],
  ["too many dimensions", valid.replace("3", `${"1, ".repeat(64)}1`), /impossible/],
  ["a descr that is no string", valid.replace("'<f8'", "True"), /no dtype/],
];

for (const [name, text, says] of refused) {
  test(`a header with ${name} is damaged`, () => corrupt(() => parse(fileOf(text)), says));
}

test("a header cut off anywhere is damaged", () => {
  const file = Buffer.from(encodeNpyHeader({ descr: "<f8", fortranOrder: false, shape: [0] }));
  assert.ok(parse(file));
  for (let end = 0; end < file.byteLength; end++) corrupt(() => parse(file.subarray(0, end)), /./);
});

test("a length of the header that cannot be is not believed", () => {
  const file = fileOf(valid, 2);
  file.writeUInt32LE(0xffff_ffff, 8);
  corrupt(() => parseNpyHeader(file, 2 ** 40), /claims 4294967295 bytes/);
  file.writeUInt32LE(60_000, 8);
  corrupt(() => parse(file), /cut off/);
});

test("another version or another file is damaged", () => {
  for (const version of [0, 4, 255]) corrupt(() => parse(fileOf(valid, version)), /version/);
  const minor = fileOf(valid);
  minor[7] = 1;
  corrupt(() => parse(minor), /version 1\.1/);
  corrupt(() => parse(Buffer.from("\x89HDF\r\n\x1a\n".repeat(9), "latin1")), /begin/);
});

test("nesting without end does not exhaust the stack", () => {
  const text = `{'descr': ${"[".repeat(60_000)}`;
  corrupt(() => parse(fileOf(text)), /nested too deeply/);
});

test("structured dtypes are reported as unsupported", () => {
  for (const descr of ["[('a', '<f8'), ('b', '<i4', (2,))]", "[]", "('<f8', (2,))"]) {
    unsupported(() => parse(fileOf(valid.replace("'<f8'", descr))), /structured.*supported are/);
  }
});

test("whatever bytes of a file are changed, reading its header fails in one way", () => {
  const file = fileOf(valid.padEnd(117));
  const edit = fc.tuple(
    fc.nat(file.byteLength - 1),
    fc.constantFrom(..."{}()[],:'\"0189LTF- \\<f\0\xff"),
  );
  const edits = fc.array(edit, { minLength: 1, maxLength: 6 });
  const property = fc.property(edits, (changes) => {
    const mutated = Buffer.from(file);
    for (const [at, character] of changes) mutated.write(character, at, "latin1");
    try {
      dtypeOfDescr(parse(mutated).descr);
    } catch (error) {
      if (!isCacheError(error, "ERR_CORRUPT_ENTRY", "ERR_UNSUPPORTED_VALUE")) throw error;
    }
  });
  void fc.assert(property, { numRuns: 2000 });
});

test("a header that a file cannot have is not written", () => {
  const fields = { descr: "<f8", fortranOrder: false };
  for (const shape of [[-1], [1.5], [NaN], [2 ** 53], new Array(65).fill(1)]) {
    assert.throws(
      () => encodeNpyHeader({ ...fields, shape }),
      (e: unknown) => e instanceof RangeError,
    );
  }
  const hostile = { ...fields, descr: "<f8', 'x': '", shape: [1] };
  assert.throws(
    () => encodeNpyHeader(hostile),
    (e: unknown) => e instanceof RangeError,
  );
});

test.run();
