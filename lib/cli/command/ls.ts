/**
 * `ndmemo ls`: functions and entries.
 *
 * @module
 */

import type { Command } from "commander";
import type { Entries } from "../../call/entries/entries.ts";
import {
  type Catalog,
  catalog,
  type EntrySummary,
  type FunctionSummary,
  type Order,
} from "../catalog.ts";
import { findFunction } from "../find-function.ts";
import { DIR_HELP, openCache } from "../open-cache.ts";
import type { Output } from "../output.ts";
import { safeJson, safeText } from "../safe-text.ts";
import { type Column, tableLines } from "../table.ts";
import { ageText, bytesText, countText, parseCount, secondsText } from "../unit.ts";
import { UsageError } from "../usage-error.ts";

interface LsOptions {
  readonly limit?: string;
  readonly all?: boolean;
  readonly sort: string;
  readonly json?: boolean;
}

const SHOWN = 20;
const ORDERS: readonly string[] = ["used", "size", "age", "saves"];

const functionColumns: readonly Column[] = [
  { head: "FUNCTION", cut: "start" },
  { head: "ENTRIES", align: "right" },
  { head: "SIZE", align: "right" },
  { head: "USED", align: "right" },
  { head: "SAVES", align: "right" },
  { head: "COSTS", align: "right" },
];

const entryColumns: readonly Column[] = [
  { head: "KEY" },
  { head: "FUNCTION", cut: "start" },
  { head: "ARGUMENTS", cut: "end" },
  { head: "SIZE", align: "right" },
  { head: "AGE", align: "right", isOptional: true },
  { head: "USED", align: "right" },
  { head: "SAVES", align: "right" },
];

const HELP = `
The first table has a line for each function, the second
one for each entry:
  USED   time since the last use
  AGE    time since it was stored
  SAVES  how long computing took: what a hit saves
  COSTS  what hashing the arguments and storing the value
         took; marked (!) where that is more than loading
         each entry once saves
How often entries were loaded is not kept on the disk:
memory.stats() tells it for a running program.

Examples:
  ndmemo ls               the cache in this directory
  ndmemo ls cache gram    entries of one function
  ndmemo ls cache --sort size --all
  ndmemo ls cache --json | jq '.functions[].bytes'`;

/** Adds the command. */
export function addLs(program: Command, output: Output): void {
  program
    .command("ls")
    .summary("functions and entries: size, age, last use, seconds saved")
    .description("Lists what a cache holds. Reads manifests, no arrays.")
    .argument("[DIR]", DIR_HELP)
    .argument("[FUNCTION]", "the id of a function, or its name")
    .option("-n, --limit <N>", `show so many entries (default: ${SHOWN}; with --json all)`)
    .option("-a, --all", "show all entries")
    .option("--sort <ORDER>", `which entries come first: ${ORDERS.join(", ")}`, "used")
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (dir: string | undefined, name: string | undefined, options: LsOptions) => {
      if (!ORDERS.includes(options.sort)) {
        throw new UsageError(`--sort takes ${ORDERS.join(", ")}, not ${safeText(options.sort)}`);
      }
      const given = options.limit === undefined ? undefined : parseCount("--limit", options.limit);
      const entries = await openCache(dir);
      const functionId = name === undefined ? undefined : await findFunction(entries, name);
      const order = options.sort as Order;
      if (options.json) {
        await printJson(output, entries, functionId, options.all ? undefined : given, order);
        return;
      }
      const limit = options.all ? Number.POSITIVE_INFINITY : (given ?? SHOWN);
      const found = await catalog(entries, functionId, { limit, order });
      const held = await entries.holdings(functionId);
      const items = held.reduce((sum, each) => sum + each.items, 0);
      print(output, entries.location, found, items - found.total.items, order);
    });
}

function print(
  output: Output,
  location: string,
  { functions, entries, total }: Catalog,
  unreadable: number,
  order: Order,
): void {
  const now = Date.now() / 1000;
  const sum = `${countText(total.items, "entry", "entries")}, ${bytesText(total.bytes)}`;
  output.print(`${output.paint("bold", safeText(location))}  ${sum}`);
  if (functions.length > 0) {
    const rows = functions.map((each) => functionRow(each, now));
    const [head = "", ...lines] = tableLines(output, functionColumns, rows);
    const marked = lines.map((line, i) =>
      functions[i]?.pays === false ? output.paint("yellow", line) : line,
    );
    output.print("", head, ...marked);
  }
  if (entries.length > 0) {
    const rows = entries.map((each) => entryRow(each, now));
    output.print("", ...tableLines(output, entryColumns, rows));
  }
  const rest = total.items - entries.length;
  if (rest > 0) {
    const by = { used: "recently used", size: "large", age: "recent", saves: "expensive" }[order];
    output.print(
      "",
      output.paint("dim", `${countText(rest, "less", "less")} ${by} not shown: --all`),
    );
  }
  if (functions.some(({ pays }) => pays === false)) {
    const what = "! costs more than loading each entry once saves";
    output.print("", output.paint("yellow", what));
  }
  if (unreadable > 0) {
    const what = `${countText(unreadable, "entry", "entries")} cannot be read: see ndmemo verify`;
    output.print("", output.paint("red", what));
  }
}

function functionRow(each: FunctionSummary, now: number): string[] {
  const { functionId, items, bytes, lastUsed, secondsToCompute, secondsToCache } = each;
  return [
    safeText(functionId),
    items.toLocaleString("en"),
    bytesText(bytes),
    ageText(now - lastUsed),
    secondsText(secondsToCompute),
    `${secondsText(secondsToCache)}${each.pays === false ? " !" : ""}`,
  ];
}

function entryRow(each: EntrySummary, now: number): string[] {
  const { argsId, functionId, inputArgs, bytes, time, lastUsed, secondsToCompute } = each;
  return [
    safeText(argsId).slice(0, 8),
    safeText(functionId.slice(functionId.lastIndexOf("#") + 1)),
    safeText(inputArgs.join(", ")),
    bytesText(bytes),
    ageText(now - time),
    ageText(now - lastUsed),
    secondsText(secondsToCompute),
  ];
}

/** Entries are written as they are found where all are wanted: there may be millions. */
async function printJson(
  output: Output,
  entries: Entries,
  functionId: string | undefined,
  limit: number | undefined,
  order: Order,
): Promise<void> {
  let separator = "\n";
  let pending = `{\n"location": ${safeJson(entries.location)},\n"entries": [`;
  const write = (entry: EntrySummary): void => {
    pending += `${separator}${safeJson(entry)}`;
    separator = ",\n";
    if (pending.length < 2 ** 16) return;
    output.write(pending);
    pending = "";
  };
  const isAll = limit === undefined;
  const found = await catalog(
    entries,
    functionId,
    { limit: limit ?? 0, order },
    isAll ? write : undefined,
  );
  found.entries.forEach(write);
  const { functions, total } = found;
  output.write(
    `${pending}\n],\n"functions": ${safeJson(functions)},\n"total": ${safeJson(total)}\n}\n`,
  );
}
