/**
 * Kills processes at random moments, again and again on one cache.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Random } from "../fuzz/random.ts";
import { GENERATIONS, IN_PLACE, STABLE } from "./churn.ts";
import { inspect } from "./inspection.ts";
import { add, type KillTally } from "./kill.ts";
import { bundled, ended } from "./worker-file.ts";

const worker = new URL("churn-worker.ts", import.meta.url);
const LONGEST_LIFE_MS = 400;
/** How many rounds the same cache lives. */
const ROUNDS = 20;

/** Kills two processes at a time until `kills` of them are dead. */
export async function killAtRandom(
  seed: number,
  kills: number,
  tally: KillTally,
  warnings: readonly string[],
): Promise<void> {
  const random = new Random(seed);
  const end = tally.kills + kills;
  while (tally.kills < end) {
    const directory = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-random-"));
    try {
      for (let round = 1; round <= ROUNDS && tally.kills < end; round++) {
        await Promise.all(
          [0, 1].map(() => killOne(directory, random.below(2 ** 31), random, tally)),
        );
        const where = `random kills, seed ${seed}, kill ${tally.kills}`;
        const scenario = { keys: STABLE, generations: GENERATIONS };
        // Going on removes everything in the end.
        const isReadOnly = round % 5 !== 0;
        add(tally, where, await inspect(directory, scenario, warnings, isReadOnly));
        const inPlace = { keys: [IN_PLACE], generations: GENERATIONS, inPlace: true };
        add(tally, where, await inspect(directory, inPlace, warnings, true));
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

async function killOne(
  directory: string,
  seed: number,
  random: Random,
  tally: KillTally,
): Promise<void> {
  const args = ["--no-warnings", bundled(worker), directory, String(seed)];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ending = ended(child);
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), ending]);
  await setTimeout(random.below(LONGEST_LIFE_MS));
  child.kill("SIGKILL");
  const { signal, code, output } = await ending;
  if (signal === "SIGKILL") tally.kills++;
  else tally.problems.push(`a process ended with ${code ?? signal}: ${output}`);
}
