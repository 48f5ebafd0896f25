/**
 * Programs of services that tests start.
 *
 * @module
 */

import { execFileSync } from "node:child_process";

/** Which of them are not here and how to have them; `undefined` where nothing is missing. */
export function missingPrograms(programs: readonly string[], packages: string): string | undefined {
  const missing = programs.filter((program) => {
    try {
      execFileSync("which", [program], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} missing: apt-get install --no-install-recommends ${packages}`;
}
