/**
 * `ndmemo show`: one entry.
 *
 * @module
 */

import type { Command } from "commander";
import type { Entries, StoredEntry } from "../../call/entries/entries.ts";
import { describe } from "../../describe.ts";
import type { ArrayForm, TableRecord } from "../../format/manifest.ts";
import type { RecordedCode } from "../../hash/code/code-difference.ts";
import { errorMessage } from "../../warning.ts";
import { shownIndices } from "../array/array-text.ts";
import {
  type ArrayReport,
  contentLines,
  headLine,
  reportArray,
  reportInline,
} from "../array/describe-array.ts";
import { columnLines } from "../array/describe-table.ts";
import { inlineBytes } from "../array/inline-arrays.ts";
import { summaryOf } from "../catalog.ts";
import { findEntry } from "../find-entry.ts";
import { DIR_HELP, openCache } from "../open-cache.ts";
import type { Output } from "../output.ts";
import { safeLines, safeText } from "../safe-text.ts";
import { cutText } from "../table.ts";
import { bytesText, secondsText, timeText } from "../unit.ts";

interface ShowOptions {
  readonly code?: boolean;
  readonly json?: boolean;
}

const SHOWN_ARRAYS = 10;
const SHOWN_LINES = 30;

const HELP = `
Reads the elements that are shown and, for range, mean and
histogram, all elements; of more than four million a sample.
Of an Arrow table the columns and first rows are shown.

Examples:
  ndmemo show cache 3fa9     the key in ls begins so
  ndmemo show cache gram     a function with one entry
  ndmemo show cache 3fa9 gram
  ndmemo show cache 3fa9 --code
  ndmemo show cache 3fa9 --json | jq '.arrays[].shape'`;

/** Adds the command. */
export function addShow(program: Command, output: Output): void {
  program
    .command("show")
    .summary("one entry: arguments, arrays, metadata, code")
    .description("Shows one entry: arguments, value, arrays, times, code.")
    .argument("<DIR>", DIR_HELP.replace(" (default: .)", ""))
    .argument("<KEY>", "the beginning of the entry's key, or a function with one entry")
    .argument("[FUNCTION]", "the function, where several have entries of that key")
    .option("--code", "show all of the code")
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (dir: string, key: string, name: string | undefined, options: ShowOptions) => {
      const { code: isWhole = false, json } = options;
      const entries = await openCache(dir);
      const entry = await findEntry(entries, key, name);
      const { text: value, value: loaded } = await loadedValue(entries, entry);
      const arrays: ArrayReport[] = [];
      const { arrays: records, inline = [] } = entry.manifest;
      for (const record of json ? records : records.slice(0, SHOWN_ARRAYS)) {
        arrays.push(await reportArray(entries, entry, record));
      }
      for (const [i, bytes] of inlineBytes(loaded, inline).entries()) {
        const isShown = json || arrays.length < SHOWN_ARRAYS;
        if (isShown) arrays.push(reportInline(inline[i] as ArrayForm, bytes));
      }
      const code = await entries.codeRecord(entry.manifest.key);
      if (json) output.json(reportJson(entry, arrays, value, code));
      else print(output, entry, arrays, value, code, isWhole);
    });
}

/** The value, also in one line, where it can be had without reading arrays. */
async function loadedValue(
  entries: Entries,
  { manifest }: StoredEntry,
): Promise<{ readonly value?: unknown; readonly text?: string }> {
  const { arrays, key } = manifest;
  const isCheap = arrays.length === 0 || (entries.maps && arrays.every((each) => !each.compressed));
  if (!isCheap || "array" in manifest.value) return {};
  try {
    const value = await entries.load(key, manifest, { mmapMode: "r", verify: "size" });
    return { value, text: describe(value) };
  } catch (error) {
    return { text: `cannot be read: ${errorMessage(error)}` };
  }
}

function print(
  output: Output,
  entry: StoredEntry,
  arrays: readonly ArrayReport[],
  value: string | undefined,
  code: RecordedCode | undefined,
  isWhole: boolean,
): void {
  const { manifest, path } = entry;
  const summary = summaryOf(entry);
  const { functionId, argsId, codeId, inputArgs, bytes, time, lastUsed } = summary;
  const { timings, ndmemo, node } = Object(manifest.metadata);
  const { hash, compute, store } = Object(timings);
  const field = (name: string, text: string): string =>
    `${output.paint("dim", name.padEnd(10))} ${cutText(safeText(text), output.columns - 11)}`;
  output.print(
    output.paint("bold", safeText(functionId)),
    field("key", argsId),
    field("code", codeId),
    ...inputArgs.map((text, i) => field(i === 0 ? "arguments" : "", text)),
    ...(value === undefined ? [] : [field("value", value)]),
    field("size", `${bytesText(bytes)}${manifest.async ? ", of a promise" : ""}`),
    field("stored", `${timeText(time)}, ndmemo ${String(ndmemo)}, Node ${String(node)}`),
    field("used", timeText(lastUsed)),
    field("took", timesText(compute, hash, store)),
    `${output.paint("dim", "path      ")} ${safeText(path)}`,
  );
  const width = output.columns - 2;
  for (const report of arrays) {
    const { columns, record } = report;
    const lines = columns
      ? columnLines(output, record as TableRecord, columns, 2)
      : contentLines(report, width);
    output.print("", output.paint("bold", headLine(report)), ...lines.map((line) => `  ${line}`));
  }
  const rest = manifest.arrays.length + (manifest.inline?.length ?? 0) - arrays.length;
  if (rest > 0) output.print("", `${rest} more arrays: --json shows all`);
  if (code?.source === undefined) return;
  const lines = safeLines(code.source);
  const shown = isWhole ? lines : lines.slice(0, SHOWN_LINES);
  output.print("", output.paint("bold", "code"), ...shown.map((line) => `  ${line}`));
  const more = lines.length - shown.length;
  if (more > 0) output.print(output.paint("dim", `  … ${more} more lines: --code`));
}

function timesText(compute: unknown, hash: unknown, store: unknown): string {
  const text = (seconds: unknown): string => secondsText(Number(seconds));
  return `${text(compute)} to compute, ${text(hash)} to hash, ${text(store)} to store`;
}

function reportJson(
  entry: StoredEntry,
  arrays: readonly ArrayReport[],
  value: string | undefined,
  code: RecordedCode | undefined,
): unknown {
  const { manifest } = entry;
  return {
    ...summaryOf(entry),
    async: manifest.async,
    value: value ?? null,
    arrays: arrays.map(arrayJson),
    metadata: manifest.metadata,
    code: code?.source ?? null,
  };
}

function arrayJson({ record, dtype, content, columns, problem }: ArrayReport): unknown {
  const { className, descr, shape, order, bytes } = record;
  const { file = null, compressed = null } = "file" in record ? record : {};
  const named = { file, className, dtype, descr, shape, order, bytes };
  const all = { ...named, compressed, problem: problem ?? null };
  if (columns) return { ...all, columns };
  if (!content) return all;
  const { min, max, counts, ...rest } = content.statistics;
  const range = { min: plain(min), max: plain(max), histogram: counts };
  const indices = shownIndices(shape);
  const elements = content.elements.map((value, i) => ({ index: indices[i], value: plain(value) }));
  return { ...all, ...rest, ...range, elements };
}

/** A number as JSON can hold it: what is no number in JSON, and what is too large, is a text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  const isText =
    typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value));
  return isText ? String(value) : value;
}
