/**
 * Measures every array in every way, and puts together what that shows.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { wrongType, wrongValue } from "../errors.ts";
import { recipeFor } from "../format/compression.ts";
import { FILTERS, type Filter } from "../format/filter.ts";
import { sampleOf } from "../format/sample.ts";
import { checkLevel } from "../format/zstd.ts";
import { type Check, callable, checkOptions, record } from "../options.ts";
import type { Material } from "./material.ts";
import { type Measured, measurePlain, measureRecipe } from "./measure.ts";
import {
  marked,
  recommendations,
  rowOf,
  type TunedArray,
  type TuneRow,
  type Way,
} from "./result.ts";
import { materialOf, type TuneSource } from "./sources.ts";
import type { TuneOptions } from "./tune.ts";
import { TuneResult } from "./tune-result.ts";

const LEVELS: readonly number[] = [-5, 1, 3, 6, 9, 12, 19];
/** From here on a MiB takes a good part of a second. */
const SLOW_LEVEL = 12;
const SLOW_BYTES = 2 ** 21;

const positive: Check<number> = (name, value) => {
  if (typeof value !== "number") throw wrongType(name, "a number", value);
  if (!(value > 0) || !Number.isFinite(value)) throw wrongValue(name, "a positive number", value);
  return value;
};

const list = <T>(check: (name: string, value: unknown) => T): Check<readonly T[]> => {
  return (name, value) => {
    if (!Array.isArray(value) || value.length === 0) throw wrongType(name, "a list", value);
    return value.map((each) => check(name, each));
  };
};

const checks = {
  levels: list((name, value) => {
    if (typeof value !== "number") throw wrongType(name, "levels of zstd", value);
    checkLevel(name, value);
    if (value === 0) throw wrongValue(name, "levels other than 0, which does not compress", value);
    return value;
  }),
  filters: list((name, value) => {
    const filter = FILTERS.find((each) => each === value);
    if (!filter) throw wrongValue(name, FILTERS.join(", "), value);
    return filter;
  }),
  ...{ arrays: positive, sampleBytes: positive, repeat: positive },
  ...{ diskSpeed: positive, reloads: positive },
  signal: record as unknown as Check<AbortSignal>,
  onProgress: callable,
};

/** What `tune` does. */
export async function measureAll(source: TuneSource, options: TuneOptions): Promise<TuneResult> {
  const checked = checkOptions<TuneOptions>("tune", options, checks as never) as TuneOptions;
  const { levels = LEVELS, arrays = 6, sampleBytes = 2 ** 23 } = checked;
  const { repeat = 3, diskSpeed = 500e6, reloads = 10, signal, onProgress } = checked;
  const conditions = { diskSpeed, reloads };
  const materials = materialOf(source, arrays, sampleBytes);
  const hasFilters = !materials.every(isTable);
  const filters = hasFilters ? (checked.filters ?? FILTERS) : (["none"] as const);
  const ways = levels.flatMap((level) => filters.map((filter): Way => ({ level, filter })));
  const total = materials.length * (ways.length + 1);
  const measured: Map<string, Measured>[] = materials.map(() => new Map());

  let [done, bytes] = [0, 0];
  const each = materials.reduce((sum, { sample }) => sum + sample.byteLength, 0);
  const totalBytes = each * (ways.length + 1);
  // Way by way, so that an early end leaves something of every array.
  for (const way of [{ level: null, filter: "none" } as Way, ...ways]) {
    for (const [index, material] of materials.entries()) {
      if (signal?.aborted) break;
      const used = usedFor(material, way);
      const ofArray = measured[index];
      if (!ofArray?.has(keyOf(used))) ofArray?.set(keyOf(used), measure(material, used, repeat));
      done++;
      bytes += material.sample.byteLength;
      onProgress?.({ done, total, bytes, totalBytes });
      await setImmediate();
    }
  }

  const chosen =
    filters.length > 1 ? levels.map((level): Way => ({ level, filter: "chosen" })) : [];
  const all: readonly Way[] = [{ level: null, filter: "none" }, ...ways, ...chosen];
  const found = (index: number, way: Way): (Measured & { rawBytes: number }) | undefined => {
    const material = materials[index] as Material;
    const one = measured[index]?.get(keyOf(usedFor(material, way)));
    return one && { ...one, rawBytes: material.bytes };
  };
  const rowsOf = (indexes: readonly number[], ways: readonly Way[]): TuneRow[] =>
    marked(
      ways.flatMap((way) => {
        const parts = indexes.map((index) => found(index, way));
        const isWhole = parts.every((part) => part !== undefined);
        return isWhole ? [rowOf(way, parts as never, conditions)] : [];
      }),
    );
  const indexes = materials.map((_, index) => index);
  const rows = rowsOf(indexes, all);
  const unfiltered = all.filter(({ filter }) => filter === "none");
  const tuned = indexes.map((index): TunedArray => {
    const material = materials[index] as Material;
    const { name, descr, bytes, sample } = material;
    const ofArray = rowsOf([index], isTable(material) && unfiltered.length > 1 ? unfiltered : all);
    return { name, descr, bytes, sampleBytes: sample.byteLength, rows: ofArray };
  });
  return new TuneResult({
    ...{ arrays: tuned, rows, conditions },
    recommendations: recommendations(rows, conditions, hasFilters),
    isComplete: done === total,
  });
}

function keyOf({ level, filter }: Way): string {
  return `${level} ${filter}`;
}

function measure(
  material: Material,
  { level, filter }: Way & { readonly filter: Filter },
  repeat: number,
): Measured {
  if (level === null) return measurePlain(material, repeat);
  const recipe = { filter, itemSize: material.itemSize, level };
  const { sample } = material;
  const isSlow = level >= SLOW_LEVEL;
  const less = isSlow ? { ...material, sample: sample.subarray(0, SLOW_BYTES) } : material;
  return measureRecipe(less, recipe, repeat);
}

/** Whether it is stored in an Arrow file: these have no filters. */
function isTable({ descr }: Material): boolean {
  return descr === "arrow";
}

/** What storing does where it is told to go this way. */
function usedFor(material: Material, { level, filter }: Way): Way & { readonly filter: Filter } {
  // Of single bytes a shuffle changes nothing.
  const isIdle = filter === "shuffle" && material.itemSize === 1;
  if (level === null || isIdle || isTable(material)) return { level, filter: "none" };
  return { level, filter: filter === "chosen" ? choiceFor(material, level) : filter };
}

/** The filter that storing would choose. */
function choiceFor({ sample, itemSize }: Material, level: number): Filter {
  const record = { bytes: sample.byteLength };
  const stretches = sampleOf({ record, source: sample, pieces: () => [sample] });
  return recipeFor(level, itemSize, stretches)?.filter ?? "none";
}
