/**
 * The dictionaries of a table, as its file has them: one for each dictionary column.
 *
 * In memory each record batch may have a dictionary of its own; in a file there is one for all. So the
 * dictionaries of a column are put one behind the other, those that are alike only once, and the
 * indices of a batch are moved by what stands before its own.
 *
 * @module
 */

import type { ArrowData, ArrowType, ArrowVector } from "../../array/arrow.ts";
import { type ArrowLayout, layoutOf } from "../../array/arrow-layout.ts";
import { CacheError } from "../../errors.ts";
import { columnOf } from "../../hash/arrow/nested.ts";
import type { Run } from "./buffer.ts";

/** A place in a schema: a type with those inside it. */
export interface Slot {
  readonly type: ArrowType;
  readonly layout: ArrowLayout;
  readonly children: readonly Slot[];
  /** The dictionary, where the type is one. */
  readonly pool?: DictionaryPool;
}

/** What is put into one dictionary. */
export class DictionaryPool {
  /** The number that it goes by in the file. */
  readonly id: number;
  readonly type: ArrowType;
  /** The place of its values. */
  readonly values: Slot;
  readonly #chunks: ArrowData[] = [];
  readonly #bases = new Map<ArrowVector, number>();
  readonly #alike = new Map<string, number>();
  #entries = 0;

  constructor(id: number, type: ArrowType, values: Slot) {
    this.id = id;
    this.type = type;
    this.values = values;
  }

  /** The values. */
  get runs(): readonly Run[] {
    return this.#chunks.map((data) => ({ data, start: 0, count: data.length }));
  }

  /** How much is to be added to the indices of a piece. */
  baseOf({ dictionary }: ArrowData): number {
    return (dictionary && this.#bases.get(dictionary)) ?? 0;
  }

  /** Takes up a dictionary; tells whether it brought something new. */
  add(dictionary: ArrowVector): boolean {
    if (this.#bases.has(dictionary)) return false;
    const chunks = dictionary.data;
    const common = Math.min(chunks.length, this.#chunks.length);
    const isContinued = this.#chunks.slice(0, common).every((chunk, i) => chunk === chunks[i]);
    if (isContinued) {
      this.#bases.set(dictionary, 0);
      if (this.#entries === 0) this.#alike.set(contentOf(this.values.type, dictionary), 0);
      this.#append(chunks.slice(common));
      return true;
    }
    const content = contentOf(this.values.type, dictionary);
    const known = this.#alike.get(content);
    this.#bases.set(dictionary, known ?? this.#entries);
    if (known !== undefined) return false;
    this.#alike.set(content, this.#entries);
    this.#append(chunks);
    return true;
  }

  #append(chunks: readonly ArrowData[]): void {
    this.#chunks.push(...chunks);
    this.#entries += chunks.reduce((sum, { length }) => sum + length, 0);
    const { bitWidth = 32, isSigned = true } = this.type.indices ?? {};
    // What one dictionary has is its owner's business: nobody refers to what cannot be counted.
    if (this.#bases.size === 1 || this.#entries <= 2 ** (bitWidth - (isSigned ? 1 : 0))) return;
    throw new CacheError(
      "ERR_UNSUPPORTED_VALUE",
      `the dictionaries of an Arrow column in it have ${this.#entries} values together, more ` +
        `than its indices of ${bitWidth} bits count: give its record batches one dictionary`,
    );
  }
}

/** The places of a schema, and its dictionaries: each behind those that its values refer to. */
export class SlotTree {
  readonly slots: readonly Slot[];
  readonly pools: DictionaryPool[] = [];
  readonly #byType = new Map<ArrowType, DictionaryPool>();
  readonly #ids = new Set<number>();

  constructor(types: readonly ArrowType[]) {
    this.slots = types.map((type) => this.#slotOf(type));
  }

  /** Takes up the dictionaries of a piece. */
  collect(slot: Slot, data: ArrowData): void {
    const { dictionary } = data;
    if (slot.pool && dictionary?.data && slot.pool.add(dictionary)) {
      for (const chunk of dictionary.data) this.collect(slot.pool.values, chunk);
    }
    for (const [i, child] of slot.children.entries()) {
      const piece = data.children[i];
      if (piece) this.collect(child, piece);
    }
  }

  /** The number of the dictionary of a type. */
  idOf(type: ArrowType): number {
    return this.#byType.get(type)?.id ?? 0;
  }

  #slotOf(type: ArrowType): Slot {
    const layout = layoutOf(type);
    if (layout.kind !== "dictionary" || type.dictionary === undefined) {
      const children = (type.children ?? []).map((child) => this.#slotOf(child.type));
      return { type, layout, children };
    }
    const values = this.#slotOf(type.dictionary);
    // Columns of one type share a dictionary.
    const shared = this.#byType.get(type);
    const pool = shared ?? new DictionaryPool(this.#newId(type.id), type, values);
    if (!shared) {
      this.#byType.set(type, pool);
      this.pools.push(pool);
    }
    return { type, layout, children: [], pool };
  }

  /** The number that a dictionary has in memory, unless another one has it. */
  #newId(wanted: number | undefined): number {
    let id = Number.isSafeInteger(wanted) && (wanted as number) >= 0 ? (wanted as number) : 0;
    while (this.#ids.has(id)) id++;
    this.#ids.add(id);
    return id;
  }
}

function contentOf(type: ArrowType, { data }: ArrowVector): string {
  const column = columnOf(type);
  for (const chunk of data) column.add(chunk, 0, chunk.length);
  return column.raw().toString("hex");
}
