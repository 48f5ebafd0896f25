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
import { errorCode, WarnOnce } from "../../warning.ts";
import { type Mapped, type MmapMode, mapper, warnNoMapper } from "./mapper.ts";

export type { MmapMode } from "./mapper.ts";

// Linux allows a process 65,530 maps (vm.max_map_count), and aborts it when it needs one more for
// itself. A map of ours takes up to three: what was written to splits it.
const MOST_MAPS = 16_384;
const tooMany = new WarnOnce();
let liveMaps = 0;
const collected = new FinalizationRegistry<Live>(({ onEnd }) => {
  liveMaps--;
  onEnd?.();
});
const live = new WeakMap<ArrayBufferLike, Live>();

/** What has to be done when a map ends. */
interface Live {
  readonly onEnd: (() => void) | undefined;
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
 * @param onEnd called once the memory is collected or unmapped. It must not refer to the memory.
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
  onEnd?: () => void,
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
      // What is done at the end of a map gives more back than the map.
      const options = { label, counted: onEnd !== undefined };
      return tracked(chosen.map(fd, offset, byteLength, mode, options), { onEnd });
    }
  } catch (error) {
    if (errorCode(error) !== "ERR_NO_EXTERNAL_BUFFERS") throw error;
  }
  warnNoMapper();
  return undefined;
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
    liveMaps--;
    live.get(buffer)?.onEnd?.();
  }
  return isUnmapped;
}

function tracked(mapped: Mapped, end: Live): Mapped {
  liveMaps++;
  collected.register(mapped.buffer, end, mapped.buffer);
  if (end.onEnd) live.set(mapped.buffer, end);
  return mapped;
}
