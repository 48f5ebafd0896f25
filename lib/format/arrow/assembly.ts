/**
 * An Arrow IPC file put together from its messages.
 *
 * ```text
 * ARROW1 0 0
 * message of the schema
 * message and body of each dictionary, those that others refer to first
 * message and body of each record batch
 * ff ff ff ff 00 00 00 00
 * footer, int32 bytes of it, ARROW1
 * ```
 *
 * Format: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
 *
 * @module
 */

import type { ArrowSchema } from "../../array/arrow.ts";
import type { Packed } from "../../array/bytes.ts";
import { compressedBuffers } from "./body-compression.ts";
import { alignTo } from "./flat-writer.ts";
import {
  ALIGNMENT,
  type BatchHeader,
  type Block,
  Codec,
  dictionaryMessage,
  footerBytes,
  recordBatchMessage,
  schemaMessage,
} from "./message.ts";
import type { DictionaryIds } from "./schema.ts";

/** What a batch holds. */
export interface BatchContent extends Pick<BatchHeader, "rows" | "nodes" | "variadicCounts"> {
  readonly buffers: readonly Packed[];
  readonly metadata: ReadonlyMap<string, string> | undefined;
  /** The number of the dictionary whose values it is. */
  readonly id: number | undefined;
}

/** A message with its body. */
export interface Part {
  readonly isDictionary: boolean;
  /** The message, as it is at a position of the file. */
  readonly head: (position: number) => Uint8Array;
  readonly body: readonly Packed[];
  readonly bodyBytes: number;
}

const MAGIC = Buffer.from("ARROW1", "latin1");
const START = Buffer.from("ARROW1\0\0", "latin1");
const END_OF_STREAM = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);

/** The message of a batch, and its buffers one after the other. */
export function batchPart(
  { rows, nodes, variadicCounts, buffers, metadata, id }: BatchContent,
  compression: { readonly level: number } | undefined,
): Part {
  const body = compression ? compressedBuffers(buffers, compression.level) : buffers;
  let bodyBytes = 0;
  const places = body.flatMap(({ byteLength }) => {
    const place = [bodyBytes, byteLength];
    bodyBytes += alignTo(byteLength, ALIGNMENT);
    return place;
  });
  const codec = compression ? Codec.zstd : undefined;
  const header: BatchHeader = { rows, nodes, buffers: places, variadicCounts, codec };
  return {
    ...{ isDictionary: id !== undefined, body, bodyBytes },
    head: (position) =>
      id === undefined
        ? recordBatchMessage(header, bodyBytes, metadata, position)
        : dictionaryMessage(header, id, bodyBytes, position),
  };
}

/**
 * The file of a schema and its batches, dictionaries first.
 *
 * @param parts gives the same parts each time.
 */
export function assemble(
  schema: ArrowSchema,
  idOf: DictionaryIds,
  parts: () => Iterable<Part>,
): Packed {
  const schemaHead = schemaMessage(schema, idOf, START.byteLength);
  const firstPart = START.byteLength + schemaHead.byteLength;
  const [dictionaries, records]: [Block[], Block[]] = [[], []];
  let end = firstPart;
  for (const { isDictionary, head, bodyBytes } of parts()) {
    const metadataBytes = head(end).byteLength;
    (isDictionary ? dictionaries : records).push({ offset: end, metadataBytes, bodyBytes });
    end += metadataBytes + bodyBytes;
  }
  const footer = footerBytes(schema, idOf, dictionaries, records);
  return {
    byteLength: end + END_OF_STREAM.byteLength + footer.byteLength + 4 + MAGIC.byteLength,
    *pieces() {
      yield START;
      yield schemaHead;
      let position = firstPart;
      for (const { head, body, bodyBytes } of parts()) {
        const bytes = head(position);
        yield bytes;
        for (const buffer of body) {
          yield* buffer.pieces();
          const padding = alignTo(buffer.byteLength, ALIGNMENT) - buffer.byteLength;
          if (padding > 0) yield new Uint8Array(padding);
        }
        position += bytes.byteLength + bodyBytes;
      }
      yield END_OF_STREAM;
      yield footer;
      yield new Uint8Array(Int32Array.of(footer.byteLength).buffer);
      yield MAGIC;
    },
  };
}
