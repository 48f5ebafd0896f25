/**
 * Why the native addon could not be loaded, in words.
 *
 * @module
 */

import { join } from "node:path";

/**
 * What was looked for, where, and what to do: one fact a line, because it is meant to be pasted into a
 * bug report.
 *
 * @param root the directory of the package.
 * @param file the binary, where one was found.
 * @param cause what was thrown.
 */
export function nativeDiagnosis(root: string, file: string | undefined, cause: unknown): string {
  const { platform, arch, version } = process;
  const { modules, napi } = process.versions;
  // node-gyp-build looks in the root of the package unless this says otherwise.
  const { NDMEMO_PREBUILD: base = root } = process.env;
  const libc = libcName();
  const searched = [
    join(base, "build", "Release"),
    join(base, "build", "Debug"),
    join(base, "prebuilds", `${platform}-${arch}`),
  ];
  return [
    "The native addon of ndmemo could not be loaded",
    `  system: ${platform} ${arch}${libc === undefined ? "" : `, ${libc}`}`,
    `  runtime: Node ${version}, ABI ${modules}, Node-API ${napi}`,
    ...(file === undefined ? searched.map((path) => `  tried: ${path}`) : [`  tried: ${file}`]),
    `  error: ${cause instanceof Error ? cause.message.trim().replace(/\s*\n\s*/g, "; ") : cause}`,
    "  what to do: reinstall ndmemo; if no binary is shipped for this system, install a C++20 compiler",
    `  and Python, and run \`npx node-gyp rebuild\` in ${root}; or set NDMEMO_NATIVE=0 to work`,
    "  without the addon",
  ].join("\n");
}

/** Costs some milliseconds, and is therefore asked for in a diagnosis only. */
function libcName(): string | undefined {
  if (process.platform !== "linux" || process.report === undefined) return undefined;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const glibc = report.header?.glibcVersionRuntime;
  return glibc === undefined ? "musl or another libc" : `glibc ${glibc}`;
}
