/**
 * `apache-arrow`, as the program has it: loaded when a table is first read from a file.
 *
 * A program that imports it holds the package's ES module, one that requires it the CommonJS one: two
 * copies with different classes. The copy is taken that made the objects that were met, or the one
 * that somebody required already, and otherwise the ES module.
 *
 * @module
 */

import { createRequire } from "node:module";
import type {
  ArrowClass,
  ArrowData,
  ArrowField,
  ArrowRecordBatch,
  ArrowSchema,
  ArrowTable,
  ArrowType,
  ArrowVector,
} from "../array/arrow.ts";
import { bases } from "./peer.ts";
import { Undecodable } from "./undecodable.ts";

/** What is used of the package, in any release from 18 on. */
export interface ArrowLibrary {
  readonly Table: new (schema: ArrowSchema, batches: readonly ArrowRecordBatch[]) => ArrowTable;
  readonly RecordBatch: new (
    schema: ArrowSchema,
    data: ArrowData,
    ...metadata: readonly ReadonlyMap<string, string>[]
  ) => ArrowRecordBatch;
  readonly Vector: new (data: readonly ArrowData[]) => ArrowVector;
  readonly Schema: new (
    fields: readonly ArrowField[],
    metadata: ReadonlyMap<string, string>,
  ) => ArrowSchema;
  readonly Field: new (
    name: string,
    type: ArrowType,
    nullable: boolean,
    metadata: ReadonlyMap<string, string>,
  ) => ArrowField;
  readonly makeData: (parts: Readonly<Record<string, unknown>>) => ArrowData;
  /** The codecs that the program has registered; releases before 21 have none. */
  readonly compressionRegistry?: {
    get(codec: number): { decode?(bytes: Uint8Array): Uint8Array } | null;
  };
}

const NAME = "apache-arrow";

let loaded: ArrowLibrary | undefined;
let met: { readonly className: ArrowClass; readonly maker: unknown } | undefined;

/** Takes note of the copy that an object comes from. */
export function meetArrow(value: object, className: ArrowClass): void {
  if (met === undefined) met = { className, maker: value.constructor };
}

/**
 * The package.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` where it is not installed.
 */
export function arrowLibrary(): ArrowLibrary {
  loaded ??= load();
  return loaded;
}

function load(): ArrowLibrary {
  for (const base of bases()) {
    const path = resolved(base);
    if (path !== undefined) return copyAt(path);
  }
  throw new Undecodable(
    `an Arrow table cannot be made again without the package ${NAME}, which is not installed where ` +
      `this program could import it: npm install ${NAME}`,
    true,
  );
}

/** The CommonJS file of the package, as a program in a place finds it. */
function resolved(place: string): string | undefined {
  try {
    return createRequire(place).resolve(NAME);
  } catch {
    return undefined;
  }
}

function copyAt(path: string): ArrowLibrary {
  const require = createRequire(import.meta.url);
  const required = require.cache[path]?.exports as ArrowLibrary | undefined;
  if (required && (met === undefined || isOf(required))) return required;
  try {
    return require(path.replace(/\.js$/, ".mjs")) as ArrowLibrary;
  } catch {
    // A package without such a file, or a loader that cannot require an ES module.
    return require(path) as ArrowLibrary;
  }
}

function isOf(library: ArrowLibrary): boolean {
  return met !== undefined && library[met.className] === met.maker;
}
