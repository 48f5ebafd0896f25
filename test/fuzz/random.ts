/**
 * Random numbers that are the same at every run, and changes made with them.
 *
 * @module
 */

/** A source of random choices. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to `end - 1`. */
  below(end: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  /** One of some things. */
  of<T>(things: readonly T[]): T {
    return things[this.below(things.length)] as T;
  }
}

const NUMBERS = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Bytes with a few changes: flips, numbers at the edges, parts cut, repeated or put elsewhere. */
export function mutateBytes(bytes: Buffer, random: Random, tokens: readonly Buffer[] = []): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let count = 1 + random.below(4); count > 0; count--) changed = once(changed, random, tokens);
  return changed;
}

function once(bytes: Buffer, random: Random, tokens: readonly Buffer[]): Buffer {
  const at = random.below(bytes.byteLength + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const length = random.below(Math.min(after.byteLength, 32) + 1);
  switch (random.below(8)) {
    case 0:
      if (at < bytes.byteLength) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
      return bytes;
    case 1:
      if (at < bytes.byteLength) bytes[at] = random.below(256);
      return bytes;
    case 2: {
      const size = random.of([1, 2, 4]);
      if (at + size <= bytes.byteLength) {
        bytes.writeUIntLE(random.of(NUMBERS) % 2 ** (8 * size), at, size);
      }
      return bytes;
    }
    case 3:
      return Buffer.concat([before, after.subarray(length)]);
    case 4:
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 5: {
      const from = random.below(bytes.byteLength + 1);
      return Buffer.concat([before, bytes.subarray(from, from + length), after.subarray(length)]);
    }
    case 6:
      return before.byteLength > 0 ? before : bytes;
    default: {
      const token = tokens.length > 0 ? random.of(tokens) : varint(random.of(NUMBERS));
      return Buffer.concat([before, token, random.below(2) === 0 ? after : after.subarray(length)]);
    }
  }
}

/** A number as V8's format has it. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** JSON that harms where it is believed. */
export const HOSTILE: readonly unknown[] = [
  ...[null, true, false, "", "x", 0, -1, 1, 0.5, -0, 1e308, -1e308],
  ...[2 ** 31, 2 ** 32, 2 ** 33, 2 ** 40, 2 ** 53 - 1, 2 ** 53, 2 ** 64],
  ...["../../../../../etc/passwd", "/etc/passwd", "..", "0-00000000.npy", "value-00000000.zst"],
  ...["__proto__", "constructor", "prototype", "toString", "arrays", "Float64Array", "ndarray"],
  ...["Table", "arrow", "SharedArrayBuffer", "ArrayBuffer", "Buffer", "DataView", "<f8", "|u1"],
  ...[">f8", "<c16", "<U4000000000", "C", "F", "none", "shuffle", "bitshuffle", "\\u0000"],
  ...["globalThis.ranCode = true", "a".repeat(1000), "0".repeat(32)],
  ...[[], {}, [0], [-1], [2 ** 53], [2 ** 32, 2 ** 32], [0, 2 ** 53 - 1], new Array(100).fill(1)],
];

/** JSON with a few parts replaced, removed or added. */
export function mutateJson(value: unknown, random: Random): unknown {
  let changed: unknown = structuredClone(value);
  for (let count = 1 + random.below(3); count > 0; count--) {
    const places: [parent: Record<string, unknown>, key: string][] = [];
    collect(changed, places);
    if (places.length === 0) return structuredClone(random.of(HOSTILE));
    const [parent, key] = random.of(places);
    changed = at(changed, parent, key, places, random);
  }
  return changed;
}

function at(
  whole: unknown,
  parent: Record<string, unknown>,
  key: string,
  places: readonly [Record<string, unknown>, string][],
  random: Random,
): unknown {
  const old = parent[key];
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(parent, name, {
      ...{ value, enumerable: true, configurable: true, writable: true },
    });
  };
  switch (random.below(7)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      break;
    case 1:
      if (Array.isArray(parent)) parent.push(structuredClone(old));
      else define(random.of(["__proto__", "constructor", "json", "extra", "array", "file"]), old);
      break;
    case 2: {
      const [otherParent, otherKey] = random.of(places);
      define(key, structuredClone(otherParent[otherKey]));
      break;
    }
    case 3:
      if (typeof old === "number") define(key, old + random.of([-1, 1, 8, -8, 64, 2 ** 32]));
      else define(key, structuredClone(random.of(HOSTILE)));
      break;
    case 4:
      if (typeof old === "string") define(key, mutateText(old, random));
      else define(key, structuredClone(random.of(HOSTILE)));
      break;
    default:
      define(key, structuredClone(random.of(HOSTILE)));
  }
  return whole;
}

function mutateText(text: string, random: Random): string {
  const isBase64 = text.length > 8 && /^[\w+/]+=*$/.test(text);
  if (!isBase64) return mutateBytes(Buffer.from(text), random).toString("utf8");
  return mutateBytes(Buffer.from(text, "base64"), random).toString("base64");
}

function collect(value: unknown, places: [Record<string, unknown>, string][]): void {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    places.push([value as Record<string, unknown>, key]);
    collect((value as Record<string, unknown>)[key], places);
  }
}
