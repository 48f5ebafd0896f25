/**
 * The messages of an Arrow file, or of a stream, in memory: where they lie, and what they say.
 *
 * @module
 */

import type { ArrowSchema } from "../../array/arrow.ts";
import { CacheError } from "../../errors.ts";
import type { Memory } from "./body-reader.ts";
import { FlatTable } from "./flat-reader.ts";
import {
  type BatchHeader,
  type Block,
  Kind,
  type Message,
  readBatchHeader,
  readBlocks,
  readMessage,
} from "./message.ts";
import { readSchema } from "./schema.ts";

/** A record batch, or the values of a dictionary. */
export interface BatchPart {
  readonly header: BatchHeader;
  readonly body: Memory;
  readonly version: number;
  readonly metadata: ReadonlyMap<string, string>;
  /** The number of the dictionary, and whether the values are added to those before. */
  readonly dictionary: { readonly id: number; readonly isDelta: boolean } | undefined;
}

/** A file taken apart. */
export interface ArrowParts {
  readonly schema: ArrowSchema;
  /** Batches and dictionaries, those before which others refer to. */
  readonly batches: readonly BatchPart[];
}

const MAGIC = Buffer.from("ARROW1", "latin1");
const START_BYTES = 8;
const END_BYTES = 10;
const CONTINUATION = -1;
const LONGEST_METADATA = 2 ** 30;

/** Whether a file that begins with these bytes is an Arrow IPC file (Feather, version 2). */
export function isArrowFile(head: Uint8Array): boolean {
  return MAGIC.equals(head.subarray(0, MAGIC.byteLength));
}

/** Whether a file that begins with these bytes may be an Arrow IPC stream. */
export function isArrowStream(head: Uint8Array): boolean {
  if (head.byteLength < 16) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const length = view.getInt32(4, true);
  return view.getInt32(0, true) === CONTINUATION && length > 0 && length % 8 === 0;
}

/**
 * Takes a file or a stream apart. Reads the metadata alone.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where a place or a size cannot be, `ERR_UNSUPPORTED_VALUE`
 * for what there is no array for.
 */
export function arrowParts(memory: Memory): ArrowParts {
  return isArrowFile(bytesAt(memory, 0, Math.min(START_BYTES, memory.byteLength)))
    ? partsOfFile(memory)
    : partsOfStream(memory);
}

function partsOfFile(memory: Memory): ArrowParts {
  const { byteLength: size } = memory;
  const tail =
    size < START_BYTES + END_BYTES ? undefined : bytesAt(memory, size - END_BYTES, END_BYTES);
  if (!tail || !MAGIC.equals(tail.subarray(4))) throw damaged("its end is missing");
  const footerBytes = new DataView(tail.buffer, tail.byteOffset).getInt32(0, true);
  const footerStart = size - END_BYTES - footerBytes;
  if (footerBytes <= 0 || footerStart < START_BYTES) throw damaged("its footer is not there");
  const footer = FlatTable.root(bytesAt(memory, footerStart, footerBytes));
  const schema = footer.table(1);
  if (schema === undefined) throw damaged("it has no schema");

  // One that is named many times would be read as often.
  let left = footerStart;
  const read = (block: Block, kind: number): BatchPart => {
    const { offset, metadataBytes, bodyBytes } = block;
    left -= metadataBytes + bodyBytes;
    const isInside =
      offset >= START_BYTES && bodyBytes >= 0 && offset + metadataBytes + bodyBytes <= footerStart;
    if (!isInside || left < 0) throw damaged("its footer names what is not there");
    const message = messageAt(memory, offset, metadataBytes);
    if (message?.parsed.kind !== kind || message.parsed.bodyBytes > bodyBytes) {
      throw damaged("its footer names what is not there");
    }
    return batchPart(memory, message.parsed, offset + metadataBytes);
  };
  const batches = [
    ...readBlocks(footer, 2).map((block) => read(block, Kind.dictionaryBatch)),
    ...readBlocks(footer, 3).map((block) => read(block, Kind.recordBatch)),
  ];
  return { schema: readSchema(schema), batches };
}

function partsOfStream(memory: Memory): ArrowParts {
  let schema: ArrowSchema | undefined;
  const batches: BatchPart[] = [];
  for (let position = 0; position < memory.byteLength; ) {
    const message = messageAt(memory, position, memory.byteLength - position);
    if (message === undefined) break;
    const { parsed, bytes } = message;
    position += bytes;
    if (parsed.bodyBytes < 0 || position + parsed.bodyBytes > memory.byteLength) {
      throw damaged("it ends too early");
    }
    if (schema === undefined) {
      if (parsed.kind !== Kind.schema || !parsed.header) throw damaged("it has no schema");
      schema = readSchema(parsed.header);
    } else {
      batches.push(batchPart(memory, parsed, position));
    }
    position += parsed.bodyBytes;
  }
  if (schema === undefined) throw damaged("it has no schema");
  return { schema, batches };
}

function batchPart(memory: Memory, message: Message, bodyStart: number): BatchPart {
  const { kind, header, version, metadata, bodyBytes } = message;
  const flat = kind === Kind.dictionaryBatch ? header?.table(1) : header;
  const isBatch = kind === Kind.dictionaryBatch || kind === Kind.recordBatch;
  if (!isBatch || header === undefined || flat === undefined || version < 3) {
    throw new CacheError(
      "ERR_UNSUPPORTED_VALUE",
      `the Arrow file has a message of kind ${kind} in version ${version + 1} of the format`,
    );
  }
  const { buffer, byteOffset } = memory;
  return {
    ...{ header: readBatchHeader(flat), version, metadata },
    body: { buffer, byteOffset: byteOffset + bodyStart, byteLength: bodyBytes },
    dictionary:
      kind === Kind.recordBatch
        ? undefined
        : { id: header.number(0, 8), isDelta: header.boolean(2) },
  };
}

/** The message at a place, and the bytes of its frame and metadata; undefined at the end of a stream. */
function messageAt(
  memory: Memory,
  offset: number,
  room: number,
): { readonly parsed: Message; readonly bytes: number } | undefined {
  if (room < 4) throw damaged("it ends too early");
  const prefix = bytesAt(memory, offset, Math.min(8, room));
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  // Before version 0.15 of Arrow there was nothing before the length.
  const isMarked = view.getInt32(0, true) === CONTINUATION;
  if (isMarked && room < 8) throw damaged("it ends too early");
  const start = isMarked ? 8 : 4;
  const length = view.getInt32(isMarked ? 4 : 0, true);
  if (length === 0) return undefined;
  if (length < 0 || length > LONGEST_METADATA || start + length > room) {
    throw damaged("it ends too early");
  }
  const flat = FlatTable.root(bytesAt(memory, offset + start, length));
  return { parsed: readMessage(flat), bytes: start + length };
}

function bytesAt({ buffer, byteOffset }: Memory, offset: number, length: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + offset, length);
}

function damaged(what: string): CacheError {
  return new CacheError("ERR_CORRUPT_ENTRY", `the Arrow file is damaged: ${what}`);
}
