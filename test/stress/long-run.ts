/**
 * Two processes that do everything to one cache for minutes.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesIn } from "../helpers/tmp.ts";
import { bundled, ended } from "./worker-file.ts";

/** What a process holds. */
export interface Held {
  /** Bytes of its heap, of all its memory, and of memory outside the heap that V8 knows. */
  readonly heapUsed: number;
  readonly rss: number;
  readonly external: number;
  /** Open files. */
  readonly descriptors: number;
  /** Maps of files of the cache. */
  readonly maps: number;
}

/** What one process tells. */
export interface LongReport {
  readonly done: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  readonly early: Held;
  readonly late: Held;
}

/** What came of a long run. */
export interface LongTally {
  readonly seconds: number;
  readonly processes: readonly LongReport[];
  /** Files in `tmp/` at the end, and files in the store. */
  readonly temporary: number;
  readonly files: number;
  readonly problems: string[];
}

const worker = new URL("churn-worker.ts", import.meta.url);

/** By how much the memory of a process may grow once a tenth of the time is over. */
const MOST_GROWTH = 48 * 2 ** 20;

/** Runs two processes on one cache for so many seconds. */
export async function runLong(seconds: number): Promise<LongTally> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-long-"));
  const problems: string[] = [];
  try {
    const processes = await Promise.all(
      [1, 2].map(async (seed) => {
        const args = ["--no-warnings", "--expose-gc", bundled(worker), directory];
        const child = spawn(process.execPath, [...args, String(seed), String(seconds)], {
          stdio: ["ignore", "pipe", "pipe"],
        });
        const { code, signal, output } = await ended(child);
        const line = output.split("\n").find((text) => text.startsWith('{"done"'));
        if (code === 0 && line !== undefined) return JSON.parse(line) as LongReport;
        problems.push(`process ${seed} ended with ${code ?? signal}: ${output}`);
        return undefined;
      }),
    );
    const reports = processes.filter((report) => report !== undefined);
    for (const report of reports) problems.push(...report.problems, ...growth(report));
    const tmp = join(directory, "ndmemo", "tmp");
    const temporary = existsSync(tmp) ? readdirSync(tmp).length : 0;
    if (temporary > 0) problems.push(`${temporary} files in tmp/`);
    const files = filesIn(directory).length;
    return { seconds, processes: reports, temporary, files, problems };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function growth({ early, late }: LongReport): string[] {
  const problems: string[] = [];
  if (late.rss - early.rss > MOST_GROWTH) problems.push(`memory grew to ${late.rss} bytes`);
  // What is collected is unmapped by finalizers, some of which may still be to come.
  if (late.maps > early.maps + 20) problems.push(`maps grew from ${early.maps} to ${late.maps}`);
  if (late.descriptors > early.descriptors + 2) {
    problems.push(`descriptors grew from ${early.descriptors} to ${late.descriptors}`);
  }
  return problems;
}
