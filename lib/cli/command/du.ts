/**
 * `ndmemo du`: bytes by function.
 *
 * @module
 */

import type { Command } from "commander";
import { DIR_HELP, openCache } from "../open-cache.ts";
import type { Output } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { tableLines } from "../table.ts";
import { bytesText } from "../unit.ts";

const HELP = `
Examples:
  ndmemo du
  ndmemo du cache --json | jq .total.bytes`;

/** Adds the command. */
export function addDu(program: Command, output: Output): void {
  program
    .command("du")
    .summary("bytes by function")
    .description("Sums the sizes of the files of each function, the largest first. Reads no files.")
    .argument("[DIR]", DIR_HELP)
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (dir: string | undefined, { json }: { readonly json?: boolean }) => {
      const { location, holdings } = await held(dir);
      const functions = holdings.toSorted((a, b) => b.bytes - a.bytes);
      const total = { items: 0, bytes: 0 };
      for (const { items, bytes } of functions) {
        total.items += items;
        total.bytes += bytes;
      }
      if (json) {
        output.json({ location, functions, total });
        return;
      }
      const rows = functions.map(({ functionId, items, bytes }) => row(bytes, items, functionId));
      rows.push(row(total.bytes, total.items, "total"));
      const columns = [
        { head: "SIZE", align: "right" },
        { head: "ENTRIES", align: "right" },
        { head: "FUNCTION", cut: "start" },
      ] as const;
      output.print(...tableLines(output, columns, rows));
    });
}

async function held(dir: string | undefined) {
  const entries = await openCache(dir);
  return { location: entries.location, holdings: await entries.holdings() };
}

function row(bytes: number, items: number, name: string): string[] {
  return [bytesText(bytes), items.toLocaleString("en"), safeText(name)];
}
