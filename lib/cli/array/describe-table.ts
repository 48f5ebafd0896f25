/**
 * A stored Arrow table as `show` tells of it: its columns with their types and first values.
 *
 * @module
 */

import type { ArrowField, ArrowSchema, ArrowType } from "../../array/arrow.ts";
import type { Entries, StoredEntry } from "../../call/entries/entries.ts";
import type { TableRecord } from "../../format/record.ts";
import type { Output } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { type Column, cutText, tableLines } from "../table.ts";
import { countText } from "../unit.ts";
import { cellText } from "./cell-text.ts";
import { LARGEST_LOADED, NotShown } from "./element-source.ts";

/** A column of a table. */
export interface ColumnReport {
  readonly name: string;
  /** As `apache-arrow` writes it, such as `Float64` or `Dictionary<Int32, Utf8>`. */
  readonly type: string;
  readonly nullable: boolean;
  /** The values of the first rows, as short texts. */
  readonly first: readonly string[];
}

/** A table, record batch, vector or schema, as far as it is used here. */
interface Loaded {
  readonly schema?: ArrowSchema;
  readonly fields?: readonly ArrowField[];
  readonly type?: ArrowType;
  get(row: number): unknown;
  getChildAt(index: number): { get(row: number): unknown } | null;
}

const FIRST_ROWS = 5;
const MOST_COLUMNS = 40;

const COLUMNS: readonly Column[] = [
  { head: "column", cut: "end" },
  { head: "type", cut: "end" },
  { head: "first rows", cut: "end" },
];

/**
 * The columns of a table, of a vector the one that it is.
 *
 * @throws NotShown where a large table would have to be loaded whole; CacheError where it cannot be
 * loaded, for want of `apache-arrow` for one.
 */
export async function reportTable(
  entries: Entries,
  { manifest }: StoredEntry,
  record: TableRecord,
): Promise<readonly ColumnReport[]> {
  if (!entries.maps && record.bytes > LARGEST_LOADED) {
    throw new NotShown("the columns are not shown: the table would have to be loaded whole");
  }
  const alone = { ...manifest, arrays: [record], inline: [], value: { array: 0 } };
  const options = { mmapMode: "r", verify: "size" } as const;
  const loaded = (await entries.load(manifest.key, alone, options)) as Loaded;
  const [rows = 0] = record.shape;
  const count = record.arrow === "Schema" ? 0 : Math.min(rows, FIRST_ROWS);
  const column = (
    { name, nullable, type }: ArrowField,
    values: { get(row: number): unknown } | null,
  ): ColumnReport => {
    const first = Array.from({ length: count }, (_, row) => cellText(values?.get(row), type));
    return { name, type: String(type), nullable, first };
  };
  if (record.arrow === "Vector" && loaded.type) {
    const field = { name: "", type: loaded.type, nullable: true, metadata: new Map() };
    return [column(field, loaded)];
  }
  const fields = loaded.schema?.fields ?? loaded.fields ?? [];
  return fields.map((field, at) => column(field, count > 0 ? loaded.getChildAt(at) : null));
}

/** The lines of the columns: name, type, and the first values one after the other. */
export function columnLines(
  output: Output,
  record: TableRecord,
  columns: readonly ColumnReport[],
  indent: number,
): string[] {
  const [rows = 0] = record.shape;
  const cells = columns.slice(0, MOST_COLUMNS).map(({ name, type, first }) => {
    const values = [...first, ...(rows > first.length && first.length > 0 ? ["…"] : [])];
    return [name, type, values.join(", ")].map((text) => cutText(safeText(text), output.columns));
  });
  const heads = record.arrow === "Schema" ? COLUMNS.slice(0, 2) : COLUMNS;
  const more = columns.length - cells.length;
  const lines = tableLines(output, heads, cells, indent);
  return more > 0 ? [...lines, `${countText(more, "more column")}: --json shows all`] : lines;
}

/** The rows and columns of a table, in words. */
export function extentText({ arrow, shape }: TableRecord): string {
  const [rows = 0, columns = 0] = shape;
  if (arrow === "Vector") return countText(rows, "row");
  if (arrow === "Schema") return countText(columns, "column");
  return `${countText(rows, "row")} x ${countText(columns, "column")}`;
}
