/**
 * What `tune` returns: for programs as data, for people as a table.
 *
 * @module
 */

import type { Conditions, Recommendation, TunedArray, TuneRow } from "./result.ts";

/** What measuring came to. */
export class TuneResult {
  /** Each array that was measured. */
  readonly arrays: readonly TunedArray[];
  /** Every way to store them, all arrays taken together. */
  readonly rows: readonly TuneRow[];
  /** What to take for each of three aims. */
  readonly recommendations: readonly Recommendation[];
  /** For what disk, and how many reloads. */
  readonly conditions: Conditions;
  /** Whether everything was measured; if not, `rows` has what was measured of all arrays. */
  readonly isComplete: boolean;

  /** Made by `tune`. */
  constructor(found: {
    readonly arrays: readonly TunedArray[];
    readonly rows: readonly TuneRow[];
    readonly recommendations: readonly Recommendation[];
    readonly conditions: Conditions;
    readonly isComplete: boolean;
  }) {
    this.arrays = found.arrays;
    this.rows = found.rows;
    this.recommendations = found.recommendations;
    this.conditions = found.conditions;
    this.isComplete = found.isComplete;
  }

  /** What mapping has to do with it, in a sentence or two. */
  get advice(): string {
    const small = this.recommendations.find(({ aim }) => aim === "smallest")?.row;
    const mapped =
      'With mmapMode: "r" an array that is stored as it is takes no time to load and only the ' +
      "memory of the pages that are read";
    if (!small) return `${mapped}.`;
    if (small.ratio < 1.1) {
      return `${mapped}: compressing these arrays saves less than a tenth and does not pay.`;
    }
    return `${mapped}: compress where the disk is too small for it, or slow and far away.`;
  }

  /** The result as data. */
  toJSON(): Pick<
    TuneResult,
    "arrays" | "rows" | "recommendations" | "conditions" | "advice" | "isComplete"
  > {
    const { arrays, rows, recommendations, conditions, advice, isComplete } = this;
    return { arrays, rows, recommendations, conditions, advice, isComplete };
  }

  /** A table of all rows, and what is recommended. */
  toString(): string {
    const { diskSpeed, reloads } = this.conditions;
    const head = ["", "level", "filter", "ratio", "store MB/s", "load MB/s", "total s"];
    const lines = [head, ...this.rows.map(cellsOf)];
    const widths = head.map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)));
    const table = lines.map((cells) => {
      const padded = cells.map((cell, at) => {
        const width = widths[at] ?? 0;
        return at === 2 ? cell.padEnd(width) : cell.padStart(width);
      });
      return padded.join("  ").trimEnd();
    });
    const advised = this.recommendations.map(({ aim, options, reason }) => {
      return `${`${aim}:`.padEnd(18)} ${optionText(options)}\n${" ".repeat(19)}${reason}`;
    });
    return [
      ...(this.isComplete ? [] : ["Ended early: this is what was measured until then.", ""]),
      ...table,
      "",
      "* no other row is better in ratio, store or load without being worse in another.",
      `total: stored once and loaded ${reloads} times, disk ${Math.round(diskSpeed / 1e6)} MB/s.`,
      "",
      ...advised,
      "",
      this.advice,
    ].join("\n");
  }
}

function cellsOf(row: TuneRow): string[] {
  const { level, filter, ratio, storeSpeed, loadSpeed, seconds, isBest } = row;
  return [
    isBest ? "*" : "",
    ...(level === null ? ["-", "as it is"] : [String(level), filter]),
    ratio.toFixed(2),
    ...[storeSpeed, loadSpeed].map((speed) => (speed / 1e6).toFixed(0)),
    seconds.toPrecision(3),
  ];
}

/** The option object as it would be written. */
export function optionText({ compress }: Recommendation["options"]): string {
  if (typeof compress !== "object") return `{ compress: ${compress} }`;
  return `{ compress: { level: ${compress.level}, filter: "${compress.filter}" } }`;
}
