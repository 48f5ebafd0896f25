/**
 * The question before something is removed.
 *
 * @module
 */

import { createInterface } from "node:readline";
import type { Output } from "./output.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Asks on the terminal whether to remove something; anything but yes is no.
 *
 * @param command the name of the command that asks.
 * @param what it removes, as safe text.
 * @param list lines that tell more of it, shown before the question.
 * @throws UsageError where nobody can be asked.
 */
export async function isConfirmed(
  output: Output,
  command: string,
  what: string,
  list: readonly string[] = [],
): Promise<boolean> {
  if (!output.canAsk) {
    throw new UsageError(`${command} asks before it removes, and this is no terminal: give --yes`);
  }
  for (const line of list) output.warn(line);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve) => {
      prompt.once("close", () => resolve(false));
      prompt.question(`Remove ${what}? [y/N] `, (answer) => {
        resolve(/^y(es)?$/i.test(answer.trim()));
      });
    });
  } finally {
    prompt.close();
  }
}
