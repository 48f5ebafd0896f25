/**
 * `ndmemo forget`: single entries.
 *
 * @module
 */

import type { Command } from "commander";
import type { StoredEntry } from "../../call/entries/entries.ts";
import { summaryOf } from "../catalog.ts";
import { isConfirmed } from "../confirm.ts";
import { findEntries, parseBeginning } from "../find-entries.ts";
import { DIR_HELP, openCache } from "../open-cache.ts";
import type { Output } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { type Column, tableLines } from "../table.ts";
import { bytesText, countText } from "../unit.ts";

interface ForgetOptions {
  readonly function?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const COLUMNS: readonly Column[] = [
  { head: "KEY" },
  { head: "FUNCTION", cut: "start" },
  { head: "ARGUMENTS", cut: "end" },
  { head: "SIZE", align: "right" },
];

const HELP = `
KEY is the beginning of a key in ls. Asks first; where
nobody can be asked, --yes is needed. Unless each KEY is
that of one entry, nothing is removed, and the exit code
is 1 where there is no such entry, 2 where there are
several.

Examples:
  ndmemo forget cache 3fa9
  ndmemo forget cache 3fa9 e07c --yes
  ndmemo forget cache 3fa9 --function gram
  ndmemo forget cache 2ad0/3fa9    of the code 2ad0…`;

/** Adds the command. */
export function addForget(program: Command, output: Output): void {
  program
    .command("forget")
    .summary("remove single entries")
    .description("Removes single entries; they are computed again when they are asked for.")
    .argument("<DIR>", DIR_HELP.replace(" (default: .)", ""))
    .argument("<KEY...>", "the beginnings of the keys of entries")
    .option("-f, --function <FUNCTION>", "the function, where several have entries of a key")
    .option("-y, --yes", "do not ask")
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (dir: string, keys: readonly string[], options: ForgetOptions) => {
      const beginnings = keys.map(parseBeginning);
      const entries = await openCache(dir);
      const { location } = entries;
      const found = await findEntries(entries, beginnings, options.function);
      const what = sumOf(found, location);
      const list = linesOf(output, found);
      if (!options.yes && !(await isConfirmed(output, "forget", what, list))) {
        output.warn("Nothing was removed");
        return;
      }
      const removed: StoredEntry[] = [];
      try {
        for (const entry of found) {
          if (await entries.remove(entry.manifest.key)) removed.push(entry);
          else tellGone(output, entry);
        }
        await entries.flush();
      } finally {
        if (options.json) output.json(reportJson(removed, location));
        else if (options.yes) output.print(...linesOf(output, removed), "");
        if (!options.json) output.print(`removed  ${sumOf(removed, location)}`);
      }
    });
}

/** Somebody else removed it since it was found. */
function tellGone(output: Output, { path }: StoredEntry): void {
  output.warn(`${safeText(path)} was gone already`);
  process.exitCode = 1;
}

function linesOf(output: Output, found: readonly StoredEntry[]): string[] {
  const rows = found.map((entry) => {
    const { argsId, functionId, inputArgs, bytes } = summaryOf(entry);
    const args = inputArgs.join(", ");
    return [argsId.slice(0, 8), safeText(functionId), safeText(args), bytesText(bytes)];
  });
  return tableLines(output, COLUMNS, rows);
}

function sumOf(found: readonly StoredEntry[], location: string): string {
  const count = countText(found.length, "entry", "entries");
  return `${count}, ${bytesText(bytesOf(found))}, in ${safeText(location)}`;
}

function reportJson(removed: readonly StoredEntry[], location: string): unknown {
  const sums = { items: removed.length, bytes: bytesOf(removed) };
  return { location, removed: sums, entries: removed.map(summaryOf) };
}

function bytesOf(found: readonly StoredEntry[]): number {
  return found.reduce((sum, { bytes }) => sum + bytes, 0);
}
