/**
 * The command with its subcommands.
 *
 * @module
 */

import { Command } from "commander";
import { VERSION } from "../version.ts";
import { addClear } from "./command/clear.ts";
import { addDu } from "./command/du.ts";
import { addForget } from "./command/forget.ts";
import { addLs } from "./command/ls.ts";
import { addReduce } from "./command/reduce.ts";
import { addShow } from "./command/show.ts";
import { addTune } from "./command/tune.ts";
import { addVerify } from "./command/verify.ts";
import type { Output } from "./output.ts";
import { safeText } from "./safe-text.ts";

const HELP = `
DIR is the directory that holds ndmemo/, or ndmemo/ itself,
or s3://bucket/prefix; if left out, the current directory.
Every command takes --json and --help.

Exit codes: 0, 1 where something is wrong, 2 for wrong
arguments.

Examples:
  ndmemo ls cache
  ndmemo show cache 3fa9
  ndmemo reduce cache --bytes 10G --age 30d`;

/** Makes the command; parsing arguments with it runs a subcommand. */
export function makeProgram(output: Output): Command {
  const program = new Command("ndmemo")
    .description("Looks after a disk cache of function results.")
    .version(VERSION)
    .addHelpText("after", HELP)
    .showHelpAfterError("(--help tells what is accepted)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.write(text),
      // An argument of a user is shown as it was given.
      writeErr: (text) => output.warn(text.trimEnd().split("\n").map(safeText).join("\n")),
      getOutHelpWidth: () => Math.min(output.columns, 80),
      getErrHelpWidth: () => Math.min(output.columns, 80),
    });
  for (const add of [addLs, addShow, addDu, addVerify, addReduce, addForget, addClear, addTune])
    add(program, output);
  return program;
}
