/**
 * Commands for `interpose.c`: the library that counts the system calls on a directory, and at one of
 * them kills the process, fails, does half of it, or removes the directory.
 *
 * It is compiled with the system's C compiler when it is first needed.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, existsSync, mkdirSync, readFileSync, readlinkSync, renameSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What happens at a call. */
export type Action =
  | "count"
  | "kill"
  /** A write is done in half, and the process is killed. */
  | "half"
  /** The call fails. */
  | "once"
  /** It and all later ones fail. */
  | "from"
  /** Every n-th read or write does half of what it is asked. */
  | "short"
  /** The directory is removed before the call. */
  | "remove";

/** Which calls count: those that change the disk, those that open something, all. */
export type Calls = "changes" | "opens" | "all";

/** What happens where. */
export interface Order {
  readonly action: Action;
  readonly calls: Calls;
  /** The number of the call, from 1. */
  readonly at: number;
  /** The name of the error of a call that fails. */
  readonly error?: string;
}

const LETTERS: Readonly<Record<Calls, string>> = { changes: "c", opens: "o", all: "a" };
const COMMAND = "/ndmemo-interpose";

/** The folder for what is built for tests; not under version control. */
export const cache: string = fileURLToPath(new URL("../../.cache/", import.meta.url));

/** Whether the library can be built and used here. */
export function canInterpose(): boolean {
  return process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;
}

/** The environment of a process whose calls are to be met. */
export function interposed(): NodeJS.ProcessEnv {
  return { ...process.env, LD_PRELOAD: library(), UV_USE_IO_URING: "0" };
}

/** Arms the library in this process, which was started with {@link interposed}, for a directory. */
export function arm(directory: string, { action, calls, at, error }: Order): void {
  const errno = error === undefined ? 0 : constants.errno[error as keyof typeof constants.errno];
  accessSync(`${COMMAND}/root${directory}`);
  accessSync(`${COMMAND}/${action}/${errno}/${at}/${LETTERS[calls]}`);
}

/** Lets everything pass from now on; returns how many calls there were. */
export function disarm(): number {
  const count = Number(readlinkSync(`${COMMAND}/count`));
  accessSync(`${COMMAND}/off/0/0/c`);
  return count;
}

/** The most bytes that this process asked for at once since this was called before. */
export function largestAllocation(): number {
  return Number(readlinkSync(`${COMMAND}/largest`));
}

function library(): string {
  const source = fileURLToPath(new URL("interpose.c", import.meta.url));
  const digest = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const path = join(cache, `interpose-${digest}.so`);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const aside = `${path}.${process.pid}`;
  const flags = ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"];
  const { status, stderr } = spawnSync("cc", [...flags, "-o", aside, source, "-ldl"]);
  if (status !== 0) throw new Error(`interpose.c cannot be compiled: ${stderr}`);
  renameSync(aside, path);
  return path;
}
