/**
 * The object of an entry: its manifest, and behind it its files where all of them are small, so that
 * such an entry is written and read by one request.
 *
 * ```
 * body      manifest | file | file …
 * metadata  writer   who wrote it: tells one's own object from another one's
 *           fence    the number of the lease under which it was written
 *           pack     "<bytes of the manifest>,<name>:<bytes>,…"; missing where no file is inside
 * ```
 *
 * @module
 */

import type { WholeObject } from "./object.ts";

/** A file in memory. */
export interface PackedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The object of an entry, taken apart. */
export interface Unpacked {
  readonly manifest: Uint8Array<ArrayBuffer>;
  /** Its files by name; `undefined` where they are objects of their own. */
  readonly files: ReadonlyMap<string, Uint8Array> | undefined;
  readonly etag: string;
  /** When it was written, by the service. */
  readonly modified: number;
  /** The number of the lease under which it was written; 0 where there was none. */
  readonly fence: number;
}

/** Up to how many bytes files go into the object of their entry. */
export const LARGEST_PACK = 65_536;
// Not every service keeps more than 256 bytes in one value.
const LONGEST_INDEX = 250;

/** Whether these files fit into the object of their entry. */
export function isPackable(
  files: readonly { readonly name: string; readonly byteLength: number }[],
): boolean {
  const bytes = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (files.length === 0 || bytes > LARGEST_PACK) return false;
  const index = files.map(({ name, byteLength }) => `,${name}:${byteLength}`).join("");
  return index.length + "1000000000".length <= LONGEST_INDEX;
}

/** The body and the metadata of the object of an entry. */
export function pack(
  manifest: Uint8Array,
  files: readonly PackedFile[],
): { readonly body: Uint8Array; readonly metadata: Readonly<Record<string, string>> } {
  if (files.length === 0) return { body: manifest, metadata: {} };
  const index = files.map(({ name, bytes }) => `${name}:${bytes.byteLength}`);
  return {
    body: Buffer.concat([manifest, ...files.map(({ bytes }) => bytes)]),
    metadata: { pack: [manifest.byteLength, ...index].join() },
  };
}

/** Takes the object of an entry apart; the views are of its body. */
export function unpack({ body, metadata, etag, modified }: WholeObject): Unpacked {
  const fence = Number(metadata["fence"] ?? 0);
  const index = metadata["pack"];
  if (index === undefined) return { manifest: body, files: undefined, etag, modified, fence };
  const [length = "", ...entries] = index.split(",");
  let position = Number(length);
  const manifest = body.subarray(0, position);
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const [name = "", bytes = ""] = entry.split(":");
    files.set(name, body.subarray(position, position + Number(bytes)));
    position += Number(bytes);
  }
  // What does not add up is left to the checksum of the manifest, and to the sizes of files.
  return { manifest, files, etag, modified, fence };
}
