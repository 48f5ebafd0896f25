/**
 * Names of temporary directories, and the end of those whose owner died.
 *
 * @module
 */

import { readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { errorCode } from "../warning.ts";

const host = hostname().replace(/[^\w.]/g, "_");

/** A name that no other thread, process or host uses: `<host>-<pid>-<random>`. */
export function temporaryName(): string {
  // Loaded here and not above: who only reads does without the 17 modules that it is made of.
  const { randomUUID } = process.getBuiltinModule("node:crypto");
  // The first two groups are 12 random digits; a UUID costs a tenth of as many random bytes.
  const random = randomUUID().replace("-", "").slice(0, 12);
  return `${host}-${process.pid}-${random}`;
}

/** What could not be removed when it was no longer needed. */
const left = new Set<string>();

/**
 * Removes a temporary directory of this process. What cannot be removed now (the disk fails, the file
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
  let names: string[];
  try {
    names = readdirSync(tmp);
  } catch {
    return;
  }
  for (const name of names) {
    const [, owner, pid] = /^([\w.]+)-(\d+)-[0-9a-f]{12}$/.exec(name) ?? [];
    if (owner !== host || isAlive(Number(pid))) continue;
    try {
      rmSync(join(tmp, name), { recursive: true, force: true });
    } catch {
      // Somebody else sweeps too, or it is not ours to remove; neither matters to this caller.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}
