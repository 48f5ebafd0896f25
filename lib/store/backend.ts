/**
 * What a store of another kind has to offer: the whole interface of a third party's store.
 *
 * A store knows keys, files and bytes; what they mean, how they are checked and which of them are
 * evicted is ndmemo's business. An entry is a few files, each an array or what else the value
 * holds, and a manifest, which is small and says what the files are. Once written, none of them
 * changes: an entry that is stored anew has files of other names.
 *
 * `ndmemo/testing` holds the tests that every store passes.
 *
 * @module
 */

import type { EntryKey } from "./layout.ts";

/** One file of an entry that is being stored. */
export interface BackendFile {
  /**
   * Its name within the entry: lower-case letters, digits, `-` and `.`, at most 40 characters. Each
   * entry that is stored has names of its own, also where it takes the place of another one under
   * the same key, so that writers of one key never write to one file.
   */
  readonly name: string;
  /** How many bytes it has; 2^32 and more are possible. */
  readonly byteLength: number;
  /**
   * Its bytes, once, in order, in pieces of at most 1 MiB that add up to `byteLength`: mostly views
   * of the memory of an array. A piece may be used until the next one is taken; what is needed
   * longer is to be copied (with `slice`: none is a `Buffer`). Take all of them, to the end of the
   * iteration: it is then that they are found unchanged, or that it throws.
   */
  readonly pieces: Iterable<Uint8Array>;
  /**
   * The modification time, in milliseconds since 1970, that a copy on a disk of this machine should
   * be given: while it has it, the digest of a mapped array is known without reading it. Of use for
   * {@link StoreBackend.localFile} only.
   */
  readonly modified?: number | undefined;
}

/** An entry that is being stored. */
export interface BackendEntry {
  /** The files; one after the other or several at a time. There may be none. */
  readonly files: readonly BackendFile[];
  /**
   * The manifest: a line of JSON in UTF-8, a few hundred bytes, rarely more than 100 KiB. To be
   * asked for when all pieces of all files were taken, and to be published last: an entry exists
   * from the moment its manifest does.
   *
   * Its property `key` is the {@link EntryKey}, for stores whose own names cannot hold every key.
   *
   * @throws where the entry must not be stored.
   */
  readonly manifest: () => Uint8Array;
  /** Whether an entry that is already there gives way; if not, it stays. */
  readonly replace: boolean;
  /**
   * For stores that go on in the background, optional: to be called when nothing more is needed of
   * this object, and `get` of the same instance finds the entry, or waits until it can tell. The
   * caller of the cached function gets the value then; what `put` rejects with later is a warning.
   */
  readonly taken?: (() => void) | undefined;
}

/** What a manifest says of a file. */
export interface ExpectedFile {
  /** How many bytes it has. */
  readonly byteLength: number;
  /** Where what is checked begins. */
  readonly offset: number;
  /** XXH3-128 of its bytes from `offset` on, 32 hex digits. */
  readonly digest?: string | undefined;
  /** The modification time that a copy should have: see {@link BackendFile}. */
  readonly modified?: number | undefined;
}

/** An entry in a list. */
export interface ListedEntry {
  /** What it is stored under. */
  readonly key: EntryKey;
  /** Bytes of its files and its manifest. */
  readonly bytes: number;
  /** When it was last used, or else stored, in milliseconds since 1970. */
  readonly lastUsed: number;
}

/** Who computes an entry while others wait for it. */
export interface LockOwner {
  /** The name of its machine. */
  readonly host: string;
  /** Its process. */
  readonly pid: number;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
}

/** A lock that was got. */
export interface BackendLock {
  /** Gives it up: the next one who asks gets it. Called once. */
  release(): Promise<void>;
}

/** A lock that somebody else has. */
export interface TakenLock {
  /** Who that is, as far as the store knows. */
  readonly owner: LockOwner | undefined;
}

/**
 * A store: the base class of every kind that is not a directory of this machine.
 *
 * Every method may be called at any time, by any number of callers at once, in several processes.
 * What a method rejects with reaches no caller of a cached function: it costs a warning, which
 * shows the message, and a computation. Memory that a method is given or gives away belongs to
 * the caller afterwards: the store neither keeps nor changes it.
 *
 * A class that is given to {@link registerStoreBackend} is constructed with a location and the
 * option `backendOptions`; the constructor should be quick and throw on wrong ones.
 */
export abstract class StoreBackend {
  /** Where it stores, in a form that its constructor accepts; shown in messages. */
  abstract readonly location: string;

