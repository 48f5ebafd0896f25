import assert from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Series, Work } from "./series.ts";

const CALLS = 2000;

/** Processes that are ready do their calls at once; a line tells each to start, and each is done. */
async function together(kind: string, count: number, directory: string): Promise<Work> {
  const caller = fileURLToPath(new URL("caller.ts", import.meta.url));
  const args = ["--import", "tsx", caller, kind, `${CALLS}`, directory];
  const children = Array.from({ length: count }, (_, i) =>
    spawn(process.execPath, [...args, `${i}`], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  const lines = children.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]());
  const all = async (said: string): Promise<void> => {
    for (const line of lines) assert.equal((await line.next()).value, said);
  };
  await all("ready");
  return {
    ...{ once: true, pieces: CALLS },
    async run() {
      for (const { stdin } of children) stdin.end("go\n");
      await all("done");
      await Promise.all(children.map((child) => child.exitCode ?? once(child, "exit")));
    },
  };
}

export const processes: Series = {
  title: "One store, by the processes that use it at once",
  axis: "processes",
  cost: "seconds a call, in each process",
  sizes: [1, 2, 3, 4],
  lines: {
    "hits of one entry": {
      measure: (count, directory) => together("hit", count, directory),
    },
    "misses, other arguments in each": {
      measure: (count, directory) => together("miss", count, directory),
    },
  },
};
