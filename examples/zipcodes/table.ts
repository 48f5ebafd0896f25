/**
 * The table that the demo prints.
 *
 * @module
 */

/** One step of the pipeline. */
export interface Row {
  readonly name: string;
  readonly how: string;
  readonly seconds: number;
  /** Bytes of the arrays in the result. */
  readonly bytes: number;
  /** Bytes of the process in memory after the step. */
  readonly resident: number;
}

/** Prints the rows and their total time. */
export function printTable(rows: readonly Row[]): void {
  const total = rows.reduce((sum, { seconds }) => sum + seconds, 0);
  const cells = [
    ["step", "", "seconds", "arrays", "resident"],
    ...rows.map((row) => [
      ...[row.name, row.how, row.seconds.toFixed(4)],
      ...[size(row.bytes), size(row.resident)],
    ]),
    ["total", "", total.toFixed(4), "", ""],
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  for (const line of cells) {
    const padded = line.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < 2 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(padded.join("  ").trimEnd());
  }
}

/** Bytes for people, in powers of 1000. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let [value, unit] = [bytes, 0];
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
