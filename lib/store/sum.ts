/**
 * Checksums of arrays that were published before anybody had read them.
 *
 * Hashing takes as long as the array is large, so an array that was adopted has none in its manifest.
 * It is computed afterwards and lies in a file beside the array's, `0-<nonce>.sum`:
 *
 * ```
 * 0    32 hex digits   XXH3-128 of the elements' bytes
 * 32   32 hex digits   XXH3-128 of these digits with the name, length and time of the array's file
 * ```
 *
 * A file that was written in part, or belongs to another array, is none.
 *
 * @module
 */

import { rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { Digest, digestText } from "../hash/xxh3.ts";
import { readSmall } from "./file.ts";

/** The file of an array, as its manifest describes it. */
export interface SummedFile {
  readonly path: string;
  /** Where the elements begin, up to the end of the file. */
  readonly offset: number;
  readonly bytes: number;
  /** The modification time that it was given, in milliseconds since 1970. */
  readonly modified: number;
}

const WINDOW = 2 ** 22;

/** The checksum that was computed for an array, if there is one. */
export function readSum(file: SummedFile): string | undefined {
  let text: string | undefined;
  try {
    text = readSmall(sumPath(file))?.toString("latin1");
  } catch {
    return undefined;
  }
  const digest = text?.slice(0, 32) ?? "";
  return text === sealed(file, digest) ? digest : undefined;
}

/** Keeps the checksum of an array; where that is not possible, it will be computed again. */
export function writeSum(file: SummedFile, digest: string): void {
  const path = sumPath(file);
  try {
    writeFileSync(path, sealed(file, digest));
  } catch {
    return;
  }
  // A removal that had read the directory before would leave the file behind.
  if (statSync(file.path, { throwIfNoEntry: false }) !== undefined) return;
  try {
    rmSync(path, { force: true });
    rmdirSync(dirname(path));
  } catch {
    // Something else lies there by now.
  }
}

/**
 * Computes and keeps the checksum of an array, from its file and not from memory, which its owner may
 * have changed since. Does nothing where the file is not, or no longer, the one that was published.
 */
export async function computeSum(file: SummedFile): Promise<void> {
  const handle = await open(file.path, "r");
  try {
    if (!(await isCurrent(file, handle))) return;
    const digest = await digestOf(file, handle);
    if (digest !== undefined && (await isCurrent(file, handle))) writeSum(file, digest);
  } finally {
    await handle.close();
  }
}

async function digestOf(
  { offset, bytes }: SummedFile,
  file: FileHandle,
): Promise<string | undefined> {
  const window = Buffer.allocUnsafeSlow(Math.min(WINDOW, bytes));
  const digest = new Digest();
  for (let done = 0; done < bytes; ) {
    const length = Math.min(WINDOW, bytes - done);
    const { bytesRead } = await file.read(window, 0, length, offset + done);
    if (bytesRead === 0) return undefined;
    digest.update(window.subarray(0, bytesRead));
    done += bytesRead;
  }
  return digest.hex();
}

async function isCurrent(file: SummedFile, handle: FileHandle): Promise<boolean> {
  const { ino, size, mtimeMs } = await handle.stat();
  const named = statSync(file.path, { throwIfNoEntry: false });
  return named?.ino === ino && size === file.offset + file.bytes && mtimeMs === file.modified;
}

function sumPath({ path }: SummedFile): string {
  return path.replace(/\.npy$/, ".sum");
}

function sealed({ path, bytes, modified }: SummedFile, digest: string): string {
  return digest + digestText(`${digest} ${basename(path)} ${bytes} ${modified}`);
}
