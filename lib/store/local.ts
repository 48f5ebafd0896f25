/**
 * The local store: entries as directories that appear or do not.
 *
 * An entry is written aside, in `tmp/`, and published by one rename. Readers need no lock, and of
 * two writers of one entry the first wins and the other's work is dropped. A directory that bears
 * an entry's name but holds no whole entry (a removal was interrupted) is replaced.
 *
 * Everything here is synchronous and knows keys and bytes only.
 *
 * @module
 */

import { existsSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { errorCode } from "../warning.ts";
import { Draft } from "./draft.ts";
import { isAbsent, isTaken, readSmall } from "./file.ts";
import { noteUse, noteUseAgain } from "./last-use.ts";
import {
  ANALYSES,
  type EntryKey,
  Layout,
  MANIFEST,
  MANIFEST_END,
  manifestPath,
  shardPath,
} from "./layout.ts";
import { holdsBytes } from "./look.ts";
import { makeDirectory, syncAbove } from "./make-directory.ts";
import { removeEntries, removeEntry, removeReplaced } from "./remove.ts";
import { createRoot } from "./root.ts";
import { Shards } from "./shards.ts";
import { removeTemporary, sweep, temporaryName } from "./temporary.ts";

/** How an entry is published. */
export interface PublishOptions {
  /** Whether an entry that is already there gives way. */
  readonly replace: boolean;
  /** Tells whether the bytes of a manifest are those of a whole entry; one that is not gives way. */
  readonly isWhole: (manifest: Buffer) => boolean;
}

/** The files beside the entries of one code, by name: texts for people. */
export type Notes = () => Readonly<Record<string, string>>;

/** Entries in a directory. Making one touches no disk. */
export class LocalStore {
  /** The directory that the user named, absolute. */
  readonly location: string;
  /** Where its entries lie. */
  readonly layout: Layout;
  readonly #durable: boolean;
  #swept = false;
  readonly #shards = new Shards();

  constructor(location: string, { durable }: { readonly durable: boolean }) {
    checkDirectory(location);
    this.location = location;
    this.layout = new Layout(location);
    this.#durable = durable;
  }

  /** The path of a file of an entry. */
  path(key: EntryKey, file: string): string {
    return `${this.layout.entry(key)}${sep}${file}`;
  }

  /**
   * The bytes of an entry's manifest, valid until the next call; `undefined` where there is no
   * entry.
   *
   * @param isUse whether this counts as a use of the entry.
   */
  readManifest(key: EntryKey, isUse: boolean): Buffer | undefined {
    const code = this.layout.code(key.functionId, key.codeId);
    const path = manifestPath(code, key.argsId);
    const ending = MANIFEST_END;
    if (!isUse || noteUseAgain(code, key.argsId)) return readSmall(path, { ending });
    // To spread an object into another one takes V8 longer than to read the file.
    return readSmall(path, { ending, use: (stamp) => noteUse(code, key.argsId, stamp) });
  }

  /**
   * Whether an entry's manifest is known to be there, with just these bytes; then this counts as a
   * use of the entry. Otherwise it has to be read.
   *
   * @param path its file, of {@link LocalStore.path}: joining it each time would take as long.
   */
  hasManifest({ functionId, codeId, argsId }: EntryKey, path: string, bytes: Uint8Array): boolean {
    return noteUseAgain(this.layout.code(functionId, codeId), argsId) && holdsBytes(path, bytes);
  }

  /** Whether there may be an entry, as far as one look tells. */
  mayHave(key: EntryKey): boolean {
    const code = this.layout.code(key.functionId, key.codeId);
    const { argsId } = key;
    return this.#shards.has(shardPath(code, argsId)) && existsSync(manifestPath(code, argsId));
  }

  /** Begins to write an entry aside. */
  draft(): Draft {
    const directory = `${this.layout.tmp}${sep}${temporaryName()}`;
    try {
      return new Draft(directory, this.#durable);
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
    // The first entry of this store, or the first after somebody removed it.
    createRoot(this.layout.root);
    makeDirectory(this.layout.tmp);
    return new Draft(directory, this.#durable);
  }

  /**
   * Makes a draft the entry of a key.
   *
   * @param notes asked for where the code of the key is new to the store.
   * @returns whether it is now the entry; not, where another writer was first.
   */
  publish(draft: Draft, key: EntryKey, notes: Notes, options: PublishOptions): boolean {
    this.#sweepOnce();
    const target = this.layout.entry(key);
    const replaced: string[] = [];
    try {
      return this.#claim(draft, key, target, notes, options, replaced);
    } finally {
      for (const aside of replaced) removeReplaced(aside, target);
    }
  }

  /** Moves a draft to its place; what gave way to it is listed in `replaced`. */
  #claim(
    draft: Draft,
    key: EntryKey,
    target: string,
    notes: Notes,
    options: PublishOptions,
    replaced: string[],
  ): boolean {
    const code = this.layout.code(key.functionId, key.codeId);
    const shard = shardPath(code, key.argsId);
    if (!this.#shards.has(shard)) this.#makePlace(code, shard, notes);
    const mostTries = 10;
    for (let tries = 0; tries < mostTries; tries++) {
      try {
        draft.moveTo(target);
        return true;
      } catch (error) {
        if (isAbsent(error) && tries < mostTries - 1) {
          this.#makePlace(code, shard, notes);
          continue;
        }
        if (!isTaken(error)) throw error;
      }
      const mayStay = !options.replace && this.#isWhole(target, options.isWhole);
      if (mayStay) return false;
      replaced.push(this.#moveAside(target));
    }
    return false;
  }

  /** Removes an entry; tells whether there was one. */
  remove(key: EntryKey): boolean {
    return removeEntry(this.layout.entry(key));
  }

  /** Removes all entries of a function, or of the store, and nothing that ndmemo did not write. */
  clear(functionId?: string): void {
    if (functionId === undefined) removeEntries(this.layout.entries, 0);
    else removeEntries(this.layout.function(functionId), 1);
  }

  /** The bytes of {@link ANALYSES} of a function, valid until the next call. Never throws. */
  readAnalyses(functionId: string): Buffer | undefined {
    try {
      return readSmall(join(this.layout.function(functionId), ANALYSES));
    } catch {
      return undefined;
    }
  }

  /** Writes that file where the function has a directory. Losing it costs time: never throws. */
  writeAnalyses(functionId: string, bytes: Uint8Array): void {
    const draft = join(this.layout.tmp, temporaryName());
    try {
      writeFileSync(draft, bytes, { flag: "wx" });
      renameSync(draft, join(this.layout.function(functionId), ANALYSES));
    } catch {
      removeTemporary(draft);
    }
  }

  #isWhole(target: string, isWhole: PublishOptions["isWhole"]): boolean {
    const bytes = readSmall(join(target, MANIFEST), { ending: MANIFEST_END });
    return bytes !== undefined && isWhole(bytes);
  }

  #moveAside(target: string): string {
    const aside = join(this.layout.tmp, temporaryName());
    try {
      renameSync(target, aside);
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
    return aside;
  }

  /** Makes the directories above an entry; where the code is new, tells people about it. */
  #makePlace(code: string, shard: string, notes: Notes): void {
    try {
      const made = makeDirectory(shard);
      this.#shards.add(shard);
      if (made === undefined) return;
      if (this.#durable) syncAbove(shard, made);
      if (made.length > code.length) return;
      for (const [name, text] of Object.entries(notes())) writeFileSync(join(code, name), text);
    } catch (error) {
      // Somebody who evicts removed an empty directory again; the next try makes it anew.
      if (!isAbsent(error)) throw error;
    }
  }

  #sweepOnce(): void {
    if (this.#swept) return;
    this.#swept = true;
    sweep(this.layout.tmp);
  }
}

function checkDirectory(location: string): void {
  let cause: unknown;
  try {
    const stat = statSync(location, { throwIfNoEntry: false });
    if (!stat || stat.isDirectory()) return;
  } catch (error) {
    // What cannot be looked at now may be there when the first result is stored.
    if (errorCode(error) !== "ENOTDIR") return;
    cause = error;
  }
  const message = `The location of a cache must be a directory: ${location} is a file, or below one`;
  throw Object.assign(new Error(message, { cause }), { code: "ENOTDIR", path: location });
}
