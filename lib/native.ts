/**
 * The native addon: loaded here and nowhere else, once, when it is first asked for.
 *
 * ndmemo works without it. {@link native} is then `undefined` and {@link nativeFailure} tells why.
 * `NDMEMO_NATIVE=0` in the environment leaves it out on purpose.
 *
 * @module
 */

import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { CacheError } from "./errors.ts";
import { nativeDiagnosis } from "./native-diagnosis.ts";

/** A typed array, `Buffer` or `DataView`, over any kind of buffer. */
type View = ArrayBufferView<ArrayBufferLike>;

/** What the addon exports; `native/addon.cc` registers it. */
export interface Native {
  /**
   * Maps a range of an open file: byte 0 of the result is the byte at `offset`, which needs no
   * alignment. The file may be closed afterwards.
   *
   * | mode | a write |
   * |---|---|
   * | `"guarded"` | goes to a private copy of the page, and the first one is reported at once |
   * | `"private"` | goes to a private copy of the page |
   * | `"shared"` | changes the file, which must be open for writing |
   *
   * The pages of a guarded map become writable one at a time, when JavaScript or C++ first writes to
   * them. A system call cannot do that: `fs.readSync` into them is `EFAULT`. Into the pages of the
   * other modes it reads.
   *
   * The pages are unmapped by {@link Native.unmap} or when the buffer is collected. A buffer belongs
   * to the thread that mapped it: posting it to another one copies it, and `transfer()` must not be
   * called on it.
   *
   * V8 counts the bytes of a private map as memory of its own and collects garbage for them: its
   * pages are copied when they are written. Of other maps it counts one byte in 1,024, except on
   * Windows, and except those that somebody has written to although they are guarded.
   *
   * @param label what {@link Native.onFault} is to call the range.
   * @param counted have V8 count all bytes of any map.
   * @throws `Error` with the name of the system's error as its `code`; `ENXIO` when the file is
   * shorter than `offset + byteLength`, `ERR_BUFFER_TOO_LARGE` when the runtime has no buffer of
   * that size, and `ERR_NO_EXTERNAL_BUFFERS` when it has none over memory that is not its own.
   */
  map(
    fd: number,
    offset: number,
    byteLength: number,
    mode: "guarded" | "private" | "shared",
    label?: string,
    counted?: boolean,
  ): ArrayBuffer;

  /**
   * Maps, guarded, what follows the first bytes of a file: as {@link Native.map} with the path as label,
   * in one call instead of five.
   *
   * @param head the bytes that the file has to begin with, at most 4 KiB.
   * @param byteLength how many follow them, up to the end of the file.
   * @param state filled as the one of {@link Native.hasState}.
   * @returns undefined where there is no such file, or anything else is in the way, and always on
   * Windows.
   * @throws `Error` `ERR_BUFFER_TOO_LARGE`, `ERR_NO_EXTERNAL_BUFFERS` as {@link Native.map}.
   */
  mapFile(
    path: string,
    head: View,
    byteLength: number,
    state: BigUint64Array,
  ): ArrayBuffer | undefined;

  /**
   * Detaches a buffer of {@link Native.map}, so that it and its views are empty, and unmaps its
   * pages, at once unless native code of somebody else still holds them. `false` if it is none, or has
   * been unmapped before.
   *
   * Nothing may still be reading or writing it on another thread, such as an asynchronous `fs.write`.
   */
  unmap(buffer: ArrayBufferLike): boolean;

  /**
   * Makes a shared map private, in place: its bytes and its address stay, and what is written to it
   * from here on does not reach the file. Takes some microseconds, whatever its size, on Linux 5.13
   * and later, and 20 ms for each GiB that has been written elsewhere.
   *
   * A write by another thread meanwhile goes to the file or to the private copy, and is in the array
   * in either case.
   *
   * @param fd the file that was mapped, open for reading.
   * @returns `false`, and nothing has changed, for a buffer that is no shared map, and on Windows.
   * @throws `Error` with the name of the system's error as its `code`; the map is still shared then.
   */
  makePrivate(buffer: ArrayBufferLike, fd: number): boolean;

