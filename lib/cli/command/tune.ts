/**
 * `ndmemo tune`: which compression to take.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { measureAll } from "../../tune/measure-all.ts";
import { reportOf } from "../../tune/report.ts";
import { optionText, type TuneResult } from "../../tune/tune-result.ts";
import type { Output } from "../output.ts";
import { startProgress } from "../progress.ts";
import { type Column, tableLines } from "../table.ts";

interface CommandOptions {
  readonly levels?: readonly number[];
  readonly reloads?: number;
  readonly disk?: number;
  readonly html?: string;
  readonly json?: boolean;
}

const HELP = `
FILE is a .npy or .arrow file, or one that dump() wrote; of
a directory of a cache the largest arrays and those used
last are measured. Nothing is changed. Ctrl-C ends early and
prints what there is.

Examples:
  ndmemo tune cache
  ndmemo tune matrix.npy --levels 1,3,19
  ndmemo tune cache --disk 100 --reloads 50 --html report.html`;

const COLUMNS: readonly Column[] = [
  { head: "" },
  { head: "level", align: "right" },
  { head: "filter" },
  { head: "ratio", align: "right" },
  { head: "store MB/s", align: "right" },
  { head: "load MB/s", align: "right" },
  { head: "total s", align: "right", isOptional: true },
];

/** Adds the command. */
export function addTune(program: Command, output: Output): void {
  program
    .command("tune")
    .summary("measure compression on your own arrays")
    .description("Measures how arrays compress, and recommends an option.")
    .argument("<FILE|DIR>", "arrays to measure")
    .option("--levels <list>", "levels of zstd, such as 1,3,19", levelsOf)
    .option("--disk <MB/s>", "speed of the disk (500)", numberOf)
    .option("--reloads <n>", "how often an array is loaded (10)", numberOf)
    .option("--html <file>", "write a report with plots")
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (source: string, options: CommandOptions) => {
      const result = await measured(source, options, output);
      if (options.html !== undefined) writeFileSync(options.html, reportOf(result));
      if (options.json) output.json(result.toJSON());
      else print(output, result);
    });
}

async function measured(
  source: string,
  { levels, reloads, disk }: CommandOptions,
  output: Output,
): Promise<TuneResult> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once("SIGINT", end);
  let progress: ReturnType<typeof startProgress>;
  try {
    return await measureAll(source, {
      ...{ levels, reloads, signal: stop.signal },
      diskSpeed: disk === undefined ? undefined : disk * 1e6,
      onProgress({ bytes, totalBytes }) {
        progress ??= startProgress(output, totalBytes);
        progress?.update(bytes);
      },
    });
  } finally {
    progress?.stop();
    process.removeListener("SIGINT", end);
  }
}

function print(output: Output, result: TuneResult): void {
  if (!result.isComplete) output.print("Ended early: this is what was measured until then.", "");
  const rows = result.rows.map((row) => [
    row.isBest ? "*" : "",
    ...(row.level === null ? ["-", "as it is"] : [String(row.level), row.filter]),
    row.ratio.toFixed(2),
    ...[row.storeSpeed, row.loadSpeed].map((speed) => (speed / 1e6).toFixed(0)),
    row.seconds.toPrecision(3),
  ]);
  output.print(...tableLines(output, COLUMNS, rows), "", "* beaten by no other row");
  for (const { aim, options, reason } of result.recommendations) {
    output.print("", `${output.paint("bold", aim)}: ${reason}`, `  ${optionText(options)}`);
  }
  output.print("", result.advice);
}

function levelsOf(text: string): number[] {
  const levels = text.split(",").map(Number);
  if (levels.every(Number.isInteger) && !text.split(",").includes("")) return levels;
  throw new InvalidArgumentError("Expected integers with commas, such as 1,3,19.");
}

function numberOf(text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError("Expected a positive number.");
}
