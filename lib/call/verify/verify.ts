/**
 * What a verification of a store finds, and how it is asked for.
 *
 * @module
 */

import { type Checks, checkOptions, flag } from "../../options.ts";
import type { Tally } from "../../store/limits/size-limits.ts";

/** How `verify` works. */
export interface VerifyOptions {
  /**
   * Whether to remove what is damaged: the next call computes it again.
   *
   * @defaultValue `false`
   */
  readonly repair?: boolean | undefined;
}

/** Where something was found. */
export interface FoundEntry {
  /** `<module>#<name>` of the function, as far as it is known. */
  readonly functionId: string;
  /** Digest of the function's code. */
  readonly codeId: string;
  /** Digest of the arguments; empty for a directory above entries. */
  readonly argsId: string;
  /** Where the entry lies. */
  readonly path: string;
}

/** A file of ndmemo that is not as it was written, is missing, or belongs to nothing. */
export interface Damage extends FoundEntry {
  /** The name of the file in the entry; empty where the entry itself cannot be read. */
  readonly file: string;
  /** What is wrong with it. */
  readonly reason: string;
  /** Whether it was removed, with the entry that it makes unusable. */
  readonly removed: boolean;
}

/** A file in the directory of an entry that ndmemo did not write; it is never removed. */
export interface ForeignFile extends FoundEntry {
  /** Its name. */
  readonly file: string;
}

/** What a verification found. */
export interface Verification {
  /** Entries that were looked at, and the bytes of their files that were read. */
  readonly checked: Tally;
  /** What is damaged, file by file. */
  readonly damaged: readonly Damage[];
  /** Entries that were opened for writing: their arrays are what was written, so none is damaged. */
  readonly modified: readonly FoundEntry[];
  /** Files of others. */
  readonly foreign: readonly ForeignFile[];
  /** Entries that `repair` removed, and the bytes of all files that went. */
  readonly removed: Tally;
}

/** How a store is verified. */
export interface Verifying {
  readonly repair: boolean;
  /** Told what was checked so far: after each entry, and within large files. */
  readonly onProgress?: ((checked: Tally) => void) | undefined;
}

const checks: Checks<VerifyOptions> = { repair: flag };

/** The options of `verify`, checked. @throws TypeError. */
export function checkVerifying(options: unknown): Verifying {
  const { repair = false } = checkOptions<VerifyOptions>("verify", options, checks);
  return { repair };
}

/** A verification in the making. */
export class Findings implements Verification {
  readonly checked = { items: 0, bytes: 0 };
  readonly damaged: Damage[] = [];
  readonly modified: FoundEntry[] = [];
  readonly foreign: ForeignFile[] = [];
  readonly removed = { items: 0, bytes: 0 };
  readonly #onProgress: Verifying["onProgress"];

  constructor({ onProgress }: Verifying) {
    this.#onProgress = onProgress;
  }

  /** Bytes that were read. */
  read(bytes: number): void {
    this.checked.bytes += bytes;
    this.#onProgress?.({ ...this.checked });
  }

  /** An entry that was looked at. */
  entry(): void {
    this.checked.items++;
    this.#onProgress?.({ ...this.checked });
  }

  /** The findings, as plain data. */
  result(): Verification {
    const { checked, damaged, modified, foreign, removed } = this;
    return { checked, damaged, modified, foreign, removed };
  }
}

/** Nothing was checked, because nothing is kept. */
export function nothingVerified(): Verification {
  return new Findings({ repair: false }).result();
}