  /**
   * How many pages of a guarded or private map differ from those of the file: 0 only if nobody ever
   * wrote to it, by whatever means, and none was lost. A page counts although it was written with
   * the bytes it had; after many guarded pages one by one all of the map is opened, and counted.
   *
   * `undefined` where that is not known: for a shared map, for a buffer that is not mapped, for a
   * private map anywhere but on Linux (or without `/proc`), and on Windows for a guarded one too.
   *
   * Of a guarded map this costs nothing; of a private one some microseconds, and 10 ms for each GiB
   * of it that has been read or written.
   */
  dirtyPages(buffer: ArrayBufferLike): number | undefined;

  /**
   * Sets what is called, on the event loop of this thread, with the label of a map: once when it is
   * written although it is `"guarded"`, and once when a page of it could not be read, because the
   * file was truncated or its disk failed. Zeros have then taken the place of that page.
   *
   * It does not keep the event loop alive: {@link Native.reportFaults} makes the calls that are due.
   */
  onFault(callback: (label: string, kind: "write" | "bus") => void): void;

  /** Calls the callback of {@link Native.onFault} now, for what has not been reported yet. */
  reportFaults(): void;

  /**
   * Takes the exclusive lock of an open file: `true` if `fd` now has it, `false` if somebody else
   * does. It is advisory, and covers the whole file, or one byte of it, which need not exist. A lock
   * of a byte and one of the whole file keep each other out.
   *
   * The lock belongs to this opening of the file: to open the file again, even in this process, is
   * to be somebody else. The system frees it when the descriptor is closed or the process ends,
   * however it ends. A descriptor that has the lock must not ask for it again.
   *
   * @param fd open for writing.
   * @param position the byte; all of the file without one. On Windows nobody else can read or write
   * a byte that is locked.
   * @throws `Error` with the name of the system's error as its `code`; `ENOLCK`, `ENOTSUP` or
   * `EINVAL` where the file system has no locks, or the system none of bytes; `EBADF` when `fd` is
   * open for reading only.
   */
  tryLock(fd: number, position?: number): boolean;

  /**
   * {@link Native.tryLock} of the whole file until it succeeds, or `timeoutMs` milliseconds have passed (`false`).
   *
   * Blocks the thread, which looks again after 1 ms, then less and less often, at last every 25 ms.
   * Not even `worker.terminate()` interrupts it. Where something else can happen meanwhile, call
   * `tryLock` from a timer.
   *
   * @param timeoutMs finite and not negative; 0 asks once.
   */
  waitLock(fd: number, timeoutMs: number): boolean;

  /** Gives up the lock of `fd`, or of a byte of it; does nothing if it has none. */
  unlock(fd: number, position?: number): void;

  /** The XXH3-128 (seed 0) of all bytes of a view, in 32 lower-case hex digits. For few of them. */
  digest(bytes: View): string;

  /**
   * Opens a file, reads it from its beginning on by one call of the system, and closes it.
   *
   * @param destination filled as far as that call gives bytes, which may be less than the file has.
   * @param modified one element, in which the time of the file's modification is put, in milliseconds
   * since 1970.
   * @returns how many bytes were read; -1 where there is no such file or directory, -2 where that did
   * not work for any other reason, and always on Windows.
   */
  readBeginning(path: string, destination: View, modified?: Float64Array): number;

  /**
   * Whether there is a file that holds just these bytes. `false` also where that is not known: beyond
   * 4 KiB, and always on Windows.
   */
  holdsBytes(path: string, bytes: View): boolean;

  /**
   * Whether there is a file in this state. `false` also where that is not known: always on Windows.
   *
   * @param state of Node's `BigIntStats` `dev`, `ino`, `size`, `mtimeNs` and `ctimeNs`.
   */
  hasState(path: string, state: BigUint64Array): boolean;

