/**
 * Verification of a local store: every entry's manifest and files, and files that belong to nothing.
 *
 * Entries come and go meanwhile: what was found in one that was replaced or removed since counts for
 * nothing. Directories of other names than ndmemo's are not looked into.
 *
 * @module
 */

import { lstatSync, readdirSync, type Stats, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { isAbsent } from "../../store/file.ts";
import { isEntryFile, isOurDirectory, type Layout, MANIFEST } from "../../store/layout.ts";
import { removeEmptyParents } from "../../store/limits/parents.ts";
import { list, removeEntry, removeIfEmpty } from "../../store/remove.ts";
import { errorCode } from "../../warning.ts";
import { type Look, lookAt } from "./entry-look.ts";
import { Findings, type FoundEntry, type Verification, type Verifying } from "./verify.ts";

const ENTRY_DEPTH = 4;
const MOST_TRIES = 3;
/** How long after the last removal in a directory somebody may still be at it. */
const REMOVAL_MS = 10_000;

/** A directory with the name of an entry, or above entries. */
interface Place {
  readonly path: string;
  /** The names of the directories from the function's on. */
  readonly names: readonly string[];
}

/** Verifies the entries of a local store. Takes as long as reading all of it. */
export function verifyLocal(layout: Layout, verifying: Verifying): Verification {
  return new LocalVerification(layout, verifying).run();
}

class LocalVerification {
  readonly #layout: Layout;
  readonly #repair: boolean;
  readonly #findings: Findings;
  readonly #shards = new Set<string>();
  readonly #withoutManifest: Place[] = [];

  constructor(layout: Layout, verifying: Verifying) {
    this.#layout = layout;
    this.#repair = verifying.repair;
    this.#findings = new Findings(verifying);
  }

  run(): Verification {
    this.#walk({ path: this.#layout.entries, names: [] });
    // Who removes an entry takes the manifest first: by now he is done.
    for (const place of this.#withoutManifest) this.#leftover(place);
    removeEmptyParents(this.#shards);
    return this.#findings.result();
  }

  #walk(place: Place): void {
    const { path, names } = place;
    try {
      if (names.length === ENTRY_DEPTH) {
        this.#entry(place);
        return;
      }
      for (const item of readdirSync(path, { withFileTypes: true })) {
        if (!item.isDirectory() || !isOurDirectory(item.name, names.length)) continue;
        this.#walk({ path: join(path, item.name), names: [...names, item.name] });
      }
    } catch (error) {
      // Nothing at all can be said about a store that cannot be listed.
      if (isAbsent(error)) return;
      if (names.length === 0) throw error;
      const reason = `it cannot be read: ${errorCode(error)}`;
      this.#findings.damaged.push({ ...foundIn(place), file: "", reason, removed: false });
    }
  }

  /** @throws errors of the file system for the directory of the entry. */
  #entry(place: Place): void {
    for (let tries = 1; ; tries++) {
      const before = stampOf(place);
      if (before === undefined) {
        this.#withoutManifest.push(place);
        return;
      }
      const look = lookAt(place.path, this.#layout, (bytes) => this.#findings.read(bytes));
      const isWhole = look.problems.length === 0 && look.leftovers.length === 0;
      if (!isWhole && stampOf(place) !== before && tries < MOST_TRIES) continue;
      this.#judge(place, look, before);
      return;
    }
  }

  #judge(place: Place, look: Look, stamp: string): void {
    const { damaged, foreign, modified } = this.#findings;
    const found = look.manifest ? foundIn(place, look.manifest.key.functionId) : foundIn(place);
    const isDamaged = look.problems.some(({ isUnreadable }) => !isUnreadable);
    // A computed result is not lost because the one that was here before it was damaged.
    const removed = isDamaged && stampOf(place) === stamp && this.#remove(place);
    for (const { file, reason } of look.problems) damaged.push({ ...found, file, reason, removed });
    for (const file of look.leftovers) {
      const gone = removed || this.#removeFile(place, file);
      damaged.push({ ...found, file, reason: "it belongs to nothing", removed: gone });
    }
    for (const file of look.foreign) foreign.push({ ...found, file });
    if (look.isModified && !removed) modified.push(found);
    this.#findings.entry();
  }

  /** What lies where an entry was removed in part, or lost its manifest. */
  #leftover(place: Place): void {
    const directory = lstat(place.path);
    if (!directory || stampOf(place) !== undefined) return;
    const names = list(place.path).map(({ name }) => name);
    const ours = names.filter(isEntryFile);
    const isHidden = ours.some((name) => name.startsWith("removed-"));
    if (isHidden && Date.now() - directory.mtimeMs < REMOVAL_MS) return;
    const found = foundIn(place);
    const { damaged, foreign } = this.#findings;
    const removed = ours.length > 0 && this.#remove(place);
    if (ours.length > 0)
      damaged.push({ ...found, file: MANIFEST, reason: "it is missing", removed });
    for (const file of names.filter((name) => !isEntryFile(name))) foreign.push({ ...found, file });
    this.#findings.entry();
  }

  /** Removes an entry where that is wanted; tells whether no reader finds it any more. */
  #remove(place: Place): boolean {
    if (!this.#repair) return false;
    const { removed } = this.#findings;
    const files = ourFiles(place);
    const bytes = files.reduce((sum, file) => sum + (lstat(file)?.size ?? 0), 0);
    try {
      // A directory in the place of a file stays where something is in it.
      for (const file of files) if (lstat(file)?.isDirectory()) removeIfEmpty(file);
      removeEntry(place.path);
    } catch {
      if (stampOf(place) !== undefined) return false;
    }
    removed.items++;
    removed.bytes += bytes;
    this.#shards.add(dirname(place.path));
    return true;
  }

  /** Removes one file where that is wanted; tells whether it is gone. */
  #removeFile({ path }: Place, file: string): boolean {
    if (!this.#repair) return false;
    const place = join(path, file);
    const bytes = lstat(place)?.size ?? 0;
    try {
      unlinkSync(place);
    } catch (error) {
      return isAbsent(error);
    }
    this.#findings.removed.bytes += bytes;
    return true;
  }
}

function ourFiles({ path }: Place): string[] {
  return list(path).flatMap(({ name }) => (isEntryFile(name) ? [join(path, name)] : []));
}

/** Tells one manifest from the next one in its place; `undefined` where there is none. */
function stampOf({ path }: Place): string | undefined {
  const stat = lstat(join(path, MANIFEST));
  return stat && `${stat.ino} ${stat.size} ${stat.birthtimeMs}`;
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** @param functionId where a whole manifest tells it; else it is read from the directory's name. */
function foundIn({ path, names }: Place, functionId?: string): FoundEntry {
  const [directory = "", codeId = "", head = "", rest = ""] = names;
  return {
    functionId: functionId ?? unescapeName(directory),
    codeId,
    argsId: names.length === ENTRY_DEPTH ? head + rest : "",
    path,
  };
}

/** The function of a directory; of a name that was cut, the name itself. */
function unescapeName(directory: string): string {
  try {
    return decodeURIComponent(directory);
  } catch {
    return directory;
  }
}
