/**
 * Copies on this machine of what lies in a bucket: a local store of its own for each bucket and
 * prefix, with its layout, its limits, its maps.
 *
 * A manifest is copied when it is used, a file when it is first asked for; each appears by a rename,
 * after it was checked. Names of files are never used twice, so a copy that is there is right.
 *
 * @module
 */

import {
  closeSync,
  futimesSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { CacheError } from "../../errors.ts";
import { Digest, digestText } from "../../hash/xxh3.ts";
import type { BackendEntry, ExpectedFile } from "../backend.ts";
import { type EntryKey, MANIFEST } from "../layout.ts";
import { Limits } from "../limits/limits.ts";
import { hasLimits, type SizeLimits } from "../limits/size-limits.ts";
import { LocalStore } from "../local.ts";
import { makeDirectory } from "../make-directory.ts";
import { createRoot } from "../root.ts";
import { temporaryName } from "../temporary.ts";

const WINDOW = 2 ** 22;

/** A file of an entry that was copied, open to be uploaded. */
export interface OpenFile {
  readonly name: string;
  readonly byteLength: number;
  readonly fd: number;
}

/** The copies of one bucket and prefix. */
export class LocalTier {
  readonly #local: LocalStore;
  readonly #limits: Limits | undefined;

  /** @param place what tells the bucket and the prefix from others. */
  constructor(directory: string, place: string, limits: SizeLimits) {
    const id = digestText(place).slice(0, 16);
    this.#local = new LocalStore(join(resolve(directory), "s3", id), { durable: false });
    this.#limits = hasLimits(limits) ? new Limits(this.#local, limits) : undefined;
  }

  /** The copy of a manifest; asking for it is a use of the entry. */
  manifest(key: EntryKey): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#local.readManifest(key, true);
    return bytes && Uint8Array.from(bytes);
  }

  /** Keeps a copy of a manifest, in place of that of another entry of the key. */
  keep(key: EntryKey, manifest: Uint8Array): void {
    const draft = this.#local.draft();
    try {
      draft.write(MANIFEST, [manifest]);
      this.#publish(draft, key);
    } finally {
      draft.discard();
    }
    this.#limits?.stored(manifest.byteLength);
  }

  /** Keeps a copy of a whole entry; its files are open then, whatever becomes of the copy. */
  keepWhole(key: EntryKey, { files, manifest }: BackendEntry): [Uint8Array, OpenFile[]] {
    const draft = this.#local.draft();
    const open: OpenFile[] = [];
    try {
      for (const { name, pieces, modified } of files) draft.write(name, pieces, modified);
      const bytes = manifest().slice();
      draft.write(MANIFEST, [bytes]);
      this.#publish(draft, key);
      let size = bytes.byteLength;
      for (const { name, byteLength } of files) {
        open.push({ name, byteLength, fd: openSync(this.#local.path(key, name), "r") });
        size += byteLength;
      }
      this.#limits?.stored(size);
      return [bytes, open];
    } catch (error) {
      for (const { fd } of open) closeSync(fd);
      throw error;
    } finally {
      draft.discard();
    }
  }

  /** The path of a copy, if it is there. */
  path(
    key: EntryKey,
    file: string,
    { byteLength }: Partial<ExpectedFile> = {},
  ): string | undefined {
    const path = this.#local.path(key, file);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    return byteLength === undefined || stat.size === byteLength ? path : undefined;
  }

  /**
   * Makes a copy of a file.
   *
   * @param fill writes all its bytes to an open file; tells whether there is such a file.
   * @throws CacheError `ERR_CORRUPT_ENTRY` where it is not as expected.
   */
  async copy(
    key: EntryKey,
    file: string,
    expected: ExpectedFile,
    fill: (fd: number) => Promise<boolean>,
  ): Promise<string | undefined> {
    const { layout } = this.#local;
    createRoot(layout.root);
    makeDirectory(layout.tmp);
    const directory = join(layout.tmp, temporaryName());
    mkdirSync(directory);
    try {
      const draft = join(directory, file);
      const fd = openSync(draft, "wx+");
      try {
        if (!(await fill(fd))) return undefined;
        await check(fd, file, expected);
        const { modified } = expected;
        if (modified !== undefined) futimesSync(fd, modified / 1000, modified / 1000);
      } finally {
        closeSync(fd);
      }
      const path = this.#local.path(key, file);
      makeDirectory(layout.entry(key));
      renameSync(draft, path);
      this.#limits?.stored(expected.byteLength);
      return path;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** Removes the copy of an entry; with a manifest, only if it is of that one. */
  remove(key: EntryKey, manifest?: Uint8Array): void {
    const there = manifest && this.#local.readManifest(key, false);
    if (manifest && !(there && Buffer.compare(there, manifest) === 0)) return;
    this.#local.remove(key);
  }

  /** Removes the copy of an entry unless it is of this manifest. */
  removeOther(key: EntryKey, manifest: Uint8Array): void {
    const there = this.#local.readManifest(key, false);
    if (there && Buffer.compare(there, manifest) !== 0) this.#local.remove(key);
  }

  /** Removes the copies of the entries of a function, or all. */
  clear(functionId?: string): void {
    this.#local.clear(functionId);
  }

  /** Resolves when the limits hold. */
  async flush(): Promise<void> {
    await this.#limits?.flush();
  }

  #publish(draft: ReturnType<LocalStore["draft"]>, key: EntryKey): void {
    this.#local.publish(draft, key, () => ({}), { replace: true, isWhole: () => true });
  }
}

/** Compares a copy with what the manifest says, from the disk, before anybody sees it. */
async function check(fd: number, file: string, expected: ExpectedFile): Promise<void> {
  const { byteLength, offset, digest } = expected;
  if (digest === undefined) return;
  const found = new Digest();
  const memory = Buffer.allocUnsafeSlow(Math.min(WINDOW, Math.max(byteLength - offset, 1)));
  for (let at = offset; at < byteLength; ) {
    const count = readSync(fd, memory, 0, Math.min(memory.byteLength, byteLength - at), at);
    if (count === 0) break;
    found.update(memory.subarray(0, count));
    at += count;
    await setImmediate();
  }
  if (found.hex() === digest) return;
  throw new CacheError("ERR_CORRUPT_ENTRY", `${file} is damaged: its checksum is wrong`);
}
