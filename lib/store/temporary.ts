/**
 * Names of temporary files and directories, and the end of those whose owner died.
 *
 * @module
 */

import { lstatSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { errorCode } from "../warning.ts";

const host = hostname().replace(/[^\w.]/g, "_");
const DIGITS = 12;
/** Random bytes cost most by the call. */
const NAMES_DRAWN = 128;
let drawn = "";
const NAME = /^([\w.]+)-(\d+)-[0-9a-f]{12}$/;

/** A name that no other thread, process or host uses: `<host>-<pid>-<random>`. */
export function temporaryName(): string {
  if (drawn.length === 0) {
    // Loaded here and not above: who only reads does without the 17 modules that it is made of.
    const { randomBytes } = process.getBuiltinModule("node:crypto");
    drawn = randomBytes((NAMES_DRAWN * DIGITS) / 2).toString("hex");
  }
  const random = drawn.slice(0, DIGITS);
  drawn = drawn.slice(DIGITS);
  return `${host}-${process.pid}-${random}`;
}

/** What could not be removed when it was no longer needed. */
const left = new Set<string>();

/**
 * Removes a temporary file or directory of this process. What cannot be removed now (the disk fails, the file
 * system has become read-only) goes with {@link removeLeft}, or is swept when this process is gone.
 * Never throws.
 */
export function removeTemporary(path: string): void {
  left.add(path);
  removeLeft();
}

/** Tries again what {@link removeTemporary} could not do. */
export function removeLeft(): void {
  for (const path of left) {
    try {
      rmSync(path, { recursive: true, force: true });
      left.delete(path);
    } catch {
      // The next writer of this process tries again.
    }
  }
}

/**
 * Removes the temporary directories of processes of this host that are gone.
 *
 * Those of other hosts stay: whether their owner lives cannot be seen from here.
 */
export function sweep(tmp: string): void {
  for (const path of orphansIn(tmp, "")) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else sweeps too, or it is not ours to remove; neither matters to this caller.
    }
  }
}

/** How long a file beside those of others has not been written to before it counts as left. */
const LEFT_MS = 60_000;
/** The name of such a file: that of {@link temporaryName} behind a dot. */
const HIDDEN = ".";

/** The path of a new temporary file in a directory that is not ours. */
export function hiddenFile(directory: string): string {
  return join(directory, HIDDEN + temporaryName());
}

/**
 * Removes the temporary files that processes of this host left in a directory that is not ours. Those
 * that were written to within the last minute stay: elsewhere, what looks like a process that is gone
 * may be one of another container with this host's name.
 */
export function sweepHidden(directory: string): void {
  for (const path of orphansIn(directory, HIDDEN)) {
    try {
      const stat = lstatSync(path);
      if (stat.isFile() && Date.now() - stat.mtimeMs > LEFT_MS) rmSync(path, { force: true });
    } catch {
      // As above.
    }
  }
}

/** What bears, behind a prefix, the temporary name of a process of this host that is gone. */
function orphansIn(directory: string, prefix: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  const isOrphan = (name: string): boolean => {
    if (!name.startsWith(prefix)) return false;
    const [, owner, pid] = NAME.exec(name.slice(prefix.length)) ?? [];
    if (owner !== host) return false;
    return Number(pid) === process.pid ? isEarlier(join(directory, name)) : !isAlive(Number(pid));
  };
  return names.filter(isOrphan).map((name) => join(directory, name));
}

/** How far a clock and the times of files may be apart. */
const SLACK_MS = 10_000;

/**
 * Whether something was made before this process began: by one with its number, as each first process of
 * a container that is started again has the number 1.
 */
function isEarlier(path: string): boolean {
  const began = Date.now() - 1000 * process.uptime();
  const modified = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return modified !== undefined && modified < began - SLACK_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}