  /**
   * The manifest of an entry, or `undefined` where there is none.
   *
   * @param isUse whether this counts as a use of the entry; one that follows another within a minute,
   * or what the store says, need not be recorded, and recording it must not delay the answer. A copy
   * on this machine may answer for a use; otherwise the store itself is asked.
   */
  abstract get(key: EntryKey, isUse: boolean): Promise<Uint8Array | undefined>;

  /**
   * Fills `target` with the bytes of a file of an entry from `position` on, and tells how many bytes
   * the whole file has.
   *
   * @param target memory of up to 1 GiB that may be part of a larger buffer, or shared; nothing is
   * to be written beyond it. Where it is empty, only the size is asked for.
   * @throws an error with the code `ENOENT` where there is no such file, and any error where the file
   * ends before the target does.
   */
  abstract read(key: EntryKey, file: string, position: number, target: Uint8Array): Promise<number>;

  /**
   * Stores an entry, so that readers see all of it or nothing.
   *
   * Of writers that do not replace, the first one's entry stays; where one is there already, nothing
   * has to be taken from `entry`. Where this writer's does not become the entry, and where the
   * promise rejects, nothing of it is left. What iterating over the pieces and asking for the
   * manifest throws, this rejects with.
   *
   * @returns whether it is now the entry.
   */
  abstract put(key: EntryKey, entry: BackendEntry): Promise<boolean>;

  /**
   * Removes an entry, the manifest first, or what is left of one; tells whether there was an entry.
   */
  abstract remove(key: EntryKey): Promise<boolean>;

  /**
   * The entries that there are, in any order, each once. Entries may come and go meanwhile.
   *
   * @param functionId lists those of this function only; all where it is missing.
   */
  abstract list(functionId?: string): AsyncIterable<ListedEntry>;

  /** Removes entries of a list, and tells which of them were there, as far as that can be told. */
  async removeAll(entries: readonly ListedEntry[]): Promise<readonly ListedEntry[]> {
    const removed: ListedEntry[] = [];
    for (const entry of entries) if (await this.remove(entry.key)) removed.push(entry);
    return removed;
  }

  /**
   * Removes what writers left that died, once it is old enough to be nobody's work any more; tells
   * how many files that were.
   */
  async sweep(): Promise<number> {
    return 0;
  }

  /** Removes the entries of a function, or all, and nothing that ndmemo did not write. */
  async clear(functionId?: string): Promise<void> {
    for await (const { key } of this.list(functionId)) await this.remove(key);
  }

  /**
   * The path of a file of this machine that holds the bytes of a file of an entry, if the store keeps
   * such a copy, or makes one now: arrays are then mapped, or read from it. It is never written to,
   * and must stay as it is until it is removed.
   *
   * @param _expected what the manifest says of the file. A copy that is made now is compared with it
   * before it gets its name; an error with the code `ERR_CORRUPT_ENTRY` says that they differ.
   */
  async localFile(
    _key: EntryKey,
    _file: string,
    _expected?: ExpectedFile,
  ): Promise<string | undefined> {
    return undefined;
  }

  /** Whether {@link StoreBackend.localFile} may give paths. */
  get maps(): boolean {
    return this.localFile !== StoreBackend.prototype.localFile;
  }

  /**
   * Asks for the lock of an entry, once, without waiting: who has it computes the entry, and others
   * ask again from time to time, first after a tenth of a second, at last every two seconds.
   *
   * Of all that ask at once, in all processes, one gets it, and keeps it until `release`. The lock of
   * a process that died must become free by itself, some time later: a lease, for instance, that the
   * store renews while its holder lives. It need not be more than that: where two have a lock, both
   * compute, and one entry is published.
   *
   * A store without locks leaves this method out; then everybody computes. The owner is the one who
   * asks, to be shown to the others.
   *
   * @returns `undefined` where there are no locks for this entry.
   */
  async lock(_key: EntryKey, _owner: LockOwner): Promise<BackendLock | TakenLock | undefined> {
    return undefined;
  }

  /**
   * How long a computation has to take, in milliseconds, for its lock to be worth what it costs.
   *
   * Where the option `lock` is not given, none is asked for while the last calls of a function, as far
   * as the process knows of any, took less. By default all locks are asked for.
   */
  get lockPaysFrom(): number {
    return 0;
  }

  /** Resolves when the work in the background that was begun before is done. */
  async flush(): Promise<void> {}
}
