/**
 * When entries were last used: the modification time of a manifest, and uses not yet written there.
 *
 * A hit that renewed the stamp each time would pay for a write. So a stamp that is younger than a
 * minute is left as it is, and the use is remembered here, for all stores of this thread; it is
 * written when too many are remembered and when the process (or worker) exits. Other processes
 * therefore see a use with an error of at most a minute, and so they do after a kill.
 *
 * @module
 */

import { lstatSync, utimesSync } from "node:fs";
import { now } from "./clock.ts";
import { manifestPath } from "./layout.ts";

const RESOLUTION_MS = 60_000;
const MOST_REMEMBERED = 10_000;

/** A use that is not written yet. */
interface Use {
  /** When it was, in milliseconds since 1970. */
  time: number;
  /** What the stamp of the manifest was when it was looked at. */
  readonly stamp: number;
}

/**
 * Uses by the digest of the arguments, by the directory of the code: a hit has both as strings whose
 * hashes are known or cheap, while the path of a manifest is new each time.
 */
const remembered = new Map<string, Map<string, Use>>();
let count = 0;
let isListening = false;

/**
 * Takes down another use of an entry, unless its stamp has to be looked at for {@link noteUse}: it was
 * not looked at yet, or was then what would be a minute old by now. It may be younger, never older.
 */
export function noteUseAgain(code: string, argsId: string): boolean {
  const use = remembered.get(code)?.get(argsId);
  if (use === undefined) return false;
  const time = now();
  if (Math.abs(time - use.stamp) > RESOLUTION_MS) return false;
  use.time = time;
  return true;
}

/**
 * Takes down a use of an entry.
 *
 * @param code the directory of the code.
 * @param stamp the modification time of the manifest, in milliseconds since 1970.
 */
export function noteUse(code: string, argsId: string, stamp: number): void {
  const time = now();
  // A stamp from the future would keep its entry for as long as the clock was wrong.
  if (Math.abs(time - stamp) > RESOLUTION_MS) {
    write(manifestPath(code, argsId), time);
    return;
  }
  let uses = remembered.get(code);
  if (!uses) {
    uses = new Map();
    remembered.set(code, uses);
    if (!isListening) listen();
  }
  const before = uses.size;
  uses.set(argsId, { time, stamp });
  count += uses.size - before;
  if (count > MOST_REMEMBERED) writeFirst();
}

/** The last use of an entry, in milliseconds since 1970, given the stamp of its manifest. */
export function lastUseOf(code: string, argsId: string, stamp: number): number {
  return Math.max(stamp, remembered.get(code)?.get(argsId)?.time ?? stamp);
}

/** Writes all remembered uses to the manifests, for other processes to see. */
export function writeUses(): void {
  for (const [code, uses] of remembered) {
    for (const [argsId, { time }] of uses) renew(manifestPath(code, argsId), time);
  }
  remembered.clear();
  count = 0;
}

/** Writes the first use of the first code. */
function writeFirst(): void {
  for (const [code, uses] of remembered) {
    for (const [argsId, { time }] of uses) {
      uses.delete(argsId);
      count--;
      renew(manifestPath(code, argsId), time);
      return;
    }
    remembered.delete(code);
  }
}

function listen(): void {
  isListening = true;
  process.on("exit", writeUses);
}

/** Another process may have written a later use, or there may be another entry now, or none. */
function renew(manifest: string, time: number): void {
  try {
    const stat = lstatSync(manifest, { throwIfNoEntry: false });
    if (stat && stat.mtimeMs < time) write(manifest, time);
  } catch {
    // Nothing that a hit, or the end of a process, should fail for.
  }
}

function write(manifest: string, time: number): void {
  try {
    utimesSync(manifest, time / 1000, time / 1000);
  } catch {
    // A store that can only be read still serves hits; it just does not learn of them.
  }
}
