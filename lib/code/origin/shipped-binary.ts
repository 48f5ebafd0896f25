/**
 * Where the binary of a native package lies, for packages that ship one for each system and leave it to
 * `node-gyp-build` to find it.
 *
 * That takes a few milliseconds: forty system calls, and two packages to read. They are a part of
 * the first call of every process.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// By these the search is led elsewhere.
const DIRECTIONS = ["LIBC", "npm_config_arch", "npm_config_platform"];

/**
 * The path of the binary that a package has shipped for this system, which need not exist. Undefined
 * where another one may be meant: let the package find it then.
 */
export function shippedBinary(name: string): string | undefined {
  const { platform, arch, env, versions } = process;
  const own = `${name.toUpperCase().replaceAll("-", "_")}_PREBUILD`;
  // Where packages are in no folders, these would be somebody else's.
  if ("pnp" in versions || [own, ...DIRECTIONS].some((key) => env[key] !== undefined)) {
    return undefined;
  }
  const isLinux = platform === "linux";
  if (isLinux && existsSync("/etc/alpine-release")) return undefined;
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const folder = folders.map((each) => join(each, name)).find((each) => existsSync(each));
  // What was built here comes before what was shipped.
  if (folder === undefined || existsSync(join(folder, "build"))) return undefined;
  const file = isLinux ? "addon.napi.glibc.node" : "addon.napi.node";
  return join(folder, "prebuilds", `${platform}-${arch}`, file);
}