  /**
   * Makes a file at least `byteLength` bytes long and reserves disk space for them, so that writing
   * them later cannot fail for want of it. Bytes that are there stay, new ones are 0.
   *
   * Where the file system cannot reserve, the file only becomes longer; holes that it has are filled
   * on Linux alone.
   *
   * @param fd open for writing.
   * @throws `Error` with the name of the system's error as its `code`: `ENOSPC`, `EDQUOT`, `EFBIG`.
   * The file may have become longer all the same.
   */
  allocate(fd: number, byteLength: number): void;

  /**
   * Reserves disk space for `byteLength` bytes from the position of a file on, which are about to be
   * written there, where that makes writing them faster: on ext4, by a third. The length of the file
   * stays. What cannot be reserved is seen when it is written.
   *
   * @param fd open for writing.
   */
  reserveAhead(fd: number, byteLength: number): void;

  /**
   * Writes the bytes of `source` to `destination` in the order in which numbers compress best: byte 0
   * of every element, then byte 1 of every element, and so on, as the filters of HDF5 and Blosc do.
   * Of `n` whole elements, byte `j` of element `i` goes to `j * n + i`. Bytes beyond the last whole
   * element are copied.
   *
   * @param destination as many bytes as `source`, and none of them shared with it.
   * @param itemSize bytes of an element. Sizes 1, 2, 4, 8 and 16 run at the speed of memory on
   * x86-64, others several times slower.
   * @param simd `false` leaves vector instructions out; the result is the same.
   */
  shuffle(source: View, destination: View, itemSize: number, simd?: boolean): void;

  /** Undoes {@link Native.shuffle}. */
  unshuffle(source: View, destination: View, itemSize: number, simd?: boolean): void;

  /**
   * As {@link Native.shuffle}, but of bits: of `m` elements, the whole ones rounded down to a multiple
   * of 8, bit `k` of byte `j` of element `i` goes to bit `i % 8` of byte
   * `(8 * j + k) * (m / 8) + floor(i / 8)`, bit 0 being the lowest. All other bytes are copied.
   *
   * This is what the library bitshuffle does to one of its blocks, and Blosc2 to one of its own.
   * Arrays of some hundred KiB at a time are several times faster than large ones.
   */
  bitshuffle(source: View, destination: View, itemSize: number, simd?: boolean): void;

  /** Undoes {@link Native.bitshuffle}. */
  bitunshuffle(source: View, destination: View, itemSize: number, simd?: boolean): void;
}

type Outcome = { readonly native: Native } | { readonly failure: CacheError };

const require = createRequire(import.meta.url);
// `lib/` and `dist/` both lie in the root of the package.
const root = dirname(dirname(fileURLToPath(import.meta.url)));

let outcome: Outcome | undefined;

/** The addon, or `undefined` where it is switched off or cannot be loaded. */
export function native(): Native | undefined {
  outcome ??= load();
  return "native" in outcome ? outcome.native : undefined;
}

/** The addon, if it is loaded already. */
export function loadedNative(): Native | undefined {
  return outcome && "native" in outcome ? outcome.native : undefined;
}

/** Why {@link native} is `undefined`: what was looked for, where, and what to do (`ERR_NATIVE`). */
export function nativeFailure(): CacheError | undefined {
  outcome ??= load();
  return "failure" in outcome ? outcome.failure : undefined;
}

function load(): Outcome {
  const { NDMEMO_NATIVE } = process.env;
  if (NDMEMO_NATIVE === "0") {
    const message =
      "The native addon is switched off by NDMEMO_NATIVE=0: unset it to use the addon";
    return { failure: new CacheError("ERR_NATIVE", message) };
  }
  let file: string | undefined;
  try {
    const find = require("node-gyp-build") as { path(root: string): string };
    file = find.path(root);
    return { native: require(file) as Native };
  } catch (cause) {
    const message = nativeDiagnosis(root, file, cause);
    return { failure: new CacheError("ERR_NATIVE", message, { cause }) };
  }
}
