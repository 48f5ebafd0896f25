/**
 * Bits flipped in the files of an entry, each of which must be noticed or make no difference.
 *
 * @module
 */

import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isCacheError, Memory, type MemoryOptions } from "../../lib/index.ts";
import { onlyFile } from "../helpers/tmp.ts";
import { Random } from "./random.ts";
import { specimens } from "./specimen.ts";

/** What came of many flips. */
export interface FlipTally {
  flips: number;
  /** Wrong values that were returned. */
  returned: number;
  /** Flips that made no difference to the value, as in a checksum that is then computed again. */
  harmless: number;
  readonly problems: string[];
}

/** An entry whose bits are flipped. */
export interface Subject {
  readonly name: string;
  readonly options: Pick<MemoryOptions<"local">, "compress">;
  readonly value: (memory: Memory<string>) => unknown;
}

/** A tally without flips. */
export function newFlipTally(): FlipTally {
  return { flips: 0, returned: 0, harmless: 0, problems: [] };
}

/** Small entries of every kind. */
export function smallEntries(): Subject[] {
  return [
    ...specimens().map(({ name, value, options }) => ({ name, value, options })),
    {
      name: "adopted",
      options: {},
      value: (memory) => memory.empty("float64", 20).fill(1.5),
    },
  ];
}

/** Entries of some MiB. */
export function largeEntries(): Subject[] {
  const ramp = (): Float64Array => Float64Array.from({ length: 2 ** 18 }, (_, i) => Math.sin(i));
  return [
    { name: "large array", options: {}, value: ramp },
    { name: "large compressed", options: { compress: true }, value: ramp },
    { name: "large adopted", options: {}, value: adoptedRamp },
  ];
}

function adoptedRamp(memory: Memory<string>): unknown {
  const array = memory.empty("float64", 2 ** 18);
  for (let i = 0; i < array.length; i++) array[i] = i;
  return array;
}

/**
 * Flips single bits of the files of one entry, one at a time.
 *
 * @param most how many of each file at most: all where it has not more, or else a sample.
 */
export async function flipBits(
  { name, options, value }: Subject,
  most: number,
  tally: FlipTally,
  seed = 1,
): Promise<void> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-flip-"));
  try {
    const identity = { name: "entry", module: "flip.ts", track: "none" } as const;
    const writer = new Memory(directory, { verbose: 0, ...options });
    const truth = await writer.cache(() => value(writer), identity)();
    await writer.flush();
    const reader = new Memory(directory, { verbose: 0, verify: "full" }).cache(() => 0, {
      ...identity,
      onMiss: "throw",
    });
    const expected = await reader();
    if (!isSame(expected, truth)) throw new Error(`${name} does not come back the same`);
    const entry = dirname(onlyFile(directory, "entry.json"));
    for (const file of readdirSync(entry)) {
      const path = join(entry, file);
      const random = new Random(seed);
      for (const bit of bitsOf(readFileSync(path).byteLength * 8, most, random)) {
        const problem = await flipOne(path, bit, reader, expected, tally);
        if (problem) tally.problems.push(`${name}: bit ${bit} of ${file}: ${problem}`);
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function* bitsOf(bits: number, most: number, random: Random): Generator<number> {
  if (bits <= most) for (let bit = 0; bit < bits; bit++) yield bit;
  else for (let i = 0; i < most; i++) yield random.below(bits);
}

async function flipOne(
  path: string,
  bit: number,
  read: () => unknown,
  expected: unknown,
  tally: FlipTally,
): Promise<string | undefined> {
  const whole = readFileSync(path);
  const { atime, mtime } = statSync(path);
  const at = Math.floor(bit / 8);
  writeByte(path, at, (whole[at] as number) ^ (1 << (bit % 8)));
  // A disk that fails does not renew the time of a file; who writes to it does.
  if (bit % 2 === 0) utimesSync(path, atime, mtime);
  tally.flips++;
  try {
    const value = await read();
    if (isSame(value, expected)) tally.harmless++;
    else {
      tally.returned++;
      return "a wrong value was returned";
    }
  } catch (error) {
    if (!isCacheError(error, "ERR_CACHE_MISS")) return String((error as Error).stack);
  } finally {
    if (readFileSync(path).byteLength === whole.byteLength) {
      writeByte(path, at, whole[at] as number);
    } else {
      writeFileSync(path, whole);
    }
    utimesSync(path, atime, mtime);
  }
  return undefined;
}

/** Tables keep what they were asked for, which makes no difference to what they hold. */
function isSame(a: unknown, b: unknown): boolean {
  const [rowsA, rowsB] = [a, b].map((value) =>
    value instanceof Object && "schema" in value ? String(value) : undefined,
  );
  return rowsA === undefined ? isDeepStrictEqual(a, b) : rowsA === rowsB;
}

function writeByte(path: string, at: number, byte: number): void {
  const fd = openSync(path, "r+");
  try {
    writeSync(fd, Buffer.from([byte]), 0, 1, at);
  } finally {
    closeSync(fd);
  }
}
