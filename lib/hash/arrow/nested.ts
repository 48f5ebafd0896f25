/**
 * Columns whose elements are made of other columns, and the choice of a column for a type.
 *
 * @module
 */

import type { ArrowData, ArrowType, ArrowVector } from "../../array/arrow.ts";
import { layoutOf } from "../../array/arrow-layout.ts";
import { BoolColumn, BrokenArrow, Column, FixedColumn, NullColumn, tooShort } from "./column.ts";
import { ByteStream } from "./stream.ts";
import { LengthColumn, VariableColumn, ViewColumn } from "./variable.ts";

/** The column that takes rows of a type. @throws CacheError for a type that is not known. */
export function columnOf(type: ArrowType): Column {
  const layout = layoutOf(type);
  switch (layout.kind) {
    case "null":
      return new NullColumn();
    case "bool":
      return new BoolColumn();
    case "fixed":
      return new FixedColumn(layout.width);
    case "variable":
      return new VariableColumn();
    case "view":
      return new ViewColumn();
    case "list":
      return new ListColumn(childOf(type));
    case "fixedList":
      return new FixedListColumn(childOf(type), layout.size);
    case "struct":
      return new StructColumn(childrenOf(type));
    case "sparse":
    case "dense":
      return new UnionColumn(type, childrenOf(type));
    case "dictionary":
      return new DictionaryColumn(type);
  }
}

function childrenOf({ children }: ArrowType): Column[] {
  return (children ?? []).map(({ type }) => columnOf(type));
}

function childOf(type: ArrowType): Column {
  const child = type.children?.[0];
  if (child === undefined) throw new BrokenArrow(type, "has no child");
  return columnOf(child.type);
}

/** Lists and maps. */
class ListColumn extends LengthColumn {
  readonly #child: Column;

  constructor(child: Column) {
    super();
    this.#child = child;
  }

