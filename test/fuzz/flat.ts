/**
 * Arrow files whose metadata is changed where it means something: the numbers, places and lengths of
 * its flatbuffers, and no byte between them.
 *
 * @module
 */

import * as fc from "fast-check";

/** A number in a file. */
interface Place {
  readonly at: number;
  readonly bytes: 2 | 4 | 8;
}

const DEEPEST = 12;
const MOST_ELEMENTS = 40;
const NUMBERS = [0n, 1n, -1n, 4n, 8n, 255n, 32767n, 65535n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 53n];

/** Files that differ from some accepted ones in one to four numbers of their metadata. */
export function arrowFiles(seeds: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const choices = seeds.map((seed) => ({ seed, places: placesIn(seed) }));
  const number = fc.oneof(
    fc.constantFrom(...NUMBERS),
    fc.integer({ min: -64, max: 4096 }).map((each) => BigInt(each)),
    // Added to what is there.
    fc.constantFrom(...[-8n, -4n, -1n, 1n, 4n, 8n, 64n].map((by) => ({ by }))),
  );
  return fc.constantFrom(...choices).chain(({ seed, places }) =>
    fc
      .array(fc.tuple(fc.constantFrom(...places), number), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const changed = Buffer.from(seed);
        for (const [place, to] of changes) write(changed, place, to);
        return changed;
      }),
  );
}

function write(
  bytes: Buffer,
  { at, bytes: size }: Place,
  to: bigint | { readonly by: bigint },
): void {
  if (at + size > bytes.byteLength) return;
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] as number);
  value = typeof to === "bigint" ? to : value + to.by;
  for (let i = 0; i < size; i++) bytes[at + i] = Number(BigInt.asUintN(8, value >> BigInt(8 * i)));
}

/** Where a file has numbers that say what lies where: of its footer, its messages, and before them. */
function placesIn(file: Buffer): Place[] {
  const places = new Map<number, Place>();
  const add = (at: number, bytes: Place["bytes"]): void => {
    if (at >= 0 && at + bytes <= file.byteLength) places.set(at * 16 + bytes, { at, bytes });
  };
  add(file.byteLength - 10, 4);
  const footerBytes = file.readInt32LE(file.byteLength - 10);
  visitRoot(file, file.byteLength - 10 - footerBytes, add);
  for (let at = 8; at + 8 <= file.byteLength; at += 8) {
    if (file.readInt32LE(at) !== -1) continue;
    const length = file.readInt32LE(at + 4);
    if (length <= 0 || at + 8 + length > file.byteLength) continue;
    add(at, 4);
    add(at + 4, 4);
    visitRoot(file, at + 8, add);
  }
  return [...places.values()];
}

type Add = (at: number, bytes: Place["bytes"]) => void;

function visitRoot(file: Buffer, at: number, add: Add): void {
  if (at < 0 || at + 4 > file.byteLength) return;
  add(at, 4);
  visitTable(file, at + file.readUInt32LE(at), add, 0);
}

/** A table says nothing of what its fields are: whatever they can be is visited. */
function visitTable(file: Buffer, at: number, add: Add, depth: number): boolean {
  if (depth > DEEPEST || at < 0 || at + 4 > file.byteLength) return false;
  const vtable = at - file.readInt32LE(at);
  if (vtable < 0 || vtable + 4 > file.byteLength) return false;
  const bytes = file.readUInt16LE(vtable);
  if (bytes < 4 || bytes % 2 !== 0 || bytes > 64 || vtable + bytes > file.byteLength) return false;
  add(at, 4);
  for (let entry = vtable; entry < vtable + bytes; entry += 2) add(entry, 2);
  for (let entry = vtable + 4; entry < vtable + bytes; entry += 2) {
    const offset = file.readUInt16LE(entry);
    if (offset === 0 || at + offset + 4 > file.byteLength) continue;
    const field = at + offset;
    add(field, 2);
    add(field, 4);
    add(field, 8);
    const target = field + file.readUInt32LE(field);
    if (visitTable(file, target, add, depth + 1)) continue;
    visitVector(file, target, add, depth);
  }
  return true;
}

function visitVector(file: Buffer, at: number, add: Add, depth: number): void {
  if (at + 4 > file.byteLength) return;
  const count = file.readUInt32LE(at);
  if (count === 0 || count > MOST_ELEMENTS) return;
  add(at, 4);
  for (let i = 0; i < count; i++) {
    const element = at + 4 + 4 * i;
    if (element + 4 > file.byteLength) return;
    add(element, 4);
    add(element, 8);
    visitTable(file, element + file.readUInt32LE(element), add, depth + 1);
  }
}
