/**
 * `ndmemo clear`: everything, or one function.
 *
 * @module
 */

import type { Command } from "commander";
import { isConfirmed } from "../confirm.ts";
import { findFunction } from "../find-function.ts";
import { DIR_HELP, openCache } from "../open-cache.ts";
import type { Output } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { bytesText, countText } from "../unit.ts";

interface ClearOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

const HELP = `
Removes what ndmemo wrote, and nothing else. Asks first;
where nobody can be asked, --yes is needed.

Examples:
  ndmemo clear cache
  ndmemo clear cache gram
  ndmemo clear cache 'src/steps.ts#gram' --yes`;

/** Adds the command. */
export function addClear(program: Command, output: Output): void {
  program
    .command("clear")
    .summary("remove all entries, or those of one function")
    .description("Removes all entries of a cache, or those of one function.")
    .argument("[DIR]", DIR_HELP)
    .argument("[FUNCTION]", "the id of a function, or its name")
    .option("-y, --yes", "do not ask")
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (dir: string | undefined, name: string | undefined, options: ClearOptions) => {
      const entries = await openCache(dir);
      const functionId = name === undefined ? undefined : await findFunction(entries, name);
      const removed = { items: 0, bytes: 0 };
      for (const { items, bytes } of await entries.holdings(functionId)) {
        removed.items += items;
        removed.bytes += bytes;
      }
      const what =
        `${countText(removed.items, "entry", "entries")}, ${bytesText(removed.bytes)}, ` +
        `${functionId === undefined ? "" : `of ${safeText(functionId)} `}` +
        `in ${safeText(entries.location)}`;
      if (!options.yes && !(await isConfirmed(output, "clear", what))) {
        output.warn("Nothing was removed");
        return;
      }
      await entries.clear(functionId);
      await entries.flush();
      if (options.json) output.json({ location: entries.location, functionId, removed });
      else output.print(`removed  ${what}`);
    });
}
