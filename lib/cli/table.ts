/**
 * Tables that fit the terminal: long names are cut, and columns of little weight are left out.
 *
 * @module
 */

import type { Output } from "./output.ts";

/** A column of a table. */
export interface Column {
  readonly head: string;
  /** @defaultValue `"left"` */
  readonly align?: "left" | "right";
  /** Which end of a text is cut off where there is no room for it; missing: it is never cut. */
  readonly cut?: "start" | "end";
  /** Whether it is left out where the table is too wide. */
  readonly isOptional?: boolean;
}

const GAP = 2;
const LEAST_CUT = 14;

/**
 * The lines of a table; the cells are safe text.
 *
 * @param indent how much further right the caller prints them.
 */
export function tableLines(
  output: Output,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent: number = 0,
): string[] {
  const [shown, widths] = fit(columns, rows, output.columns - indent);
  const line = (cells: readonly string[], paint: (text: string) => string): string => {
    const padded = shown.map((at, i) => {
      const { align, cut } = columns[at] as Column;
      const width = widths[i] as number;
      const text = cutText(cells[at] ?? "", width, cut);
      const space = " ".repeat(Math.max(0, width - widthOf(text)));
      return align === "right" ? space + paint(text) : paint(text) + space;
    });
    return padded.join(" ".repeat(GAP)).trimEnd();
  };
  const heads = columns.map(({ head }) => head);
  const header = line(heads, (text) => output.paint("dim", text));
  return [header, ...rows.map((row) => line(row, (text) => text))];
}

/** The columns that are shown, and how wide each is. */
function fit(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  room: number,
): [shown: number[], widths: number[]] {
  const natural = columns.map(({ head }, at) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[at] ?? "")), widthOf(head)),
  );
  const shown = columns.map((_, at) => at);
  const excess = (least: boolean): number =>
    shown.reduce((sum, at) => {
      const width = natural[at] as number;
      return sum + GAP + (least && columns[at]?.cut ? Math.min(LEAST_CUT, width) : width);
    }, -GAP) - room;
  while (excess(true) > 0) {
    const at = shown.findLast((each) => columns[each]?.isOptional);
    if (at === undefined) break;
    shown.splice(shown.indexOf(at), 1);
  }
  const widths = shown.map((at) => natural[at] as number);
  for (let over = excess(false); over > 0; over--) {
    // One column at a time, so that texts of one length stay so.
    const [widest = -1] = shown
      .map((_, i) => i)
      .filter((i) => columns[shown[i] as number]?.cut && (widths[i] as number) > 4)
      .sort((a, b) => (widths[b] as number) - (widths[a] as number));
    if (widest === -1) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return [shown, widths];
}

/** Text of at most so many columns. */
export function cutText(text: string, width: number, cut: Column["cut"] = "end"): string {
  if (widthOf(text) <= width) return text;
  const chars = Array.from(text);
  const kept: string[] = [];
  let room = width - 1;
  while (chars.length > 0) {
    const char = (cut === "end" ? chars.shift() : chars.pop()) as string;
    room -= widthOf(char);
    if (room < 0) break;
    if (cut === "end") kept.push(char);
    else kept.unshift(char);
  }
  return cut === "end" ? `${kept.join("")}…` : `…${kept.join("")}`;
}

/** Columns that a text takes: of East Asian letters and pictures two each, of marks none. */
export function widthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: most texts are plain.
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) {
    if (/\p{Mark}/u.test(char)) continue;
    width += WIDE.test(char) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
