/**
 * Where things lie in a store directory: the only file that turns keys into paths.
 *
 * ```
 * <location>/ndmemo/
 *   CACHEDIR.TAG  .gitignore
 *   v1/<module>#<name>/analyses.json
 *   v1/<module>#<name>/<code id>/code.js
 *   v1/<module>#<name>/<code id>/<2 hex>/<30 hex>/entry.json   0-<nonce>.npy   1-<nonce>.npy.zst
 *                                                 2-<nonce>.arrow   value-<nonce>.zst
 *   tmp/<host>-<pid>-<random>/
 *   locks/calls-1
 * ```
 *
 * The format number stands in the path, so that another version neither reads nor deletes it.
 * docs/disk-format.md has every byte.
 *
 * @module
 */

import { join, sep } from "node:path";
import { digestBytes } from "../hash/xxh3.ts";

/** The number of the disk format; the directory `v1` holds it. */
export const FORMAT = 1;

/** What names one entry. */
export interface EntryKey {
  /** `<module>#<name>` of the function. */
  readonly functionId: string;
  /** Digest of the code, 32 hex digits. */
  readonly codeId: string;
  /** Digest of the arguments, 32 hex digits. */
  readonly argsId: string;
}

/** The file that makes a directory an entry. */
export const MANIFEST = "entry.json";
/** What the whole of it ends with. */
export const MANIFEST_END = '"}';
/** The mark of an entry that was opened for writing: its arrays' checksums may no longer hold. */
export const MODIFIED = "modified";
/** The file beside the entries of one code that shows people its source. */
export const CODE = "code.js";
/** The file beside it that tells what the code reaches, for {@link CODE}'s readers. */
export const CODE_RECORD = "code.json";
/** The files beside the entries of one code; none of them is needed to read an entry. */
export const NOTES: readonly string[] = [CODE, CODE_RECORD];

/** The file beside the versions of a function's code: what was found out about its source texts. */
export const ANALYSES = "analyses.json";

const LONGEST_NAME = 100;
const DIGEST_DIGITS = 16;

/**
 * A directory name for a function: percent-escaped, and cut at 100 characters with a digest.
 *
 * Letters, digits and `_ - . # @ + = ,` stand for themselves. The digest follows also where the
 * escaping would lose something (a lone surrogate) or the name is one that file systems refuse.
 */
export function directoryName(functionId: string): string {
  const escaped = Array.from(Buffer.from(functionId, "utf8"), escapeByte).join("");
  const faithful =
    functionId.isWellFormed() && !/^\.|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(escaped);
  if (escaped.length <= LONGEST_NAME && faithful) return escaped;

  const digest = digestBytes(Buffer.from(functionId, "utf16le")).slice(0, DIGEST_DIGITS);
  return `%${escaped.slice(0, LONGEST_NAME - DIGEST_DIGITS - 2)}~${digest}`;
}

function escapeByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return /[\w.#@+=,-]/.test(char) ? char : `%${byte.toString(16).padStart(2, "0").toUpperCase()}`;
}

/** The directory that an entry's directory lies in, below that of its code. */
export function shardPath(code: string, argsId: string): string {
  return `${code}${sep}${argsId.slice(0, 2)}`;
}

/** The directory of an entry below that of its code. */
export function entryPath(code: string, argsId: string): string {
  return `${shardPath(code, argsId)}${sep}${argsId.slice(2)}`;
}

/** The manifest of an entry below the directory of its code. */
export function manifestPath(code: string, argsId: string): string {
  return `${entryPath(code, argsId)}${sep}${MANIFEST}`;
}

/** The paths of one store. */
export class Layout {
  /** `<location>/ndmemo`. */
  readonly root: string;
  /** The entries of this format. */
  readonly entries: string;
  /** Entries being written. */
  readonly tmp: string;
  /** The file whose bytes are locked while entries are computed. */
  readonly locks: string;

  // Escaping a name and joining a path take longer than reading a small file.
  readonly #functions = new Map<string, string>();
  #lastCode = { functionId: "", codeId: "", directory: "" };

  constructor(location: string) {
    this.root = join(location, "ndmemo");
    this.entries = join(this.root, `v${FORMAT}`);
    this.tmp = join(this.root, "tmp");
    this.locks = join(this.root, "locks", `calls-${FORMAT}`);
  }

  /** The directory of a function. */
  function(functionId: string): string {
    let directory = this.#functions.get(functionId);
    if (directory === undefined) {
      directory = join(this.entries, directoryName(functionId));
      this.#functions.set(functionId, directory);
    }
    return directory;
  }

  /** The directory of one version of a function's code. */
  code(functionId: string, codeId: string): string {
    const last = this.#lastCode;
    if (last.functionId === functionId && last.codeId === codeId) return last.directory;
    const directory = `${this.function(functionId)}${sep}${codeId}`;
    this.#lastCode = { functionId, codeId, directory };
    return directory;
  }

  /** The directory of an entry. */
  entry({ functionId, codeId, argsId }: EntryKey): string {
    return entryPath(this.code(functionId, codeId), argsId);
  }
}

const levels: readonly RegExp[] = [/./, /^[0-9a-f]{32}$/, /^[0-9a-f]{2}$/, /^[0-9a-f]{30}$/];

/** Whether a name could be ours at a depth below the format's directory (0: functions). */
export function isOurDirectory(name: string, depth: number): boolean {
  return levels[depth]?.test(name) ?? false;
}

/** Whether a file name is one that ndmemo writes beside the directories at a depth. */
export function isNote(name: string, depth: number): boolean {
  return (depth === 1 && name === ANALYSES) || (depth === 2 && NOTES.includes(name));
}

/** Whether a file name is one that ndmemo writes into an entry. */
export function isEntryFile(name: string): boolean {
  return (
    name === MANIFEST ||
    name === MODIFIED ||
    /^(\d{1,9}-[0-9a-f]{8}\.((npy|arrow)(\.zst)?|sum)|value-[0-9a-f]{8}\.zst|removed-[0-9a-f]{8})$/.test(
      name,
    )
  );
}

/** The name that the manifest of a removed entry has until it is deleted; the nonce is 8 hex digits. */
export function removedName(nonce: string): string {
  return `removed-${nonce}`;
}
