/**
 * What the cases are measured beside: other caches, and the floor, which is the work that nobody
 * can leave out.
 *
 * Each is a program of its own that is called with the name of a case, an empty directory, and the
 * numbers of runs for the warm-up and to measure, and prints a measurement as JSON.
 *
 * @module
 */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programOf } from "./program.ts";

const here = fileURLToPath(new URL("peers", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));

/** A program to run, before the names of the case and the directory. */
export type Command = readonly [program: string, ...args: string[]];

interface Peer {
  readonly command: (python: string, name: string) => Command;
  /** What has to be done for it to run; undefined where it does. */
  readonly missing?: (python: string) => string | undefined;
}

const python = (module: string, file: string, debian: string): Peer => ({
  command: (interpreter) => [interpreter, join(here, "python", file)],
  missing: (interpreter) =>
    spawnSync(interpreter, ["-c", `import ${module}, numpy`]).status === 0
      ? undefined
      : `apt-get install ${debian} python3-numpy`,
});

const node = (name: string): Peer => ({
  command: () => [process.execPath, join(here, "node/case.mjs"), name],
  missing: () =>
    existsSync(join(here, "node/node_modules")) ? undefined : "npm ci --prefix bench/peers/node",
});

/** The name of a peer. */
export type PeerName =
  | "joblib"
  | "diskcache"
  | "blosc"
  | "lmdb"
  | "cacache"
  | "memoize-fs"
  | "keyv"
  | "numcodecs"
  | "sdk"
  | "floor";

const all: Readonly<Record<PeerName, Peer>> = {
  joblib: python("joblib", "joblib_case.py", "python3-joblib"),
  diskcache: python("diskcache", "diskcache_case.py", "python3-diskcache"),
  blosc: python("blosc", "blosc_case.py", "python3-blosc"),
  lmdb: node("lmdb"),
  cacache: node("cacache"),
  "memoize-fs": node("memoize-fs"),
  keyv: node("keyv"),
  numcodecs: node("numcodecs"),
  /** The AWS SDK alone. */
  sdk: { command: () => [process.execPath, programOf("peers/sdk.ts")] },
  /** Plain system calls, and XXH3-128 in C. */
  floor: {
    command: (_, name) =>
      name.startsWith("hash")
        ? [compiled("hash")]
        : [process.execPath, programOf("peers/floor.ts")],
  },
};

/** The program of a peer, or what to do so that there is one. */
export function commandOf(
  peer: PeerName,
  caseName: string,
  interpreter: string,
): Command | { readonly missing: string } {
  const { command, missing } = all[peer];
  const todo = missing?.(interpreter);
  return todo === undefined ? command(interpreter, caseName) : { missing: todo };
}

/** Compiles a program in C, beside the C sources of xxHash that `xxhash-addon` brings. */
function compiled(name: string): string {
  const source = join(here, "c", `${name}.c`);
  const program = join(root, "build/bench", name);
  const isNew = existsSync(program) && statSync(program).mtimeMs >= statSync(source).mtimeMs;
  if (!isNew) {
    mkdirSync(join(root, "build/bench"), { recursive: true });
    const xxHash = join(root, "node_modules/xxhash-addon/xxHash");
    execFileSync("cc", ["-O3", "-march=native", `-I${xxHash}`, "-o", program, source]);
  }
  return program;
}
