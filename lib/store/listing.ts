/**
 * What is stored, from names, sizes and times alone: no manifest is read.
 *
 * An entry costs one listing of its directory and one `lstat` for each of its files. Whatever
 * vanishes meanwhile is left out, and so are directories of other names and links.
 *
 * @module
 */

import { lstatSync, readdirSync, type Stats } from "node:fs";
import { sep } from "node:path";
import { isAbsent } from "./file.ts";
import { lastUseOf } from "./last-use.ts";
import { isEntryFile, isOurDirectory, type Layout, MANIFEST } from "./layout.ts";

/** A directory of entries: those of one code whose digests begin with the same two digits. */
export interface Shard {
  /** Where it lies. */
  readonly directory: string;
  /** The name of the function's directory. */
  readonly functionDirectory: string;
  /** The directory of the code. */
  readonly codeDirectory: string;
  /** Digest of the code. */
  readonly codeId: string;
}

/** An entry as its directory shows it. Times are in milliseconds since 1970. */
export interface StoredEntry {
  /** Where it lies. */
  readonly directory: string;
  /** The directory that holds it. */
  readonly shard: Shard;
  /** Digest of the arguments. */
  readonly argsId: string;
  /** The files that it consists of. */
  readonly files: readonly string[];
  /** The sum of their sizes. */
  readonly bytes: number;
  /** When it was last used; its storing counts as a use. */
  readonly lastUse: number;
  /** When it was stored. */
  readonly created: number;
}

/** What a listing is told. */
export interface ListingOptions {
  /** Lists the entries of this function only, in all versions of its code. */
  readonly functionId?: string | undefined;
  /** Called with the directory of an entry that was removed in part. */
  readonly onLeftover?: ((directory: string) => unknown) | undefined;
  /** Called with a directory of two digits that has no entries. */
  readonly onEmpty?: ((shard: string) => unknown) | undefined;
}

/** The files of an entry without sidecars: one list for all of them. */
const SMALL: readonly string[] = [MANIFEST];

/**
 * Iterates over the entries of a store in the order of the directories. Entries that are stored or
 * removed while it runs may be in it or not.
 *
 * @throws errors of the file system other than that something is not there.
 */
export function* storedEntries(
  layout: Layout,
  { functionId, onLeftover, onEmpty }: ListingOptions = {},
): Generator<StoredEntry, void, undefined> {
  const functions =
    functionId === undefined
      ? directories(layout.entries, 0)
      : [layout.function(functionId).slice(layout.entries.length + sep.length)];
  for (const functionDirectory of functions) {
    const functionPath = `${layout.entries}${sep}${functionDirectory}`;
    for (const codeId of directories(functionPath, 1)) {
      const codeDirectory = `${functionPath}${sep}${codeId}`;
      for (const head of directories(codeDirectory, 2)) {
        const directory = `${codeDirectory}${sep}${head}`;
        const shard = { directory, functionDirectory, codeDirectory, codeId };
        const rests = directories(directory, 3);
        if (rests.length === 0) onEmpty?.(directory);
        for (const rest of rests) {
          const entry = measure(shard, `${directory}${sep}${rest}`, head + rest, onLeftover);
          if (entry) yield entry;
        }
      }
    }
  }
}

/** The entry as it is now, or `undefined` where there is none any more. */
export function measureAgain(entry: StoredEntry): StoredEntry | undefined {
  return measure(entry.shard, entry.directory, entry.argsId, undefined);
}

function measure(
  shard: Shard,
  directory: string,
  argsId: string,
  onLeftover: ListingOptions["onLeftover"],
): StoredEntry | undefined {
  const names = unlessAbsent(() => readdirSync(directory));
  if (names === undefined) return undefined;
  // Most entries are small: one file.
  const files = names.length === 1 && names[0] === MANIFEST ? SMALL : names.filter(isEntryFile);
  if (!files.includes(MANIFEST)) {
    onLeftover?.(directory);
    return undefined;
  }

  let bytes = 0;
  let lastUse: number | undefined;
  let created = 0;
  for (const file of files) {
    const path = `${directory}${sep}${file}`;
    const stat = statIfThere(path);
    bytes += stat?.size ?? 0;
    if (file !== MANIFEST || !stat?.isFile()) continue;
    lastUse = lastUseOf(shard.codeDirectory, argsId, stat.mtimeMs);
    // Where the file system keeps no time of birth, the change of owner, name or content is next.
    created = stat.birthtimeMs > 0 ? stat.birthtimeMs : Math.min(stat.ctimeMs, stat.mtimeMs);
  }
  if (lastUse === undefined) return undefined;
  return { directory, shard, argsId, files, bytes, lastUse, created };
}

/** The status of a file, or of a link itself, or `undefined` where there is none. */
export function statIfThere(path: string): Stats | undefined {
  return unlessAbsent(() => lstatSync(path, { throwIfNoEntry: false }));
}

function directories(path: string, depth: number): string[] {
  const items = unlessAbsent(() => readdirSync(path, { withFileTypes: true })) ?? [];
  return items
    .filter((item) => item.isDirectory() && isOurDirectory(item.name, depth))
    .map(({ name }) => name);
}

function unlessAbsent<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
