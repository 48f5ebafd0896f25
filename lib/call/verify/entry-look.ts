/**
 * One look at the directory of an entry: what is wrong with it, and what does not belong to it.
 *
 * @module
 */

import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CacheError } from "../../errors.ts";
import { readInto, readSmall, withFile } from "../../store/file.ts";
import { isEntryFile, type Layout, MANIFEST, MODIFIED } from "../../store/layout.ts";
import { readSum } from "../../store/sum.ts";
import type { EntryManifest } from "../entries/entries.ts";
import { decodeEntryManifest } from "../entries/entry-manifest.ts";
import { run } from "../flow.ts";
import { checkFiles, type EntryFiles, type FileProblem, problemWith } from "./entry-check.ts";

/** What one look at an entry shows. */
export interface Look {
  /** Missing where it is damaged. */
  readonly manifest: EntryManifest | undefined;
  readonly problems: readonly FileProblem[];
  /** Files of ndmemo that the manifest does not name. */
  readonly leftovers: readonly string[];
  /** Files of others. */
  readonly foreign: readonly string[];
  /** Whether it was opened for writing. */
  readonly isModified: boolean;
}

/**
 * Looks at an entry: reads all of its files, in windows.
 *
 * @param onRead called with the number of bytes that were read.
 * @throws errors of the file system for the directory, not for the files in it.
 */
export function lookAt(path: string, layout: Layout, onRead: (bytes: number) => void): Look {
  const names = readdirSync(path);
  const isModified = names.includes(MODIFIED);
  const foreign = names.filter((name) => !isEntryFile(name));
  let manifest: EntryManifest;
  try {
    manifest = readManifest(path, layout, onRead);
  } catch (error) {
    // Which files belong to the entry is not known then.
    const problems = [problemWith(MANIFEST, error)];
    return { manifest: undefined, problems, leftovers: [], foreign, isModified };
  }
  const files = filesOf(path, isModified, onRead);
  const problems = [
    ...sumProblems(path, manifest),
    ...(run(checkFiles(files, manifest)) as FileProblem[]),
  ];
  const expected = filesNamedIn(manifest);
  const leftovers = names.filter((name) => isEntryFile(name) && !expected.has(name));
  return { manifest, problems, leftovers, foreign, isModified };
}

function readManifest(
  path: string,
  layout: Layout,
  onRead: (bytes: number) => void,
): EntryManifest {
  const file = join(path, MANIFEST);
  checkRegular(file);
  const bytes = readSmall(file) ?? Buffer.alloc(0);
  onRead(bytes.byteLength);
  const manifest = decodeEntryManifest(bytes);
  if (layout.entry(manifest.key) === path) return manifest;
  throw new CacheError("ERR_CORRUPT_ENTRY", "it is that of another entry", { path: file });
}

function filesNamedIn({ arrays, value }: EntryManifest): ReadonlySet<string> {
  const names = new Set([MANIFEST, MODIFIED]);
  for (const { file } of arrays) names.add(file).add(sumName(file));
  if ("file" in value) names.add(value.file);
  return names;
}

/** Checksums that were computed later and are no longer what was written. */
function sumProblems(path: string, { arrays }: EntryManifest): FileProblem[] {
  const reason = "it is not the checksum that was written";
  return arrays.flatMap((record) => {
    const file = sumName(record.file);
    const isThere = lstatSync(join(path, file), { throwIfNoEntry: false }) !== undefined;
    const isWhole = isThere && readSum({ ...record, path: join(path, record.file) }) !== undefined;
    return isThere && !isWhole ? [{ file, reason, isUnreadable: false }] : [];
  });
}

function sumName(file: string): string {
  return file.replace(/\.[a-z]+$/, ".sum");
}

function filesOf(path: string, isModified: boolean, onRead: (bytes: number) => void): EntryFiles {
  return {
    ...{ isModified, onRead },
    where: (file) => join(path, file),
    read(file, position, target) {
      const place = join(path, file);
      const size = checkRegular(place);
      if (target.byteLength > 0) withFile(place, "r", (fd) => readInto(fd, target, position));
      return size;
    },
    sumOf: (record) => readSum({ ...record, path: join(path, record.file) }),
  };
}

/** The size of a file; a pipe in its place would never end. */
function checkRegular(path: string): number {
  const stat = lstatSync(path);
  if (stat.isFile()) return stat.size;
  throw new CacheError("ERR_CORRUPT_ENTRY", "it is no regular file", { path });
}