  protected override values(data: ArrowData, start: number, count: number): void {
    const [begin, end] = this.addLengths(data, start, count);
    addChild(this.#child, data, 0, begin, end - begin);
  }
  protected override content(out: ByteStream): void {
    super.content(out);
    out.addView(this.#child.raw());
  }
}

/** Lists of one length. */
class FixedListColumn extends Column {
  readonly #child: Column;
  readonly #size: number;

  constructor(child: Column, size: number) {
    super();
    this.#child = child;
    this.#size = size;
  }

  protected override values(data: ArrowData, start: number, count: number): void {
    addChild(this.#child, data, 0, start * this.#size, count * this.#size);
  }
  protected override nulls(): void {}
  protected override content(out: ByteStream): void {
    out.addView(this.#child.raw());
  }
}

/** Structs. */
class StructColumn extends Column {
  readonly #children: readonly Column[];

  constructor(children: readonly Column[]) {
    super();
    this.#children = children;
  }

  protected override values(data: ArrowData, start: number, count: number): void {
    for (const [i, child] of this.#children.entries()) addChild(child, data, i, start, count);
  }
  protected override nulls(): void {}
  protected override content(out: ByteStream): void {
    for (const child of this.#children) out.addView(child.raw());
  }
}

/** A type id that no child has, for a null that is none of a child's. */
const NO_CHILD = 0x80;

/** Unions, sparse or dense: for each child the values that are it, in the order of rows. */
class UnionColumn extends Column {
  readonly #ids = new ByteStream();
  readonly #children: readonly Column[];
  readonly #childOfId = new Map<number, number>();
  readonly #isDense: boolean;

  constructor(type: ArrowType, children: readonly Column[]) {
    super();
    this.#children = children;
    this.#isDense = type.mode !== 0;
    for (const [i, id] of Array.from(type.typeIds ?? []).entries()) this.#childOfId.set(id, i);
  }

  protected override validity(): undefined {
    return undefined;
  }
  protected override values(data: ArrowData, start: number, count: number): void {
    const { typeIds, valueOffsets } = data;
    if (typeIds === undefined || typeIds.length < start + count) throw tooShort(data);
    for (let row = start; row < start + count; row++) {
      const id = typeIds[row] ?? 0;
      const child = this.#childOfId.get(id);
      const column = child === undefined ? undefined : this.#children[child];
      if (child === undefined || column === undefined) {
        throw new BrokenArrow(data.type, `has no child with the id ${id}`);
      }
      this.#ids.addByte(id);
      const at = this.#isDense ? Number(valueOffsets?.[row] ?? -1) : row;
      addChild(column, data, child, at, 1);
    }
  }
  protected override nulls(count: number): void {
    for (let i = 0; i < count; i++) this.#ids.addByte(NO_CHILD);
  }
  protected override content(out: ByteStream): void {
    out.addView(this.#ids.raw());
    for (const child of this.#children) out.addView(child.raw());
  }
}

/** Values that rows refer to by number: the column of those values. */
class DictionaryColumn extends Column {
  readonly #values: Column;
  /** The order of an ordered dictionary's values means something, so they count in full. */
  readonly #ordered: Map<object, Buffer> | undefined;
  readonly #type: ArrowType;
  #of: ArrowData | undefined;
  #chunks: readonly ArrowData[] = [];
  #starts: readonly number[] = [];

  constructor(type: ArrowType) {
    super();
    if (type.dictionary === undefined) throw new BrokenArrow(type, "has no type of values");
    this.#type = type.dictionary;
    this.#values = columnOf(type.dictionary);
    this.#ordered = type.isOrdered ? new Map() : undefined;
  }

  override add(data: ArrowData, start: number, count: number): void {
    if (this.#of !== data) this.#open(data);
    super.add(data, start, count);
  }
  protected override values(data: ArrowData, start: number, count: number): void {
    const { values } = data;
    if (values === undefined || values.length < start + count) throw tooShort(data);
    for (let row = start; row < start + count; row++) {
      const index = Number(values[row]);
      let chunk = 0;
      while (index >= (this.#starts[chunk + 1] ?? Number.POSITIVE_INFINITY)) chunk++;
      const entries = this.#chunks[chunk];
      const at = index - (this.#starts[chunk] ?? 0);
      if (entries === undefined || at < 0 || at >= entries.length) {
        throw new BrokenArrow(data.type, `has no entry ${index}`);
      }
      this.#values.add(entries, at, 1);
    }
  }
  protected override nulls(count: number): void {
    this.#values.addNulls(count);
  }
  protected override content(out: ByteStream): void {
    out.addView(this.#values.raw());
    if (this.#ordered === undefined) return;
    out.addUint64(this.#ordered.size);
    for (const digest of this.#ordered.values()) out.addView(digest);
  }
  // A null in the dictionary and a null in the indices are the same null: the column of the values
  // tells, and this one has none of its own.
  override raw(): Buffer {
    const all = new ByteStream();
    this.content(all);
    return all.raw();
  }

  #open(data: ArrowData): void {
    this.#of = data;
    this.#chunks = data.dictionary?.data ?? [];
    let end = 0;
    this.#starts = this.#chunks.map(({ length }) => {
      end += length;
      return end - length;
    });
    if (data.dictionary) this.#openOrdered(data.dictionary);
  }
  #openOrdered(dictionary: ArrowVector): void {
    if (this.#ordered === undefined || this.#ordered.has(dictionary)) return;
    const column = columnOf(this.#type);
    for (const chunk of dictionary.data) column.add(chunk, 0, chunk.length);
    this.#ordered.set(dictionary, column.raw());
  }
}

function addChild(
  column: Column,
  data: ArrowData,
  index: number,
  start: number,
  count: number,
): void {
  if (count === 0) return;
  const child = data.children[index];
  if (child === undefined || start < 0 || start + count > child.length) throw tooShort(data);
  column.add(child, start, count);
}
