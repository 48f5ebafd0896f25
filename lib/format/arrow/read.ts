/**
 * An Arrow file in memory as a table, record batch, vector or schema over that memory.
 *
 * @module
 */

import type {
  ArrowClass,
  ArrowField,
  ArrowRecordBatch,
  ArrowSchema,
  ArrowType,
} from "../../array/arrow.ts";
import { CacheError } from "../../errors.ts";
import type { ArrowLibrary } from "../../type/arrow-package.ts";
import { BodyReader, type Dictionaries, type Memory } from "./body-reader.ts";
import { type ArrowParts, arrowParts, type BatchPart } from "./file-parts.ts";
import { librarySchema } from "./library-type.ts";

/**
 * Makes the object that a file holds. Nothing is copied but buffers that are compressed, or lie where
 * numbers cannot.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where the file cannot be what it says it is.
 */
export function readArrow(library: ArrowLibrary, memory: Memory, className: ArrowClass): object {
  try {
    return make(library, arrowParts(memory), className);
  } catch (error) {
    if (error instanceof CacheError) throw error;
    // What is wrong with a file shows in the library as any error.
    const message = `the Arrow file is damaged: ${String(error)}`;
    throw new CacheError("ERR_CORRUPT_ENTRY", message, { cause: error });
  }
}

function make(library: ArrowLibrary, parts: ArrowParts, className: ArrowClass): object {
  const schema = librarySchema(library, parts.schema);
  if (className === "Schema") return schema;
  const batches = readBatches(library, schema, parts.batches);
  if (className === "Table") return new library.Table(schema, batches);
  const [first] = batches;
  if (className === "RecordBatch") {
    if (first && batches.length === 1) return first;
    throw new CacheError("ERR_CORRUPT_ENTRY", `${batches.length} record batches, expected one`);
  }
  const columns = batches.flatMap(({ data }) => data.children.slice(0, 1));
  if (columns.length > 0 && columns.length === batches.length) return new library.Vector(columns);
  throw new CacheError("ERR_CORRUPT_ENTRY", "the Arrow file has no column");
}

function readBatches(
  library: ArrowLibrary,
  schema: ArrowSchema,
  parts: readonly BatchPart[],
): ArrowRecordBatch[] {
  const dictionaries: Dictionaries = new Map();
  const types = dictionaryTypes(schema.fields);
  const Struct = (library as unknown as Record<string, new (fields: unknown) => ArrowType>)[
    "Struct"
  ] as new (
    fields: unknown,
  ) => ArrowType;
  const hasMetadata = "metadata" in library.RecordBatch.prototype;
  const batches: ArrowRecordBatch[] = [];
  for (const { header, body, version, metadata, dictionary } of parts) {
    const reader = new BodyReader(library, body, header, dictionaries, version);
    if (dictionary) {
      const type = types.get(dictionary.id);
      // One that no column refers to.
      if (type === undefined) continue;
      const before = dictionary.isDelta ? (dictionaries.get(dictionary.id)?.data ?? []) : [];
      const values = reader.column(type, header.rows);
      dictionaries.set(dictionary.id, new library.Vector([...before, values]));
      continue;
    }
    const children = schema.fields.map(({ type }) => reader.column(type, header.rows));
    if (children.some(({ length }) => length !== header.rows)) {
      throw new CacheError(
        "ERR_CORRUPT_ENTRY",
        "columns of an Arrow record batch differ in length",
      );
    }
    const type = new Struct(schema.fields);
    const data = library.makeData({ type, length: header.rows, nullCount: 0, children });
    batches.push(new library.RecordBatch(schema, data, ...(hasMetadata ? [metadata] : [])));
  }
  return batches;
}

/** The types of the values of dictionaries, by their numbers. */
function dictionaryTypes(
  fields: readonly ArrowField[],
  found: Map<number, ArrowType> = new Map(),
): Map<number, ArrowType> {
  const visit = (type: ArrowType): void => {
    if (type.dictionary) {
      found.set(type.id ?? -1, type.dictionary);
      visit(type.dictionary);
    } else {
      dictionaryTypes(type.children ?? [], found);
    }
  };
  for (const { type } of fields) visit(type);
  return found;
}
