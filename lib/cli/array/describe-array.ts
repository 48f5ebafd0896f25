/**
 * A stored array as `show` tells of it: in lines, and in JSON.
 *
 * @module
 */

import type { Entries, StoredEntry } from "../../call/entries/entries.ts";
import { CacheError } from "../../errors.ts";
import type { ArrayForm, SidecarRecord, TableRecord } from "../../format/manifest.ts";
import { isAbsent } from "../../store/file.ts";
import { errorMessage } from "../../warning.ts";
import { safeText } from "../safe-text.ts";
import { bytesText } from "../unit.ts";
import { arrayLines, shownIndices } from "./array-text.ts";
import { type ColumnReport, extentText, reportTable } from "./describe-table.ts";
import {
  type ElementSource,
  elementSource,
  NotShown,
  positionOf,
  sourceIn,
} from "./element-source.ts";
import { type Elements, formatElements } from "./number-format.ts";
import { type Statistics, statisticsOf } from "./statistics.ts";

/** What is told of an array. */
export interface ArrayReport {
  /** What the manifest says; without a file where the array lies in the manifest. */
  readonly record: SidecarRecord | ArrayForm;
  readonly dtype: string;
  /** Missing where the elements cannot be shown. */
  readonly content?: ArrayContent;
  /** The columns of a table. */
  readonly columns?: readonly ColumnReport[];
  /** Why there is no content. */
  readonly problem?: string;
}

/** What is told of the elements. */
export interface ArrayContent {
  readonly statistics: Statistics;
  /** Those that are shown, in the order of their indices. */
  readonly elements: Elements;
  readonly isFloat: boolean;
  readonly isSingle: boolean;
}

/** Looks at an array; never throws. */
export async function reportArray(
  entries: Entries,
  entry: StoredEntry,
  record: SidecarRecord,
): Promise<ArrayReport> {
  const named = { record, dtype: record.descr };
  try {
    if ("arrow" in record && record.array === undefined) {
      return { ...named, columns: await reportTable(entries, entry, record) };
    }
    const form = "arrow" in record ? { ...record, ...(record.array as ArrayForm) } : record;
    return report(await elementSource(entries, entry, record), form);
  } catch (error) {
    const isKnown = error instanceof CacheError || error instanceof NotShown || isAbsent(error);
    if (!isKnown && !(error instanceof Error && "code" in error)) throw error;
    return { ...named, problem: errorMessage(error) };
  }
}

/** Looks at an array whose bytes are in memory, if they are. */
export function reportInline(form: ArrayForm, bytes: Uint8Array | undefined): ArrayReport {
  return bytes ? report(sourceIn(form, bytes), form) : { record: form, dtype: form.descr };
}

function report(source: ElementSource, record: ArrayForm): ArrayReport {
  const { isFloat, isSingle, dtype } = source;
  const elements = shown(source, record);
  const statistics = statisticsOf(source);
  return { record, dtype, content: { statistics, elements, isFloat, isSingle } };
}

/** Neighbours are read together: there may be thousands. */
function shown(source: ElementSource, record: ArrayForm): Elements {
  const positions = shownIndices(record.shape).map((index) => positionOf(index, record));
  if (positions.length === source.length && record.order === "C") {
    return source.read(0, source.length);
  }
  const all = source.length <= 1000 ? source.read(0, source.length) : undefined;
  return positions.map((at) => (all ?? source.read(at, 1))[all ? at : 0]) as Elements;
}

const BAR = 24;
/** Elements that all are shown need no histogram. */
const FEW = 16;

/** The lines of an array, without those of its name. */
export function contentLines(
  { record, dtype, content, problem }: ArrayReport,
  columns: number,
): string[] {
  if (!content) return problem === undefined ? [] : [safeText(problem)];
  const { statistics, elements, isFloat, isSingle } = content;
  const suffix = ["float64", "int64", "bool", "complex128"].includes(dtype)
    ? ""
    : `, dtype=${dtype}`;
  const words = formatElements(elements, isSingle, isFloat);
  const printed = arrayLines({ shape: record.shape, words, suffix }, columns);
  return [...printed, ...statisticsLines(statistics, dtype)];
}

/** Name, type, shape, order and size of an array in one line. */
export function headLine({ record, dtype }: ArrayReport): string {
  const { className, shape, order, bytes } = record;
  const compressed = "compressed" in record ? record.compressed : undefined;
  const isTable = record.descr === "arrow" && "arrow" in record;
  const extent = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const parts = [
    safeText(className),
    safeText(dtype),
    isTable ? extentText(record as TableRecord) : extent,
    shape.length > 1 && !isTable ? `${order} order` : "",
    bytesText(bytes),
    compressed ? `${bytesText(compressed.bytes)} compressed` : "",
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function statisticsLines(statistics: Statistics, dtype: string): string[] {
  const { read, isSampled, nan, infinite, min, max, mean, counts } = statistics;
  if (read === 0) return [];
  const lines: string[] = [];
  const of = dtype.startsWith("complex") ? "absolute values " : "";
  if (min !== null && max !== null) {
    const average = mean === null || dtype === "bool" ? "" : `, mean ${short(mean)}`;
    lines.push(`${of}${short(min)} to ${short(max)}${average}`);
  }
  const odd = [nan > 0 ? `${nan} NaN` : "", infinite > 0 ? `${infinite} infinite` : ""];
  const told = odd.filter((text) => text !== "").join(", ");
  if (told !== "") lines.push(told);
  if (isSampled) lines.push(`(of a sample of ${read.toLocaleString("en")} elements)`);
  if (counts.length > 0 && read > FEW && dtype !== "bool" && min !== null && max !== null) {
    lines.push(...histogramLines(counts, Number(min), Number(max)));
  } else if (dtype === "bool" && mean !== null) {
    lines.push(`${Math.round(mean * (read - nan))} of ${read} are true`);
  }
  return lines;
}

function histogramLines(counts: readonly number[], min: number, max: number): string[] {
  const most = Math.max(...counts);
  const step = max / counts.length - min / counts.length;
  const edges = counts.map((_, i) => short(min + i * step));
  const width = edges.reduce((widest, edge) => Math.max(widest, edge.length), 0);
  return counts.map((count, i) => {
    const bar = "█".repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * BAR)));
    return `${(edges[i] as string).padStart(width)} ${bar.padEnd(BAR)} ${count}`;
  });
}

/** At most four digits that count. */
function short(value: number | bigint): string {
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}
