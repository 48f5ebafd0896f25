/**
 * A bar on the standard error for work that takes long; on a terminal only.
 *
 * @module
 */

import { createRequire } from "node:module";
import type { Output } from "./output.ts";
import { bytesText } from "./unit.ts";

/** A bar over a number of bytes. */
export interface Progress {
  update(bytes: number): void;
  stop(): void;
}

/** Begins a bar; it vanishes when it is stopped. */
export function startProgress(output: Output, totalBytes: number): Progress | undefined {
  if (!output.showsProgress || totalBytes === 0) return undefined;
  const { SingleBar } = createRequire(import.meta.url)(
    "cli-progress",
  ) as typeof import("cli-progress");
  const bar = new SingleBar({
    format: "{bar} {percentage} %  {done} of {all}",
    barsize: 20,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    clearOnComplete: true,
    // The work is synchronous: no timer would ever draw. And Ctrl-C is to end it at once.
    synchronousUpdate: true,
    gracefulExit: false,
    // What an interrupted program switched off would stay off.
    linewrap: true,
    hideCursor: null,
    stream: process.stderr,
  });
  const texts = (bytes: number) => ({ done: bytesText(bytes), all: bytesText(totalBytes) });
  bar.start(totalBytes, 0, texts(0));
  return {
    update: (bytes) => bar.update(Math.min(bytes, totalBytes), texts(bytes)),
    stop: () => bar.stop(),
  };
}
