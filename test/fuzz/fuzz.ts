/**
 * Hostile bytes for everything that reads files, in processes that may die of them.
 *
 * @module
 */

import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ended, start } from "../stress/worker-file.ts";

/** What one worker tells. */
export interface FuzzReport {
  /** How many inputs each target was given. */
  readonly inputs: Record<string, number>;
  /** How many of them were read without complaint. */
  accepted: number;
  readonly problems: string[];
}

/** What came of many inputs. */
export interface FuzzTally {
  inputs: Record<string, number>;
  accepted: number;
  /** Processes that died or hung. */
  crashes: number;
  readonly problems: string[];
}

/** A tally without inputs. */
export function newFuzzTally(): FuzzTally {
  return { inputs: {}, accepted: 0, crashes: 0, problems: [] };
}

const worker = new URL("worker.ts", import.meta.url);
/** Inputs that are tried each time, and changed like those that are accepted. */
const corpus = fileURLToPath(new URL("corpus/", import.meta.url));
const MOST_SECONDS_PER_INPUT = 5;

/** Gives every target `count` inputs that follow from a seed, in a process of their own. */
export async function fuzz(
  seed: number,
  count: number,
  tally: FuzzTally,
  only: string = "",
): Promise<void> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-fuzz-"));
  try {
    const child = start(worker, [directory, String(seed), String(count), corpus, only]);
    const current = join(directory, "current");
    let last = "";
    const watch = setInterval(() => {
      const now = existsSync(current) ? readFileSync(current, "latin1") : "";
      if (now !== "" && now === last) child.kill("SIGKILL");
      last = now;
    }, MOST_SECONDS_PER_INPUT * 1000);
    const { code, signal, output } = await ended(child);
    clearInterval(watch);
    const line = output.split("\n").find((text) => text.startsWith('{"inputs"'));
    if (code !== 0 || line === undefined) {
      tally.crashes++;
      const input = existsSync(current) ? readFileSync(current, "latin1") : "none";
      const how = `seed ${seed} ended with ${code ?? signal}`;
      tally.problems.push(`${how}: ${output.slice(0, 2000)}\n  input: ${input.slice(0, 4000)}`);
      return;
    }
    const report = JSON.parse(line) as FuzzReport;
    for (const [name, inputs] of Object.entries(report.inputs)) {
      tally.inputs[name] = (tally.inputs[name] ?? 0) + inputs;
    }
    tally.accepted += report.accepted;
    tally.problems.push(...report.problems);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
