/**
 * Permissions hold for everybody but root, whom CI may be.
 *
 * @module
 */

import { chmodSync } from "node:fs";

const NOBODY = 65_534;

/** Whether permissions keep anybody from anything: Windows knows only "read-only", and of files. */
export const hasPermissions: boolean = process.platform !== "win32";

/**
 * Runs as a user whom permissions hold for: root is nobody meanwhile, all of the process.
 *
 * @param directory a directory of `withTmp`, which only its owner can enter: everybody can then.
 */
export async function asOrdinaryUser<T>(directory: string, run: () => T | Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return run();
  chmodSync(directory, 0o755);
  process.seteuid?.(NOBODY);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}
