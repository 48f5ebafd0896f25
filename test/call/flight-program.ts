/**
 * Programs that call one cached function in processes and threads of their own.
 *
 * @module
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { bundledUrl } from "../helpers/bundle.ts";

/**
 * What each program has: `memory`, with the lines it says in `lines`; `note(text)`, which adds a line
 * to a file that all share; `block(ms)`; `answer(value)`, which ends it.
 */
const prologue = (): string => `
  import { appendFileSync, existsSync } from "node:fs";
  import { setTimeout } from "node:timers/promises";
  import { parentPort, workerData } from "node:worker_threads";
  import { Memory } from ${JSON.stringify(bundledUrl("index"))};
  const directory = workerData?.directory ?? process.argv[2];
  const role = workerData?.role ?? process.argv[3];
  const lines = [];
  const logger = { info: (text) => lines.push(text), warn: (text) => lines.push(text) };
  const open = (options) =>
    new Memory(directory + "/cache", { logger, verify: "size", ...options });
  const memory = open();
  const note = (text) => appendFileSync(directory + "/notes", text + "\\n");
  const block = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const isThere = (name) => existsSync(directory + "/" + name);
  const send = (message) =>
    parentPort ? parentPort.postMessage(message) : process.send(message);
  const answer = (value) => send({ value, lines });
  const ready = () => new Promise((resolve) => {
    (parentPort ?? process).once("message", resolve);
    send("ready");
  });`;

/** What a program answered. */
export interface Answer {
  readonly value: unknown;
  /** What its Memory said. */
  readonly lines: readonly string[];
}

/** A program that runs. */
export interface Program {
  /** Lets it go on after its `await ready()`. */
  start(): void;
  readonly answer: Promise<Answer>;
  /** The process; there is none of a thread. */
  readonly child: ChildProcess | undefined;
  stop(): Promise<void>;
}

/** A source as a program in a directory of its own. */
export class Programs {
  readonly directory: string;
  readonly #file: string;
  readonly #running: Program[] = [];

  constructor(directory: string, source: string) {
    this.directory = directory;
    this.#file = join(directory, "program.mjs");
    writeFileSync(this.#file, prologue() + source);
    writeFileSync(join(directory, "notes"), "");
  }

  /** Lines that the programs noted. */
  get notes(): string[] {
    return readFileSync(join(this.directory, "notes"), "utf8").split("\n").slice(0, -1);
  }

  /** Makes a file that programs see by `isThere`. */
  mark(name: string): void {
    appendFileSync(join(this.directory, name), "");
  }

  /** Resolves when a line was noted. */
  async noted(line: string): Promise<void> {
    while (!this.notes.includes(line)) await setTimeout(5);
  }

  /** Starts a process, which waits where it calls `ready`. */
  async process(role: string, options: { execPath?: string } = {}): Promise<Program> {
    const child = fork(this.#file, [this.directory, role], { execArgv: [], ...options });
    await once(child, "message");
    const answer = once(child, "message").then(([message]) => message as Answer);
    return this.#add({
      answer,
      child,
      start: () => void child.send("start"),
      async stop() {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const end = once(child, "exit");
        child.kill("SIGKILL");
        await end;
      },
    });
  }

  /** Starts a thread, which waits where it calls `ready`. */
  async thread(role: string): Promise<Program> {
    const workerData = { directory: this.directory, role };
    const worker = new Worker(this.#file, { execArgv: [], workerData });
    await once(worker, "message");
    const answer = once(worker, "message").then(([message]) => message as Answer);
    return this.#add({
      answer,
      child: undefined,
      start: () => worker.postMessage("start"),
      stop: async () => void (await worker.terminate()),
    });
  }

  /** Ends what still runs. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.map((program) => program.stop()));
  }

  #add(program: Program): Program {
    // A program that is killed has no answer, which is nobody's error.
    program.answer.catch(() => {});
    this.#running.push(program);
    return program;
  }
}

/** Runs a test with programs, and ends them. */
export async function withPrograms(
  directory: string,
  source: string,
  run: (programs: Programs) => Promise<void>,
): Promise<void> {
  const programs = new Programs(directory, source);
  try {
    await run(programs);
  } finally {
    await programs.stop();
  }
}

/** Starts all at once and gives the answers. */
export async function answersOf(programs: readonly Program[]): Promise<Answer[]> {
  for (const program of programs) program.start();
  return await Promise.all(programs.map(({ answer }) => answer));
}
