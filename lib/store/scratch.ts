/**
 * Scratch files: memory on a file in `tmp/`, which becomes a file of an entry without being copied.
 *
 * A scratch file lies in `tmp/` under a temporary name, has its disk space reserved and is mapped
 * shared, so that it may be larger than memory. To adopt it is to make the map private, in place, and
 * to rename the file: whatever its owner writes from then on stays in his memory. One that nobody
 * adopts is removed when its memory is collected or released, at the end of the process, or, where
 * the process was killed, by the next sweep.
 *
 * @module
 */

import { fstatSync, renameSync, rmSync, unlink } from "node:fs";
import { dirname, join } from "node:path";
import type { ByteSource } from "../array/bytes.ts";
import { native } from "../native.ts";
import { errorCode, errorMessage, WarnOnce } from "../warning.ts";
import { isAbsent, withFile, writeAll } from "./file.ts";
import { Layout } from "./layout.ts";
import { makeDirectory } from "./make-directory.ts";
import type { Mapped } from "./map/mapper.ts";
import { MapFacts, makePrivate, mapRange } from "./map/mapping.ts";
import { reserve } from "./reserve.ts";
import { createRoot } from "./root.ts";
import { sweep, temporaryName } from "./temporary.ts";

/** A file whose bytes, from the end of its head on, are some memory. */
interface Scratch {
  readonly path: string;
  readonly head: Uint8Array;
  readonly byteLength: number;
  readonly device: number;
  readonly inode: number;
}

const scratches = new WeakMap<ArrayBufferLike, Scratch>();
/** The files that were neither adopted nor removed. */
const left = new Set<string>();
const swept = new Set<string>();
const withoutFile = new WarnOnce();
let isWatching = false;

/**
 * Memory of `byteLength` > 0 zeros on a new file in the `tmp/` of a store, behind the bytes of `head`.
 *
 * @returns `undefined` where memory of the usual kind has to do: without the addon, in a store that
 * may not be written to (said once), and where {@link mapRange} maps nothing.
 * @throws errors of the file system with their own `code`, such as `ENOSPC` where the space cannot be
 * reserved. Nothing is left behind then.
 */
export function createScratch(
  location: string,
  head: Uint8Array,
  byteLength: number,
): Mapped | undefined {
  const addon = native();
  if (addon === undefined) return undefined;
  const path = permittedFile(location);
  if (path === undefined) return undefined;
  let mapped: Mapped | undefined;
  try {
    mapped = withFile(path, "r+", (fd) => {
      writeAll(fd, head);
      reserve(addon, fd, head.byteLength + byteLength, path);
      const facts = new MapFacts({ mapEnded: () => discard(path) });
      const map = mapRange(fd, head.byteLength, byteLength, "r+", path, facts, true);
      const { dev: device, ino: inode } = fstatSync(fd);
      if (map) scratches.set(map.buffer, { path, head, byteLength, device, inode });
      return map;
    });
  } finally {
    if (mapped === undefined) removeNow(path);
  }
  return mapped;
}

/**
 * Makes the file of some memory the file `target` of a draft in the same `tmp/`.
 *
 * The memory stays with its owner and keeps its bytes, as private ones, whatever becomes of the file.
 *
 * @param seal called with the file, which nobody else can write to any more.
 * @returns `false` where the bytes have to be written to a file instead: they are not all of a scratch
 * file with this head, or the system cannot make a map private in place.
 */
export function adoptScratch(
  source: ByteSource,
  head: Uint8Array,
  target: string,
  seal: (fd: number) => void,
): boolean {
  const buffer = ArrayBuffer.isView(source) ? source.buffer : source;
  const scratch = scratches.get(buffer);
  const isWhole =
    scratch?.byteLength === source.byteLength &&
    Buffer.compare(scratch.head, head) === 0 &&
    dirname(scratch.path) === dirname(dirname(target));
  if (!isWhole) return false;
  return withScratch(scratch, (fd) => {
    // Not possible a second time, when the memory may differ from the file.
    if (!makePrivate(buffer, fd)) return false;
    if (!moved(scratch.path, target)) return false;
    left.delete(scratch.path);
    seal(fd);
    return true;
  });
}

/** Opens a scratch file; `false` where it is not there any more, or another one in its place. */
function withScratch({ path, device, inode }: Scratch, use: (fd: number) => boolean): boolean {
  try {
    return withFile(path, "r+", (fd) => {
      const { dev, ino } = fstatSync(fd);
      return dev === device && ino === inode && use(fd);
    });
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function moved(path: string, target: string): boolean {
  try {
    renameSync(path, target);
    return true;
  } catch {
    return false;
  }
}

/** A new file; what may not be written to is no reason to fail for who works without a cache, too. */
function permittedFile(location: string): string | undefined {
  try {
    return makeFile(new Layout(location));
  } catch (error) {
    const code = errorCode(error);
    if (!["EACCES", "EPERM", "EROFS"].includes(code)) throw error;
    const message = `Arrays made with empty() lie in memory, as ${location} cannot be written to`;
    withoutFile.warn(location, code, `${message}: ${errorMessage(error)}`);
    return undefined;
  }
}

function makeFile({ root, tmp }: Layout): string {
  const path = join(tmp, temporaryName());
  sweepOnce(tmp);
  try {
    create(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    createRoot(root);
    makeDirectory(tmp);
    create(path);
  }
  return path;
}

function create(path: string): void {
  withFile(path, "wx", () => {
    left.add(path);
    removeAtExit();
  });
}

/** What killed processes left may be the space that is missing. */
function sweepOnce(tmp: string): void {
  if (swept.has(tmp)) return;
  swept.add(tmp);
  sweep(tmp);
}

function removeAtExit(): void {
  if (isWatching) return;
  isWatching = true;
  process.on("exit", () => {
    for (const path of left) removeNow(path);
  });
}

function removeNow(path: string): void {
  try {
    rmSync(path, { force: true });
    left.delete(path);
  } catch {
    // Windows removes no file that is mapped; the next sweep does it.
  }
}

/** Freeing the space of a large file takes its time, which this thread need not wait for. */
function discard(path: string): void {
  if (left.has(path)) unlink(path, () => left.delete(path));
}
