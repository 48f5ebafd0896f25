/**
 * The command as its users run it: a process of its own.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { bundledPath } from "../helpers/bundle.ts";

/** The arguments of Node that run the command. */
export const command: readonly string[] = [bundledPath("cli")];

/** What a run came to. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command without a terminal. */
export function ndmemo(args: readonly string[], cwd?: string): Run {
  const { COLUMNS: _, ...env } = process.env;
  const options = { encoding: "utf8", env, cwd, maxBuffer: 2 ** 26 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], options);
  return { status, stdout, stderr };
}

interface TerminalOptions {
  readonly columns?: number;
  readonly answer?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs the command on a terminal of so many columns; answers the question that it asks. */
export function onTerminal(
  args: readonly string[],
  { columns = 80, answer = "", env = {} }: TerminalOptions = {},
): { readonly status: number; readonly screen: string } {
  const all = [String(columns), answer, process.execPath, ...command, ...args];
  // Node takes the terminal of a CI for one without colours.
  const { NO_COLOR: _noColor, CI: _ci, ...own } = process.env;
  const { stdout, stderr } = spawnSync("python3", ["-c", TERMINAL, ...all], {
    encoding: "utf8",
    env: { ...own, TERM: "xterm", ...env },
  });
  const [, screen = "", status = "-1"] = /^(.*)\nEXIT (\d+)\n$/s.exec(stdout) ?? [];
  if (status === "-1") throw new Error(stderr);
  return { status: Number(status), screen: screen.replaceAll("\r\n", "\n") };
}

const TERMINAL = `
import fcntl, os, pty, struct, sys, termios
columns, answer, *command = sys.argv[1:]
ready, go = os.pipe()
pid, fd = pty.fork()
if pid == 0:
    os.read(ready, 1)
    os.execvp(command[0], command)
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, int(columns), 0, 0))
os.write(go, b"x")
out = b""
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    out += data
    if answer and b"[y/N]" in out:
        os.write(fd, (answer + "\\n").encode())
        answer = ""
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(out + b"\\nEXIT %d\\n" % os.waitstatus_to_exitcode(status))
`;
