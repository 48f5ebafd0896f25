/**
 * The messages that an Arrow file consists of, and its footer.
 *
 * ```text
 * message   ff ff ff ff, int32 bytes of the metadata, the metadata as a flatbuffer, zeros; the body
 * ```
 *
 * The metadata are padded so that the body begins at a multiple of 64 of the file.
 *
 * The tables and their slots: https://github.com/apache/arrow/blob/main/format/Message.fbs and File.fbs
 *
 * @module
 */

import type { ArrowSchema } from "../../array/arrow.ts";
import type { FlatTable } from "./flat-reader.ts";
import {
  alignTo,
  encodeFlat,
  type FlatNode,
  numbers,
  reference,
  scalar,
  table,
} from "./flat-writer.ts";
import { type DictionaryIds, metadataField, readMetadata, schemaNode } from "./schema.ts";

/** What buffers begin at multiples of, as the format recommends. */
export const ALIGNMENT = 64;

/** The kinds of messages. */
export const Kind = { schema: 1, dictionaryBatch: 2, recordBatch: 3 } as const;

/** The codecs of compressed buffers. */
export const Codec = { lz4: 0, zstd: 1 } as const;

const VERSION_5 = 4;

/** What the metadata of a batch say. */
export interface BatchHeader {
  readonly rows: number;
  /** For each column and child its rows and its nulls. */
  readonly nodes: readonly number[];
  /** For each buffer where it begins in the body, and its bytes. */
  readonly buffers: readonly number[];
  readonly variadicCounts: readonly number[];
  /** How the buffers are compressed, if they are. */
  readonly codec: number | undefined;
}

/** Where a message lies in a file. */
export interface Block {
  readonly offset: number;
  readonly metadataBytes: number;
  readonly bodyBytes: number;
}

/** The message of a schema, as it is at a position of the file. */
export function schemaMessage(
  schema: ArrowSchema,
  idOf: DictionaryIds,
  position: number,
): Uint8Array {
  return framed(Kind.schema, schemaNode(schema, idOf), 0, undefined, position);
}

/** The metadata of a record batch. */
export function recordBatchMessage(
  header: BatchHeader,
  bodyBytes: number,
  metadata: ReadonlyMap<string, string> | undefined,
  position: number,
): Uint8Array {
  return framed(Kind.recordBatch, batchNode(header), bodyBytes, metadata, position);
}

/** The metadata of a dictionary. */
export function dictionaryMessage(
  header: BatchHeader,
  id: number,
  bodyBytes: number,
  position: number,
): Uint8Array {
  const node = table([scalar(0, 8, id), ...reference(1, batchNode(header)), scalar(2, 1, 0)]);
  return framed(Kind.dictionaryBatch, node, bodyBytes, undefined, position);
}

/** The flatbuffer of a footer. */
export function footerBytes(
  schema: ArrowSchema,
  idOf: DictionaryIds,
  dictionaries: readonly Block[],
  batches: readonly Block[],
): Uint8Array {
  const blocks = (all: readonly Block[]): FlatNode => {
    const values = all.flatMap(({ offset, metadataBytes, bodyBytes }) => [
      ...[offset, metadataBytes, bodyBytes],
    ]);
    return numbers(8, values, 3);
  };
  return encodeFlat(
    table([
      scalar(0, 2, VERSION_5),
      ...reference(1, schemaNode(schema, idOf)),
      ...reference(2, blocks(dictionaries)),
      ...reference(3, blocks(batches)),
    ]),
  );
}

/** The blocks in a slot of a footer. */
export function readBlocks(footer: FlatTable, slot: number): Block[] {
  const all = footer.numbers(slot, 8, 3);
  return Array.from({ length: all.length / 3 }, (_, i) => ({
    offset: all[3 * i] ?? 0,
    // Behind the four bytes of this number are four that mean nothing.
    metadataBytes: Number(BigInt.asUintN(32, BigInt(all[3 * i + 1] ?? 0))),
    bodyBytes: all[3 * i + 2] ?? 0,
  }));
}

/** What a batch's metadata say. */
export function readBatchHeader(flat: FlatTable): BatchHeader {
  const compression = flat.table(3);
  return {
    rows: flat.number(0, 8),
    nodes: flat.numbers(1, 8, 2),
    buffers: flat.numbers(2, 8, 2),
    variadicCounts: flat.numbers(4, 8),
    codec: compression?.number(0, 1),
  };
}

/** The parts of a message's metadata. */
export interface Message {
  readonly version: number;
  readonly kind: number;
  readonly header: FlatTable | undefined;
  readonly bodyBytes: number;
  readonly metadata: Map<string, string>;
}

/** Takes a message's metadata apart. */
export function readMessage(flat: FlatTable): Message {
  return {
    version: flat.number(0, 2),
    kind: flat.number(1, 1),
    header: flat.table(2),
    bodyBytes: flat.number(3, 8),
    metadata: readMetadata(flat, 4),
  };
}

function batchNode({ rows, nodes, buffers, variadicCounts, codec }: BatchHeader): FlatNode {
  return table([
    scalar(0, 8, rows),
    ...reference(1, numbers(8, nodes, 2)),
    ...reference(2, numbers(8, buffers, 2)),
    ...reference(3, codec === undefined ? undefined : table([scalar(0, 1, codec)])),
    ...reference(4, variadicCounts.length > 0 ? numbers(8, variadicCounts) : undefined),
  ]);
}

function framed(
  kind: number,
  header: FlatNode,
  bodyBytes: number,
  metadata: ReadonlyMap<string, string> | undefined,
  position: number,
): Uint8Array {
  const flat = encodeFlat(
    table([
      scalar(0, 2, VERSION_5),
      scalar(1, 1, kind),
      ...reference(2, header),
      scalar(3, 8, bodyBytes),
      ...metadataField(4, metadata),
    ]),
  );
  const bytes = new Uint8Array(alignTo(position + 8 + flat.byteLength, ALIGNMENT) - position);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, -1, true);
  view.setInt32(4, bytes.byteLength - 8, true);
  bytes.set(flat, 8);
  return bytes;
}
