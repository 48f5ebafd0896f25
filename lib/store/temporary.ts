/**
 * Names of temporary directories, and the end of those whose owner died.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { errorCode } from "../warning.ts";

const host = hostname().replace(/[^\w.]/g, "_");

/** A name that no other thread, process or host uses: `<host>-<pid>-<random>`. */
export function temporaryName(): string {
  // The first two groups are 12 random digits; a UUID costs a tenth of as many random bytes.
  const random = randomUUID().replace("-", "").slice(0, 12);
  return `${host}-${process.pid}-${random}`;
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
