/**
 * `ndmemo verify`: every checksum.
 *
 * @module
 */

import type { Command } from "commander";
import type { Entries } from "../../call/entries/entries.ts";
import type { Damage, FoundEntry, Verification } from "../../call/verify/verify.ts";
import { DIR_HELP, openCache } from "../open-cache.ts";
import type { Output } from "../output.ts";
import { startProgress } from "../progress.ts";
import { safeText } from "../safe-text.ts";
import { bytesText, countText } from "../unit.ts";

interface CommandOptions {
  readonly repair?: boolean;
  readonly json?: boolean;
}

const HELP = `
Reads everything, and compares it with the checksums that
were written with it. Exits with 1 where something is
damaged, also where --repair removed it.
Entries that a program opened for writing (mmapMode "r+")
are modified in place: they have no checksum any more, and
are not damaged. Files that ndmemo did not write are named
and left alone.

Examples:
  ndmemo verify
  ndmemo verify cache --repair    they are computed again
  ndmemo verify cache --json | jq '.damaged[].path'`;

/** Adds the command. */
export function addVerify(program: Command, output: Output): void {
  program
    .command("verify")
    .summary("compare everything with its checksums")
    .description("Finds entries that are damaged.")
    .argument("[DIR]", DIR_HELP)
    .option("--repair", "remove what is damaged")
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (dir: string | undefined, { repair = false, json }: CommandOptions) => {
      const entries = await openCache(dir);
      const found = await verify(entries, output, repair);
      if (found.damaged.length > 0) process.exitCode = 1;
      if (json) output.json({ location: entries.location, ...found });
      else print(output, entries.location, found);
    });
}

async function verify(entries: Entries, output: Output, repair: boolean): Promise<Verification> {
  const holdings = output.showsProgress ? await entries.holdings() : [];
  const total = holdings.reduce((sum, { bytes }) => sum + bytes, 0);
  const progress = startProgress(output, total);
  try {
    return await entries.verify({ repair, onProgress: ({ bytes }) => progress?.update(bytes) });
  } finally {
    progress?.stop();
  }
}

function print(output: Output, location: string, found: Verification): void {
  const { checked, damaged, modified, foreign, removed } = found;
  for (const [path, files] of grouped(damaged)) {
    const [first] = files;
    output.print(`${output.paint("red", labelOf(files))}  ${safeText(path)}`);
    output.print(`         ${nameOf(first)}`);
    for (const { file, reason } of files) {
      output.print(`         ${file === "" ? "" : `${safeText(file)}: `}${safeText(reason)}`);
    }
  }
  for (const entry of modified) {
    output.print(`${output.paint("yellow", "modified in place")}  ${safeText(entry.path)}`);
  }
  for (const { path, file } of foreign) {
    output.print(`${output.paint("dim", "not ndmemo's")}  ${safeText(path)}/${safeText(file)}`);
  }
  const bad = new Set(damaged.map(pathOf)).size;
  const verdict =
    bad === 0
      ? output.paint("green", "nothing damaged")
      : output.paint(
          "red",
          `${countText(bad, "place")} ${damaged.every(isUnreadable) ? "unreadable" : "damaged"}`,
        );
  const gone = removed.bytes + removed.items === 0 ? "" : `, ${bytesText(removed.bytes)} removed`;
  output.print(
    `${safeText(location)}: ${countText(checked.items, "entry", "entries")}, ` +
      `${bytesText(checked.bytes)} read, ${verdict}${gone}`,
  );
}

function labelOf(files: readonly Damage[]): string {
  if (files.every(isUnreadable)) return "unreadable";
  return files.some(({ removed }) => removed) ? "removed" : "damaged";
}

/** Whether nothing is known about what is in the file. */
function isUnreadable({ reason }: Damage): boolean {
  return reason.startsWith("it cannot be read");
}

function pathOf({ path }: Damage): string {
  return path;
}

function nameOf(entry: FoundEntry | undefined): string {
  const { functionId = "", argsId = "" } = entry ?? {};
  return `${safeText(functionId)} ${safeText(argsId)}`;
}

function grouped(damaged: readonly Damage[]): Map<string, Damage[]> {
  const groups = new Map<string, Damage[]>();
  for (const each of damaged) {
    const group = groups.get(each.path) ?? [];
    group.push(each);
    groups.set(each.path, group);
  }
  return groups;
}
