/**
 * Whether a compressed file holds what its manifest tells of: every frame, and the checksum of all.
 *
 * @module
 */

import { CacheError } from "../../errors.ts";
import { checkHeader } from "../../file/region.ts";
import { framesOf, tablePlace } from "../../format/compressed.ts";
import { decodeFrame } from "../../format/frame.ts";
import type { SidecarRecord } from "../../format/manifest.ts";
import { decompress } from "../../format/zstd.ts";
import { Digest } from "../../hash/xxh3.ts";
import { type Flow, wait } from "../flow.ts";
import type { EntryFiles } from "./entry-check.ts";

/**
 * Decompresses a file a frame at a time and compares what it holds.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` for what is wrong with it.
 */
export function* checkCompressed(files: EntryFiles, record: SidecarRecord): Flow<void> {
  const { file, offset, compressed } = record;
  if (!compressed) return;
  const { position, byteLength } = tablePlace(record, compressed);
  const table = new Uint8Array(byteLength);
  yield* wait(files.read(file, position, table));
  files.onRead(byteLength);

  const digest = new Digest();
  let [content, bytes] = [new Uint8Array(), new Uint8Array()];
  for (const [index, frame] of framesOf(record, compressed, table).entries()) {
    if (bytes.byteLength < frame.bytes) bytes = new Uint8Array(frame.bytes);
    const target = bytes.subarray(0, frame.bytes);
    yield* wait(files.read(file, frame.position, target));
    files.onRead(frame.bytes);
    if (index === 0 && offset > 0) {
      const head = decompress(target, offset);
      checkHeader(files.where(file), record, (to) => to.set(head.subarray(0, to.byteLength)));
    } else {
      if (content.byteLength < frame.rawBytes) content = new Uint8Array(frame.rawBytes);
      const raw = content.subarray(0, frame.rawBytes);
      decodeFrame(raw, target, compressed);
      digest.update(raw);
    }
  }
  if (digest.hex() === record.digest) return;
  throw new CacheError("ERR_CORRUPT_ENTRY", "its checksum is wrong", { path: files.where(file) });
}
