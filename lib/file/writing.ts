/**
 * A value on its way to files, some of which are compressed.
 *
 * @module
 */

import { windows } from "../array/bytes.ts";
import { compressed, compressedLater, type Packing } from "../compress/encode.ts";
import { filterSize } from "../format/compressed.ts";
import { type Compress, isCompressing, recipeFor, tableLevelOf } from "../format/compression.ts";
import type { Recipe } from "../format/frame.ts";
import type { SidecarRecord } from "../format/record.ts";
import { sampleOf } from "../format/sample.ts";
import {
  type Encoded,
  type PlannedSidecar,
  type PlanOptions,
  planValue,
  type Sink,
  type ValuePlan,
  writeSidecar,
} from "../format/value.ts";
import { changed, digestOf } from "./unchanged.ts";

/** A sink that can also be given pieces that take their time. */
export interface LaterSink extends Sink {
  /** As `write`, while the program goes on. A piece is valid until the next one is asked for. */
  writeLater(name: string, pieces: AsyncIterable<Uint8Array>, modified?: number): Promise<void>;
}

/** What is known of a sidecar that was written. */
export interface Written {
  readonly digest: SidecarRecord["digest"];
  readonly compression?: Packing["compression"];
}

/** A sidecar, and how it is to be compressed where it is. */
export interface Choice {
  readonly sidecar: PlannedSidecar;
  readonly recipe: Recipe | undefined;
}

/** Compressing less than this does not save a block of a file system. */
const WORTH_COMPRESSING = 2 ** 12;
/** Compressing less than this does not hold up what else is to be done; at high levels it does. */
const WORTH_WAITING = 2 ** 17;
const WORTH_WAITING_HIGH = 2 ** 13;
const HIGH_LEVEL = 10;

/** A value, planned: what is written, and how. */
export class Writing {
  readonly choices: readonly Choice[];
  readonly clone: ValuePlan["clone"];
  readonly #plan: ValuePlan;

  /**
   * Plans a value. Reads a sample of each array that may be compressed.
   *
   * @throws CacheError `ERR_UNSUPPORTED_VALUE` for what would not come back the same.
   */
  constructor(value: unknown, compress: Compress, options: PlanOptions = {}) {
    const { inline, format } = options;
    this.#plan = planValue(value, { inline, format, tableLevel: tableLevelOf(compress) });
    this.clone = this.#plan.clone;
    this.choices = this.#plan.sidecars.map((sidecar) => {
      return { sidecar, recipe: recipeOf(sidecar, compress) };
    });
  }

  /** Whether writing it takes so long that who can wait should. */
  get isLong(): boolean {
    return this.choices.some(({ sidecar, recipe }) => {
      const least = (recipe?.level ?? 0) >= HIGH_LEVEL ? WORTH_WAITING_HIGH : WORTH_WAITING;
      return recipe !== undefined && sidecar.record.bytes > least;
    });
  }

  /** Writes it while the caller waits, and returns what the manifest keeps of it. */
  write(sink: Sink): Encoded {
    const written = this.choices.map(({ sidecar, recipe }): Written => {
      if (!recipe) return { digest: writeSidecar(sidecar, sink) };
      let packing: Packing | undefined;
      const pieces = compressed(plainOf(sidecar), recipe, (made) => {
        packing = made;
      });
      sink.write(compressedName(sidecar), pieces, sidecar.record.modified);
      return packing ?? { digest: null };
    });
    this.#writeClone(sink);
    return this.encoded(written);
  }

  /**
   * Writes it while the program goes on.
   *
   * @throws CacheError `ERR_UNSUPPORTED_VALUE` also where an array was written to meanwhile.
   */
  async writeLater(sink: LaterSink): Promise<Encoded> {
    // What it is counts as it is now: nothing is waited for until everything was read once.
    this.#writeClone(sink);
    const begun = this.choices.map(({ sidecar, recipe }) =>
      recipe ? { digest: digestOf(sidecar) } : { digest: writeSidecar(sidecar, sink) },
    );
    const written: Written[] = [];
    for (const [index, { sidecar, recipe }] of this.choices.entries()) {
      const { digest } = begun[index] as Written;
      if (!recipe) {
        written.push({ digest });
        continue;
      }
      let packing: Packing | undefined;
      const pieces = compressedLater(plainOf(sidecar), recipe, (made) => {
        packing = made;
      });
      await sink.writeLater(compressedName(sidecar), pieces, sidecar.record.modified);
      if (packing?.digest !== digest) throw changed(sidecar.record);
      written.push(packing);
    }
    return this.encoded(written);
  }

  /** What the manifest keeps, given what is known of each sidecar. */
  encoded(written: readonly Written[]): Encoded {
    if (written.length === 0) return this.#plan.encoded([]);
    const { arrays, ...encoded } = this.#plan.encoded(written.map(({ digest }) => digest));
    return {
      ...encoded,
      arrays: arrays.map((record, slot) => {
        const { compression } = written[slot] ?? {};
        return compression
          ? { ...record, file: `${record.file}.zst`, compressed: compression }
          : record;
      }),
    };
  }

  #writeClone(sink: Sink): void {
    if (this.clone) sink.write(this.clone.file, windows(this.clone.bytes));
  }
}

/** The name of the file of a sidecar that is compressed. */
export function compressedName({ record }: PlannedSidecar): string {
  return `${record.file}.zst`;
}

/** What of a sidecar is compressed. */
export function plainOf({ head, record, pieces }: PlannedSidecar): {
  readonly head: Uint8Array;
  readonly bytes: number;
  pieces(): Iterable<Uint8Array>;
} {
  return { head, bytes: record.bytes, pieces };
}

function recipeOf(sidecar: PlannedSidecar, compress: Compress): Recipe | undefined {
  const { record } = sidecar;
  // The buffers of a table are compressed by Arrow itself, where they are.
  if ("arrow" in record || !isCompressing(compress)) return undefined;
  if (record.bytes < WORTH_COMPRESSING) return undefined;
  return recipeFor(compress, filterSize(record.descr), sampleOf(sidecar));
}
