/**
 * How arrays are to be compressed: the option, and what it makes of one array.
 *
 * Which filter does good depends on the numbers: a shuffle halves a file of noisy measurements and
 * doubles one of rounded ones. So what is not named is chosen from a sample of each array.
 *
 * @module
 */

import { wrongType, wrongValue } from "../errors.ts";
import { FILTERS, type Filter } from "./filter.ts";
import { encodeFrame, type Recipe } from "./frame.ts";
import { checkLevel, frameBound } from "./zstd.ts";

/** How arrays are compressed where a level, a filter or both are named. */
export interface CompressOptions {
  /**
   * A level of zstd: from fast to small, -131072 to 22; 0 does not compress.
   *
   * @defaultValue `3`
   */
  readonly level?: number | undefined;
  /**
   * How the bytes of elements are reordered first.
   *
   * @defaultValue the one that makes a sample of the array smallest
   */
  readonly filter?: Filter | undefined;
}

/**
 * How arrays are compressed: `false` or 0, not at all; `true`, with level 3; a level of zstd;
 * `"auto"`, the arrays that become at least a tenth smaller, at level 1 or 3.
 */
export type Compress = boolean | number | "auto" | CompressOptions;

const DEFAULT_LEVEL = 3;
const FAST_LEVEL = 1;
/** How much larger a file may be if it is written faster. */
const WORTH_THE_SPEED = 1.03;
/** How much larger a filtered file may be: it is read two to four times as fast. */
const WORTH_FILTERING = 1.05;
/** The most that `"auto"` leaves of what it compresses. */
const WORTH_COMPRESSING = 0.9;

/** Accepts what {@link Compress} says. */
export function checkCompress(name: string, value: unknown): Compress {
  if (typeof value === "boolean" || value === "auto") return value;
  if (typeof value === "number") {
    if (value !== 0) checkLevel(name, value);
    return value;
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) {
    throw wrongType(name, 'true, false, a level, "auto" or { level, filter }', value);
  }
  const { level, filter, ...others } = value as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new TypeError(`${name} has no property "${unknown}". Its properties are: level, filter`);
  }
  if (level !== undefined) {
    if (typeof level !== "number") throw wrongType(`"level" in ${name}`, "a number", level);
    if (level !== 0) checkLevel(`"level" in ${name}`, level);
  }
  if (filter !== undefined && !(FILTERS as readonly unknown[]).includes(filter)) {
    const accepted = FILTERS.map((each) => JSON.stringify(each)).join(", ");
    if (typeof filter !== "string") throw wrongType(`"filter" in ${name}`, accepted, filter);
    throw wrongValue(`"filter" in ${name}`, accepted, filter);
  }
  return value as CompressOptions;
}

/** Whether arrays may be compressed at all. */
export function isCompressing(compress: Compress): boolean {
  if (typeof compress === "object") return compress.level !== 0;
  return compress !== false && compress !== 0;
}

/**
 * How an array is compressed, or `undefined` where it is to be stored as it is.
 *
 * @param itemSize bytes of an element; of a complex number, one of its parts.
 * @param sample some stretches of the array; of a small one, all of it.
 */
export function recipeFor(
  compress: Compress,
  itemSize: number,
  sample: readonly Uint8Array[],
): Recipe | undefined {
  if (!isCompressing(compress)) return undefined;
  const isAuto = compress === "auto";
  const { level = levelOf(compress), filter } = typeof compress === "object" ? compress : {};
  if (filter !== undefined) return { filter, itemSize, level };

  // Beyond the default level the filters keep their order, and the sample takes its time.
  const tried = FILTERS.filter((each) => each !== "shuffle" || itemSize > 1)
    .map((each) => ({ filter: each, itemSize, level: Math.min(level, DEFAULT_LEVEL) }))
    .map((recipe) => ({ recipe, bytes: bytesOf(sample, recipe) }));
  const cost = ({ recipe, bytes }: (typeof tried)[number]): number =>
    recipe.filter === "none" ? bytes * WORTH_FILTERING : bytes;
  const best = tried.reduce((least, each) => (cost(each) < cost(least) ? each : least));
  if (!isAuto) return { ...best.recipe, level };

  const rawBytes = sample.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (best.bytes >= rawBytes * WORTH_COMPRESSING) return undefined;
  const fast = { ...best.recipe, level: FAST_LEVEL };
  return bytesOf(sample, fast) <= best.bytes * WORTH_THE_SPEED ? fast : best.recipe;
}

/** The level that the buffers of Arrow tables are compressed with; undefined where they are not. */
export function tableLevelOf(compress: Compress): number | undefined {
  if (!isCompressing(compress)) return undefined;
  return (typeof compress === "object" ? compress.level : undefined) ?? levelOf(compress);
}

function levelOf(compress: Compress): number {
  return typeof compress === "number" ? compress : DEFAULT_LEVEL;
}

function bytesOf(sample: readonly Uint8Array[], recipe: Recipe): number {
  const longest = Math.max(0, ...sample.map(({ byteLength }) => byteLength));
  const room = Buffer.allocUnsafeSlow(frameBound(longest));
  return sample.reduce((sum, stretch) => sum + encodeFrame(room, stretch, recipe), 0);
}
