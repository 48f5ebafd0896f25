/**
 * What was read of the sources of one function, kept beside its entries from one process to the next.
 *
 * @module
 */

import { withKept } from "../../code/syntax/analysis.ts";
import { KeptAnalyses } from "../../hash/code/kept-analyses.ts";
import { VERSION } from "../../version.ts";
import type { AnalysisFiles } from "../entries/entries.ts";

/** In use from the making of a cached function until there is an entry of it. */
export class KeptSources {
  readonly #files: AnalysisFiles | undefined;
  readonly #functionId: string;
  #kept: KeptAnalyses | undefined;

  /** @param files undefined where nothing is to be kept. */
  constructor(files: AnalysisFiles | undefined, functionId: string) {
    this.#files = files;
    this.#functionId = functionId;
    this.#kept = files && new KeptAnalyses(VERSION, () => files.read(functionId));
  }

  /** Whether {@link KeptSources.during} makes a difference. */
  get isOpen(): boolean {
    return this.#kept !== undefined;
  }

  /** Runs something that asks about sources. */
  during<T>(run: () => T): T {
    return this.#kept === undefined ? run() : withKept(this.#kept, run);
  }

  /** Keeps what is new. The store has the function's directory by now. */
  settle(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    let bytes: Uint8Array | undefined;
    try {
      bytes = kept?.update();
    } catch {
      // What was read in the file is nested deeper than the stack. Without it, sources are parsed.
    }
    if (bytes !== undefined) this.#files?.write(this.#functionId, bytes);
  }
}
