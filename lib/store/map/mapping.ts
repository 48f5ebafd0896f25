/**
 * The modes of a map, and the choice between mapping and reading.
 *
 * | mode | reads | writes |
 * |---|---|---|
 * | `"r"` | the file | a private copy of the page, never the file; the first one is warned of |
 * | `"c"` | the file | a private copy of the page, never the file |
 * | `"r+"`, `"w+"` | the file | the file |
 *
 * @module
 */

import { wrongType } from "../../errors.ts";
import { BufferFacts, factsOf, setFacts } from "../../hash/buffer-facts.ts";
import { errorCode, WarnOnce } from "../../warning.ts";
import { type Mapped, type MmapMode, mapper, warnNoMapper } from "./mapper.ts";

export type { MmapMode } from "./mapper.ts";

// Linux allows a process 65,530 maps (vm.max_map_count), and aborts it when it needs one more for
// itself. A map of ours takes up to three: what was written to splits it.
const MOST_MAPS = 16_384;
const tooMany = new WarnOnce();
let liveMaps = 0;
let isAllowed = true;
const collected = new FinalizationRegistry<MapEnd>(ended);

/** What there is to do when a map has ended. It must not refer to the memory. */
export interface MapEnd {
  /** Called once, when the memory has been collected or unmapped. */
  mapEnded?(): void;
}

const NOTHING: MapEnd = {};

/** What is known of a map. */
export class MapFacts extends BufferFacts {
  readonly end: MapEnd;

  constructor(end: MapEnd) {
    super();
    this.end = end;
  }
}

const modes: readonly unknown[] = ["r", "c", "r+", "w+", null];

/** A mode, or the error for what is none. */
export function checkMmapMode(name: string, given: unknown): MmapMode | null {
  if (modes.includes(given)) return given as MmapMode | null;
  throw wrongType(name, '"r", "c", "r+", "w+" or null', given);
}

/** Whether writes in this mode reach the file. */
export function isWritable(mode: MmapMode | null): boolean {
  return mode === "r+" || mode === "w+";
}

/**
 * Maps a range of an open file.
 *
 * @param label what warnings about the map call it.
 * @param facts become what is known of the memory.
 * @param counted whether what goes with the map is worth a garbage collection.
 * @returns the memory, or `undefined` where the range is to be read instead: without a mapper (said
 * once), in a runtime that forbids buffers over memory of others (said once, too), or for a range
 * too large for `mmap-io`.
 * @throws CacheError `ERR_NATIVE` for a range beyond the 4 GiB that a map has on Node 20.
 */
export function mapRange(
  fd: number,
  offset: number,
  byteLength: number,
  mode: MmapMode,
  label: string,
  facts?: MapFacts,
  counted = false,
): Mapped | undefined {
  const chosen = mapper();
  if (liveMaps >= MOST_MAPS) {
    tooMany.warn(
      "maps",
      "ERR_NATIVE",
      `${MOST_MAPS} arrays are mapped at once, and the system allows a process little more: further ` +
        "ones are read into memory. Use release() for arrays that are not needed any more, or " +
        "return few large arrays instead of many small ones",
    );
    return undefined;
  }
  if (chosen?.name === "mmap-io" && offset + byteLength > chosen.maxBytes) return undefined;
  try {
    if (chosen) {
      return tracked(chosen.map(fd, offset, byteLength, mode, { label, counted }), facts);
    }
  } catch (error) {
    if (errorCode(error) !== "ERR_NO_EXTERNAL_BUFFERS") throw error;
  }
  warnNoMapper();
  return undefined;
}

/**
 * Maps, in mode `"r"` and in one go, what follows the head of a file.
 *
 * @param state filled as {@link fileState} has it.
 * @returns undefined where that has to be done step by step, by {@link mapRange}, which tells why.
 */
export function mapFile(
  path: string,
  head: Uint8Array,
  byteLength: number,
  state: BigUint64Array,
  facts?: MapFacts,
): Mapped | undefined {
  if (!isAllowed || liveMaps >= MOST_MAPS) return undefined;
  try {
    const buffer = mapper()?.mapFile(path, head, byteLength, state);
    return buffer && tracked({ buffer, byteOffset: 0 }, facts);
  } catch (error) {
    const code = errorCode(error);
    // Who forbids one forbids all.
    if (code === "ERR_NO_EXTERNAL_BUFFERS") isAllowed = false;
    else if (code !== "ERR_BUFFER_TOO_LARGE") throw error;
    return undefined;
  }
}

/**
 * Makes a map of mode `"r+"` one of mode `"c"`, in place: address and bytes stay.
 *
 * @param fd the file that was mapped, open.
 * @returns `false`, and nothing has changed, where that is not possible.
 */
export function makePrivate(buffer: ArrayBufferLike, fd: number): boolean {
  try {
    return mapper()?.makePrivate(buffer, fd) ?? false;
  } catch {
    return false;
  }
}

/** Unmaps a buffer at once; tells whether something was unmapped. */
export function unmap(buffer: ArrayBufferLike): boolean {
  const isUnmapped = mapper()?.release(buffer) ?? false;
  if (isUnmapped && collected.unregister(buffer)) {
    const facts = factsOf(buffer);
    ended(facts instanceof MapFacts ? facts.end : NOTHING);
  }
  return isUnmapped;
}

function tracked(mapped: Mapped, facts: MapFacts | undefined): Mapped {
  liveMaps++;
  collected.register(mapped.buffer, facts?.end ?? NOTHING, mapped.buffer);
  if (facts) setFacts(mapped.buffer, facts);
  return mapped;
}

function ended(end: MapEnd): void {
  liveMaps--;
  end.mapEnded?.();
}
