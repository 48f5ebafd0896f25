/**
 * Flatbuffers, as Arrow's metadata is written: tables, vectors, structs and strings.
 *
 * A message is a tree of nodes, written from its root: each node behind the one that refers to it, so
 * that all references go forward, as they must. A table begins with its vtable.
 *
 * ```text
 * uint32     where the root table is
 * vtable     uint16 bytes of it, uint16 bytes of the table, uint16 for each slot: where in the table
 * table      int32 distance back to the vtable, then the fields
 * vector     uint32 count, then the elements
 * string     uint32 bytes, UTF-8, a zero
 * ```
 *
 * Format: https://flatbuffers.dev/internals
 *
 * @module
 */

/** Something that others refer to. */
export interface FlatNode {
  /** What it refers to. */
  readonly children: readonly FlatNode[];
  /** Where it begins, counted from where it refers to, and where it ends, from `position` on. */
  place(position: number): { readonly start: number; readonly end: number };
  /** Writes itself, once all places are known. */
  write(view: DataView, start: number, startOf: (node: FlatNode) => number): void;
}

/** One field of a table: its slot, its bytes, and its value or what it refers to. */
export type FlatField =
  | { readonly slot: number; readonly bytes: 1 | 2 | 4 | 8; readonly value: number }
  | { readonly slot: number; readonly node: FlatNode };

/** A field that is a number of so many bytes. */
export function scalar(slot: number, bytes: 1 | 2 | 4 | 8, value: number): FlatField {
  return { slot, bytes, value };
}

/** A field that refers to another node; none where there is no such node. */
export function reference(slot: number, node: FlatNode | undefined): readonly FlatField[] {
  return node ? [{ slot, node }] : [];
}

/** A table. */
export function table(fields: readonly FlatField[]): FlatNode {
  const bytesOf = (field: FlatField): number => ("node" in field ? 4 : field.bytes);
  // The widest first, so that none needs padding.
  const placed = fields.toSorted((a, b) => bytesOf(b) - bytesOf(a));
  const slots = Math.max(-1, ...fields.map(({ slot }) => slot)) + 1;
  const vtableBytes = 4 + 2 * slots;
  // Behind the distance of 4 bytes, the first field of 8 begins 4 bytes before a multiple of 8.
  const tableBytes = placed.reduce((sum, field) => sum + bytesOf(field), 4);
  return {
    children: fields.flatMap((field) => ("node" in field ? [field.node] : [])),
    place(position) {
      const start = alignTo(position + vtableBytes + 4, 8) - 4;
      return { start, end: start + tableBytes };
    },
    write(view, start, startOf) {
      const vtable = start - vtableBytes;
      view.setUint16(vtable, vtableBytes, true);
      view.setUint16(vtable + 2, tableBytes, true);
      view.setInt32(start, vtableBytes, true);
      let at = 4;
      for (const field of placed) {
        view.setUint16(vtable + 4 + 2 * field.slot, at, true);
        const position = start + at;
        if ("node" in field) view.setUint32(position, startOf(field.node) - position, true);
        else setNumber(view, position, field.bytes, field.value);
        at += bytesOf(field);
      }
    },
  };
}

/** A vector of references. */
export function vector(nodes: readonly FlatNode[]): FlatNode {
  return {
    children: nodes,
    place: (position) => ({
      start: alignTo(position, 4),
      end: alignTo(position, 4) + 4 + 4 * nodes.length,
    }),
    write(view, start, startOf) {
      view.setUint32(start, nodes.length, true);
      for (const [i, node] of nodes.entries()) {
        const position = start + 4 + 4 * i;
        view.setUint32(position, startOf(node) - position, true);
      }
    },
  };
}

/**
 * A vector of numbers, or of structs of such numbers.
 *
 * @param perElement how many numbers an element has.
 */
export function numbers(
  bytes: 1 | 2 | 4 | 8,
  values: readonly number[],
  perElement: number = 1,
): FlatNode {
  return {
    children: [],
    place(position) {
      const start = alignTo(position + 4, bytes) - 4;
      const aligned = alignTo(start, 4);
      return { start: aligned, end: aligned + 4 + bytes * values.length };
    },
    write(view, start) {
      view.setUint32(start, values.length / perElement, true);
      for (const [i, value] of values.entries()) {
        setNumber(view, start + 4 + bytes * i, bytes, value);
      }
    },
  };
}

/** A string. */
export function text(value: string): FlatNode {
  const bytes = Buffer.from(value, "utf8");
  return {
    children: [],
    place: (position) => ({
      start: alignTo(position, 4),
      end: alignTo(position, 4) + 4 + bytes.byteLength + 1,
    }),
    write(view, start) {
      view.setUint32(start, bytes.byteLength, true);
      new Uint8Array(view.buffer).set(bytes, start + 4);
    },
  };
}

/** The bytes of a tree; a multiple of 8 of them. */
export function encodeFlat(root: FlatNode): Uint8Array<ArrayBuffer> {
  const starts = new Map<FlatNode, number>();
  let end = 4;
  const visit = (node: FlatNode): void => {
    const placed = node.place(end);
    starts.set(node, placed.start);
    end = placed.end;
    for (const child of node.children) visit(child);
  };
  visit(root);

  const bytes = new Uint8Array(alignTo(end, 8));
  const view = new DataView(bytes.buffer);
  const startOf = (node: FlatNode): number => starts.get(node) ?? 0;
  view.setUint32(0, startOf(root), true);
  for (const [node, start] of starts) node.write(view, start, startOf);
  return bytes;
}

/** The next multiple of a power of two. */
export function alignTo(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

function setNumber(view: DataView, at: number, bytes: 1 | 2 | 4 | 8, value: number): void {
  if (bytes === 8) view.setBigInt64(at, BigInt(value), true);
  else if (bytes === 4) view.setInt32(at, value, true);
  else if (bytes === 2) view.setInt16(at, value, true);
  else view.setInt8(at, value);
}
