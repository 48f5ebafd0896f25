/**
 * The course of the command, and what it says where something goes wrong: one line, never a stack.
 *
 * @module
 */

import { CommanderError } from "commander";
import { errorCode, errorMessage } from "../warning.ts";
import { Output } from "./output.ts";
import { makeProgram } from "./program.ts";
import { safeLines, safeText } from "./safe-text.ts";
import { UsageError } from "./usage-error.ts";

const WRONG = 1;
const BAD_USAGE = 2;

/** Runs the command and sets the exit code of the process. Never rejects. */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever reads our output may have had enough, as `head` has.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", onStreamError);
  // What is said about a cache can hold names of others.
  process.removeAllListeners("warning");
  process.on("warning", ({ name, message }) => {
    if (name === "CacheWarning") output.warn(`ndmemo: ${safeText(message)}`);
  });
  const output = new Output(process.stdout, process.stderr);
  try {
    await makeProgram(output).parseAsync(args, { from: "user" });
  } catch (error) {
    process.exitCode = tell(output, error);
  }
}

/** Says what went wrong; returns the exit code. */
function tell(output: Output, error: unknown): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE;
  const [first = "", ...rest] = safeLines(messageOf(error));
  output.warn(`ndmemo: ${first}`);
  for (const line of rest) output.warn(line);
  return error instanceof UsageError ? BAD_USAGE : WRONG;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  ENOSPC: "no space left",
  EROFS: "the file system is read-only",
  EIO: "the disk has an error",
};

function messageOf(error: unknown): string {
  const code = errorCode(error);
  const path = (error as { readonly path?: unknown } | null)?.path;
  const reason = REASONS[code];
  if (reason !== undefined && typeof path === "string") return `${path}: ${reason} (${code})`;
  return errorMessage(error);
}

function onStreamError(error: Error): void {
  if (errorCode(error) === "EPIPE") process.exit();
  process.exitCode = WRONG;
}
