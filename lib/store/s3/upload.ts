/**
 * Files on their way up: small ones by one request, larger ones in parts, several at a time.
 *
 * The bytes of a file are copied part by part, as there is room in the budget, so that memory does
 * not grow with the file. A file is a name that nobody else has: it needs no condition.
 *
 * @module
 */

import { read } from "node:fs";
import { promisify } from "node:util";
import type { Bucket } from "./bucket.ts";
import type { Budget } from "./budget.ts";
import type { UploadedPart } from "./multipart.ts";
import type { PartMemory } from "./part-memory.ts";

const readAt = promisify(read);
/** What services accept at most. */
const MOST_PARTS = 10_000;
const MIB = 2 ** 20;

/** Where the bytes of a file come from, in order. */
export interface Bytes {
  /** Fills the memory with the next bytes. */
  fill(target: Uint8Array): void | Promise<void>;
  /** Called when all were taken. @throws where there are more. */
  end(): void | Promise<void>;
}

/** An upload of which all bytes were taken; memory and lines may still be busy with it. */
export interface Upload {
  /** Resolves when the file is there. */
  readonly done: Promise<void>;
}

/** What uploads share. */
export interface Uploading {
  readonly bucket: Bucket;
  /** Of what is held in memory. */
  readonly budget: Budget;
  readonly memory: PartMemory;
  readonly partSize: number;
}

/** Takes the bytes of a file and uploads them; resolves when they are taken. */
export async function upload(
  { bucket, budget, memory, partSize }: Uploading,
  name: string,
  byteLength: number,
  bytes: Bytes,
): Promise<Upload> {
  const size = Math.max(partSize, Math.ceil(byteLength / MOST_PARTS / MIB) * MIB);
  const next = async (length: number): Promise<Uint8Array<ArrayBuffer>> => {
    await budget.take(length);
    const part = memory.take(length);
    try {
      await bytes.fill(part);
      return part;
    } catch (error) {
      memory.give(part, true);
      budget.give(length);
      throw error;
    }
  };
  const send = async <T>(part: Uint8Array<ArrayBuffer>, request: () => Promise<T>): Promise<T> => {
    let isFree = false;
    try {
      const answer = await request();
      // After a failure a line may still be busy with it.
      isFree = true;
      return answer;
    } finally {
      memory.give(part, isFree);
      budget.give(part.byteLength);
    }
  };

  if (byteLength <= size) {
    const whole = await next(byteLength);
    const done = send(whole, async () => void (await bucket.put(name, whole)));
    return await taken(bytes, quiet(done));
  }

  const id = await bucket.multipart.begin(name);
  const parts: Promise<UploadedPart>[] = [];
  let failure: { readonly error: unknown } | undefined;
  const abort = async (): Promise<void> => {
    await Promise.allSettled(parts);
    // What stays behind is found and removed by a sweep, or by a rule of the bucket.
    await bucket.multipart.abort(name, id).catch(() => undefined);
  };
  try {
    for (let done = 0; done < byteLength && !failure; done += size) {
      const part = await next(Math.min(size, byteLength - done));
      const number = parts.length + 1;
      const sent = send(part, () => bucket.multipart.send(name, id, number, part));
      sent.catch((error: unknown) => {
        failure ??= { error };
      });
      parts.push(sent);
    }
    if (failure) throw failure.error;
    await bytes.end();
  } catch (error) {
    await abort();
    throw error;
  }
  const done = Promise.all(parts)
    .then((uploaded) => bucket.multipart.end(name, id, uploaded))
    .catch(async (error: unknown) => {
      await abort();
      throw error;
    });
  return { done: quiet(done) };
}

async function taken(bytes: Bytes, done: Promise<void>): Promise<Upload> {
  try {
    await bytes.end();
    return { done };
  } catch (error) {
    await done.catch(() => undefined);
    throw error;
  }
}

/** Whoever waits for it gets its error; nobody else does. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** The bytes of pieces, each of which is copied before the next one is taken. */
export function bytesOfPieces(pieces: Iterable<Uint8Array>): Bytes {
  const iterator = pieces[Symbol.iterator]();
  let piece: Uint8Array = new Uint8Array();
  return {
    fill(target) {
      for (let done = 0; done < target.byteLength; ) {
        if (piece.byteLength === 0) {
          const { done: isOver, value } = iterator.next();
          if (isOver) throw new Error("the pieces of a file have fewer bytes than it");
          piece = value;
        }
        const head = piece.subarray(0, target.byteLength - done);
        target.set(head, done);
        done += head.byteLength;
        piece = piece.subarray(head.byteLength);
      }
    },
    end() {
      let isLonger = piece.byteLength > 0;
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        isLonger ||= next.value.byteLength > 0;
      }
      if (isLonger) throw new Error("the pieces of a file have more bytes than it");
    },
  };
}

/** The bytes of an open file from its begin on. */
export function bytesOfFile(fd: number): Bytes {
  let position = 0;
  return {
    async fill(target) {
      for (let done = 0; done < target.byteLength; ) {
        const length = target.byteLength - done;
        const { bytesRead } = await readAt(fd, target, done, length, position);
        if (bytesRead === 0) throw new Error(`a copy on this machine ends at byte ${position}`);
        done += bytesRead;
        position += bytesRead;
      }
    },
    end() {},
  };
}
