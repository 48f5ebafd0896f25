/**
 * `ndmemo reduce`: eviction on request.
 *
 * @module
 */

import type { Command } from "commander";
import { checkBytes } from "../../store/bytes.ts";
import { hasLimits, type SizeLimits } from "../../store/limits/size-limits.ts";
import { DIR_HELP, openCache } from "../open-cache.ts";
import type { Output } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { bytesText, countText, parseAge, parseCount } from "../unit.ts";
import { checked, UsageError } from "../usage-error.ts";

interface ReduceOptions {
  readonly bytes?: string;
  readonly items?: string;
  readonly age?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const HELP = `
Removes the least recently used entries until every limit
holds. Units of bytes are those of 1024. What is exactly at
a limit stays.

Examples:
  ndmemo reduce cache --bytes 10G
  ndmemo reduce cache --age 30d --dry-run
  ndmemo reduce cache --items 1000 --age 1d12h`;

/** Adds the command. */
export function addReduce(program: Command, output: Output): void {
  program
    .command("reduce")
    .summary("remove the least recently used entries")
    .description("Reduces a cache to limits.")
    .argument("[DIR]", DIR_HELP)
    .option("--bytes <SIZE>", "most bytes of all files, such as 500M or 10G")
    .option("--items <N>", "most entries")
    .option("--age <TIME>", "longest time since the last use, such as 12h, 7d or 4w")
    .option("--dry-run", "only tell what would be removed")
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (dir: string | undefined, options: ReduceOptions) => {
      const { dryRun = false, json } = options;
      const limits = limitsOf(options);
      const entries = await openCache(dir);
      const reduction = await entries.reduce(limits, dryRun);
      await entries.flush();
      if (json) {
        output.json({ location: entries.location, dryRun, ...reduction });
        return;
      }
      const { removed, kept } = reduction;
      const text = ({ items, bytes }: typeof kept): string =>
        `${countText(items, "entry", "entries")}, ${bytesText(bytes)}`;
      output.print(
        output.paint("bold", safeText(entries.location)),
        `${dryRun ? "would remove" : "removed"}  ${text(removed)}`,
        `${dryRun ? "would keep  " : "kept   "}  ${text(kept)}`,
      );
    });
}

function limitsOf({ bytes, items, age }: ReduceOptions): SizeLimits {
  const limits = {
    bytes: bytes === undefined ? undefined : checked(() => checkBytes("--bytes", bytes)),
    items: items === undefined ? undefined : parseCount("--items", items),
    age: age === undefined ? undefined : parseAge(age),
  };
  if (hasLimits(limits)) return limits;
  throw new UsageError("reduce needs at least one of --bytes, --items and --age");
}
