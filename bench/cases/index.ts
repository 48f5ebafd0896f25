/**
 * Every case by the name that the command line and the peers use.
 *
 * @module
 */

import type { Case } from "../case.ts";
import * as call from "./call.ts";
import * as compress from "./compress.ts";
import { storeEmpty } from "./empty.ts";
import { hash256, hashMapped } from "./hash.ts";
import { importLibrary } from "./import.ts";
import { manyArrays } from "./inline.ts";
import * as large from "./large.ts";
import { manyMaps, manyMapsLargeHeap } from "./maps.ts";
import * as memory from "./memory.ts";
import { reduceHalf } from "./reduce-size.ts";
import { s3 } from "./s3.ts";
import { stampede } from "./stampede.ts";
import { track, trackKept } from "./track.ts";

export const cases: Readonly<Record<string, Case>> = {
  hash: hash256,
  "hash-mapped": hashMapped,
  "hit-small": call.hitSmall,
  "hit-first": call.hitFirst,
  "hit-mapped": call.hitMapped,
  "maps-many": manyMaps,
  "maps-heap": manyMapsLargeHeap,
  "hit-read": call.hitRead,
  miss: call.missSmall,
  "miss-memory": call.missInMemory,
  store: call.store256,
  "store-empty": storeEmpty,
  "store-6-gib": large.storeLarge,
  "hit-6-gib": large.hitLarge,
  "chain-6-gib": large.chainLarge,
  "arrays-many": manyArrays,
  "compress-f8": compress.compressF8,
  "load-f8": compress.loadF8,
  "compress-i4": compress.compressI4,
  "load-i4": compress.loadI4,
  "reduce-size": reduceHalf,
  stampede,
  track,
  "track-kept": trackKept,
  import: importLibrary,
  "hash-4-gib": memory.hash4Gib,
  "store-4-gib": memory.store4Gib,
  "compress-4-gib": memory.compress4Gib,
  ...(process.env["NDMEMO_S3_ENDPOINT"] && s3),
};
