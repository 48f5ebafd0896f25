/**
 * Files on their way down: in ranges, several at a time.
 *
 * @module
 */

import { write } from "node:fs";
import { promisify } from "node:util";
import type { Bucket } from "./bucket.ts";
import type { Budget } from "./budget.ts";
import type { Receive } from "./object.ts";

const writeAt = promisify(write);

/** What downloads share. */
export interface Downloading {
  readonly bucket: Bucket;
  /** Of what is asked for at once. */
  readonly budget: Budget;
  readonly partSize: number;
}

/**
 * Reads a range of a file.
 *
 * @returns how many bytes the whole file has; `undefined` where there is none.
 */
async function download(
  { bucket, budget, partSize }: Downloading,
  name: string,
  position: number,
  length: number,
  take: Receive,
): Promise<number | undefined> {
  if (length === 0) return (await bucket.head(name))?.bytes;
  let size: number | undefined;
  let failure: { readonly error: unknown } | undefined;
  const ranges: Promise<void>[] = [];
  const getRange = async (start: number, bytes: number): Promise<void> => {
    try {
      size = await bucket.getRange(name, position + start, bytes, (chunk, at) =>
        take(chunk, start + at),
      );
      // The others would say the same.
      if (size === undefined) failure ??= { error: undefined };
    } catch (error) {
      failure ??= { error };
    } finally {
      budget.give(bytes);
    }
  };
  for (let start = 0; start < length && !failure; start += partSize) {
    const bytes = Math.min(partSize, length - start);
    await budget.take(bytes);
    if (failure) budget.give(bytes);
    else ranges.push(getRange(start, bytes));
  }
  await Promise.all(ranges);
  const failed = failure as { readonly error: unknown } | undefined;
  if (failed?.error !== undefined) throw failed.error;
  return failed ? undefined : size;
}

/**
 * Fills memory from a position of a file on.
 *
 * @returns how many bytes the file has; `undefined` where there is none.
 * @throws an error where it ends before the memory does.
 */
export async function downloadInto(
  downloading: Downloading,
  name: string,
  position: number,
  target: Uint8Array,
): Promise<number | undefined> {
  const length = target.byteLength;
  const size = await download(downloading, name, position, length, (chunk, at) =>
    target.set(chunk, at),
  );
  if (size !== undefined && size < position + length)
    throw new Error(`${name} ends at byte ${size}`);
  return size;
}

/** Writes all bytes of a file to an open one; tells whether there is such a file. */
export async function downloadTo(
  downloading: Downloading,
  name: string,
  byteLength: number,
  fd: number,
): Promise<boolean> {
  const size = await download(downloading, name, 0, byteLength, async (chunk, at) => {
    for (let done = 0; done < chunk.byteLength; ) {
      const length = chunk.byteLength - done;
      done += (await writeAt(fd, chunk, done, length, at + done)).bytesWritten;
    }
  });
  if (size === undefined) return false;
  if (size === byteLength) return true;
  throw new Error(`${name} has ${size} bytes, expected ${byteLength}`);
}
