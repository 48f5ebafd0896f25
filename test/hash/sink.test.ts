import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Sink } from "../../lib/hash/sink.ts";
import { digestBytes } from "../../lib/hash/xxh3.ts";

const LIMIT = 1024;

/** What is written: so many bytes, a text of so many code units, or a frame of such. */
type Piece = number | { units: number } | { frame: Piece[]; limit: number };

const pieces = fc.letrec<{ piece: Piece; list: Piece[] }>((tie) => ({
  piece: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(fc.nat(40), fc.constantFrom(1000, 9000)),
    fc.record({ units: fc.oneof(fc.nat(40), fc.constantFrom(600, 30_000, 70_000)) }),
    fc.record({ frame: tie("list"), limit: fc.constantFrom(LIMIT, -1) }),
  ),
  list: fc.array(tie("piece"), { maxLength: 12 }),
})).list;

function write(sink: Sink, piece: Piece): void {
  if (typeof piece === "number") {
    for (let i = 0; i < piece; i++) sink.byte(i % 251);
  } else if ("units" in piece) {
    sink.text(textOf(piece.units));
  } else {
    sink.open(piece.limit);
    for (const part of piece.frame) write(sink, part);
    const digest = sink.close();
    if (digest !== undefined) sink.raw(digest);
  }
}

/** The same by concatenation. */
function expected(piece: Piece): Buffer {
  if (typeof piece === "number")
    return Buffer.from(Array.from({ length: piece }, (_, i) => i % 251));
  if ("units" in piece) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(piece.units));
    const text = textOf(piece.units);
    const units = new Uint16Array(text.length).map((_, i) => text.charCodeAt(i));
    return Buffer.concat([length, Buffer.from(units.buffer)]);
  }
  const bytes = Buffer.concat(piece.frame.map(expected));
  return bytes.length > piece.limit ? Buffer.from(digestBytes(bytes), "hex") : bytes;
}

function textOf(units: number): string {
  return "aé€\ud800".repeat(Math.ceil(units / 4)).slice(0, units);
}

test("frames are hashed alike in the buffer and beyond it", () => {
  const sink = new Sink();
  void fc.assert(
    fc.property(pieces, (frame) => {
      sink.open(-1);
      for (const piece of frame) write(sink, piece);
      assert.is(sink.close()?.toString("hex"), digestBytes(Buffer.concat(frame.map(expected))));
      sink.reset();
    }),
    { numRuns: 200 },
  );
});

test("very many frames that are short so far are kept until they end", () => {
  const sink = new Sink();
  let nested: Piece = 5;
  for (let i = 0; i < 800; i++) nested = { frame: [200, nested, 3], limit: LIMIT };
  sink.open(-1);
  write(sink, nested);
  assert.is(sink.close()?.toString("hex"), digestBytes(expected(nested)));
});

test("numbers are their bits, with one NaN, and counts are exact beyond 32 bits", () => {
  const sink = new Sink();
  const bytes = Buffer.alloc(41);
  bytes[0] = 0x64;
  bytes.writeDoubleLE(-1.5, 1);
  Buffer.from("000000000000f87f", "hex").copy(bytes, 9);
  bytes.writeDoubleLE(-0, 17);
  bytes.writeBigUInt64LE(BigInt(Number.MAX_SAFE_INTEGER), 25);
  bytes.writeBigUInt64LE(2n ** 32n, 33);

  sink.open(-1);
  sink.number(-1.5);
  sink.float64(new Float64Array(new BigUint64Array([0xfff0000000000001n]).buffer)[0] ?? 0);
  sink.float64(-0);
  sink.uint64(Number.MAX_SAFE_INTEGER);
  sink.uint64(2 ** 32);
  assert.is(sink.close()?.toString("hex"), digestBytes(bytes));
});

test("text is exact where slices meet, and lone surrogates stay apart", () => {
  const digest = (text: string): string | undefined => {
    const sink = new Sink();
    sink.open(-1);
    sink.text(text);
    return sink.close()?.toString("hex");
  };
  for (const length of [31, 32, 33, 32_763, 32_764, 32_765, 65_536, 200_001]) {
    const text = "\ud83d\ude00".repeat(length).slice(0, length);
    assert.is(digest(text), direct(text));
    assert.is.not(digest(`${text}\ud800`), digest(`${text}\ud801`));
  }
});

function direct(text: string): string {
  const bytes = Buffer.alloc(8 + 2 * text.length);
  bytes.writeBigUInt64LE(BigInt(text.length));
  for (let i = 0; i < text.length; i++) bytes.writeUInt16LE(text.charCodeAt(i), 8 + 2 * i);
  return digestBytes(bytes);
}

test("the bytes of a short frame can be taken, and make the digest that the frame would have had", () => {
  const sink = new Sink();
  sink.byte(1);
  sink.open(-1);
  sink.number(2);
  const digest = digestBytes(sink.take());
  sink.open(-1);
  sink.number(2);
  assert.is(sink.close()?.toString("hex"), digest);
  assert.is(sink.frames, 0);
});

test("the bytes of a frame that was digested in part are not taken", () => {
  const sink = new Sink();
  sink.open(-1);
  sink.text("x".repeat(100_000));
  assert.throws(() => sink.take(), /too long/);
});

test.run();
