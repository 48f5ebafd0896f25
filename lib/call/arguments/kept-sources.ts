/**
 * What was read of the sources of one function, kept beside its entries from one process to the next.
 *
 * @module
 */

import { type Kept, withKept, withoutKept } from "../../code/syntax/analysis.ts";
import { Witness } from "../../code/syntax/memo.ts";
import { KeptAnalyses } from "../../hash/code/kept-analyses.ts";
import { VERSION } from "../../version.ts";
import type { AnalysisFiles } from "../entries/entries.ts";

// One for each place: what one function of a cache has learned there serves the others.
const witnesses = new Map<string, Witness>();

/** Asked from the making of a cached function until there is an entry of it, and for what it told. */
export class KeptSources {
  readonly #files: AnalysisFiles | undefined;
  readonly #functionId: string;
  readonly #witness: Witness;
  #open: KeptAnalyses | undefined;
  #asked: Kept | undefined;

  /**
   * @param files undefined where nothing is to be kept.
   * @param place of the cache: what is kept in one counts in no other.
   */
  constructor(files: AnalysisFiles | undefined, functionId: string, place: string) {
    this.#files = files;
    this.#functionId = functionId;
    this.#witness = witnessOf(place);
    this.#open = files && new KeptAnalyses(VERSION, () => files.read(functionId), this.#witness);
    this.#asked = this.#open;
  }

  /** Runs something that asks about sources; what other caches say of them does not count in it. */
  during<T>(run: () => T): T {
    return this.#asked === undefined ? withoutKept(run) : withKept(this.#asked, run);
  }

  /** Keeps what is new. The store has the function's directory by now. */
  settle(): void {
    const kept = this.#open;
    if (kept === undefined) return;
    this.#open = undefined;
    this.#asked = { witness: this.#witness, use: () => {}, find: () => undefined };
    let bytes: Uint8Array | undefined;
    try {
      bytes = kept.update();
    } catch {
      // What was read in the file is nested deeper than the stack. Without it, sources are parsed.
    }
    if (bytes !== undefined) this.#files?.write(this.#functionId, bytes);
  }
}

function witnessOf(place: string): Witness {
  let witness = witnesses.get(place);
  if (witness === undefined) {
    witness = new Witness();
    witnesses.set(place, witness);
  }
  return witness;
}
