/**
 * Whether the files of one entry are those that its manifest tells of: sizes, headers, checksums.
 *
 * Files are read in windows, so an entry may be larger than memory.
 *
 * @module
 */

import { CacheError } from "../../errors.ts";
import { checkHeader } from "../../file/region.ts";
import type { SidecarRecord } from "../../format/manifest.ts";
import { fileBytes } from "../../format/record.ts";
import { Digest } from "../../hash/xxh3.ts";
import { isAbsent } from "../../store/file.ts";
import { errorCode, errorMessage } from "../../warning.ts";
import type { EntryManifest } from "../entries/entries.ts";
import { type Flow, type Maybe, wait } from "../flow.ts";
import { checkCompressed } from "./compressed-check.ts";

/** The files of one entry, wherever they lie. */
export interface EntryFiles {
  /** What messages call a file. */
  where(file: string): string;
  /** Fills `target` from a position on, and tells how many bytes the file has in all. */
  read(file: string, position: number, target: Uint8Array): Maybe<number>;
  /** Whether the entry was opened for writing: its arrays have no checksum any more. */
  readonly isModified: boolean;
  /** The checksum of an array whose manifest has none. */
  sumOf(record: SidecarRecord): string | undefined;
  /** Called with the number of bytes that were read. */
  onRead(bytes: number): void;
}

/** What is wrong with a file. */
export interface FileProblem {
  readonly file: string;
  readonly reason: string;
  /** Whether the file could not be read for reasons that say nothing about what is in it. */
  readonly isUnreadable: boolean;
}

const WINDOW = 2 ** 22;

/** What is wrong with the files that a manifest names, each told once. */
export function* checkFiles(
  files: EntryFiles,
  { arrays, value }: Pick<EntryManifest, "arrays" | "value">,
): Flow<FileProblem[]> {
  const problems: FileProblem[] = [];
  for (const record of arrays) {
    const problem = yield* problemOf(record.file, checkSidecar(files, record));
    if (problem) problems.push(problem);
  }
  if ("file" in value) {
    const { file, bytes, digest } = value;
    const problem = yield* problemOf(file, checkBytes(files, file, 0, bytes, digest));
    if (problem) problems.push(problem);
  }
  return problems;
}

/** What an error says about a file. */
export function problemWith(file: string, error: unknown): FileProblem {
  if (isAbsent(error)) return { file, reason: "it is missing", isUnreadable: false };
  if (!(error instanceof CacheError)) {
    const reason = `it cannot be read: ${errorCode(error)}`;
    return { file, reason, isUnreadable: true };
  }
  // The path is told beside the reason.
  const reason = errorMessage(error).replace(/^.* is damaged: /s, "");
  return { file, reason, isUnreadable: false };
}

function* problemOf(file: string, check: Flow<void>): Flow<FileProblem | undefined> {
  try {
    yield* check;
    return undefined;
  } catch (error) {
    return problemWith(file, error);
  }
}

function* checkSidecar(files: EntryFiles, record: SidecarRecord): Flow<void> {
  const { file, offset, bytes, compressed } = record;
  yield* checkSize(files, file, fileBytes(record));
  if (compressed) {
    yield* checkCompressed(files, record);
    return;
  }
  if (!("arrow" in record)) {
    const header = new Uint8Array(offset);
    yield* wait(files.read(file, 0, header));
    checkHeader(files.where(file), record, (head) => head.set(header.subarray(0, head.length)));
    files.onRead(offset);
  }
  const digest = files.isModified ? undefined : (record.digest ?? files.sumOf(record));
  yield* checkBytes(files, file, offset, bytes, digest);
}

/** Compares the bytes from a position to the end of a file with their checksum, where they have one. */
function* checkBytes(
  files: EntryFiles,
  file: string,
  start: number,
  byteLength: number,
  expected: string | undefined,
): Flow<void> {
  yield* checkSize(files, file, start + byteLength);
  if (expected === undefined) return;
  const digest = new Digest();
  const memory = new Uint8Array(Math.min(WINDOW, byteLength));
  for (let done = 0; done < byteLength; ) {
    const window = memory.subarray(0, Math.min(WINDOW, byteLength - done));
    yield* wait(files.read(file, start + done, window));
    digest.update(window);
    done += window.byteLength;
    files.onRead(window.byteLength);
  }
  if (digest.hex() === expected) return;
  throw new CacheError("ERR_CORRUPT_ENTRY", "its checksum is wrong", { path: files.where(file) });
}

/** No size is believed before it was compared with that of the file. */
function* checkSize(files: EntryFiles, file: string, expected: number): Flow<void> {
  const size = yield* wait(files.read(file, 0, new Uint8Array()));
  if (size === expected) return;
  const path = files.where(file);
  throw new CacheError("ERR_CORRUPT_ENTRY", `${size} bytes, expected ${expected}`, { path });
}
