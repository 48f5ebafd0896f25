/**
 * `apache-arrow`, as the program has it: loaded when a table is first read from a file.
 *
 * A program that imports it holds the package's ES module, one that requires it the CommonJS one: two
 * copies with different classes, and what one makes, functions of the other may not take for theirs.
 * The copy is taken that made the objects that were met, or the one that somebody required already,
 * and otherwise the ES module.
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
import { requireModule } from "./es-module.ts";
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
  const maker = value.constructor;
  if (met !== undefined || loaded?.[className] === maker) return;
  met = { className, maker };
  // It was chosen before anything was known of the program.
  loaded = undefined;
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
  const paths = bases().flatMap((base) => resolved(base) ?? []);
  const [first] = paths;
  if (met !== undefined) {
    for (const copy of copies(new Set(paths))) if (isOf(copy)) return copy;
  }
  if (first !== undefined) return requiredAt(first) ?? importedAt(first);
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

/** The copies there are in some places: none is loaded before it is asked for. */
function* copies(paths: ReadonlySet<string>): Generator<ArrowLibrary> {
  for (const path of paths) {
    const required = requiredAt(path);
    if (required) yield required;
  }
  for (const path of paths) yield importedAt(path);
}

/** The CommonJS copy, where somebody has required it. */
function requiredAt(path: string): ArrowLibrary | undefined {
  return createRequire(import.meta.url).cache[path]?.exports as ArrowLibrary | undefined;
}

function importedAt(path: string): ArrowLibrary {
  try {
    return requireModule(path.replace(/\.js$/, ".mjs")) as ArrowLibrary;
  } catch {
    // A package without such a file.
    return createRequire(import.meta.url)(path) as ArrowLibrary;
  }
}

function isOf(library: ArrowLibrary): boolean {
  return met !== undefined && library[met.className] === met.maker;
}
