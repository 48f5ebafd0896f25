/**
 * Where the command writes to, and what that place can show.
 *
 * @module
 */

import { styleText } from "node:util";
import { safeJson } from "./safe-text.ts";

/** The styles that the command uses. */
export type Style = "bold" | "dim" | "green" | "red" | "yellow";

/** The standard streams, and what they can show. */
export class Output {
  readonly #out: NodeJS.WriteStream;
  readonly #error: NodeJS.WriteStream;

  constructor(out: NodeJS.WriteStream, error: NodeJS.WriteStream) {
    this.#out = out;
    this.#error = error;
  }

  /** Columns of a line; no end where this is no terminal and nobody says how wide it is. */
  get columns(): number {
    const columns = this.#out.columns ?? Number(process.env["COLUMNS"]);
    return columns > 0 ? Math.max(columns, 20) : Number.POSITIVE_INFINITY;
  }

  /** Whether a progress bar has a place. */
  get showsProgress(): boolean {
    return this.#error.isTTY === true && process.env["TERM"] !== "dumb";
  }

  /** Whether somebody is there to be asked. */
  get canAsk(): boolean {
    return process.stdin.isTTY === true && this.#error.isTTY === true;
  }

  /** Text in a style, on a terminal only and never with `NO_COLOR`. */
  paint(style: Style, text: string): string {
    const { env } = process;
    const isPlain = !this.#out.isTTY || Boolean(env["NO_COLOR"]) || env["TERM"] === "dumb";
    return isPlain || text === "" ? text : styleText(style, text);
  }

  /** Writes lines to the standard output. */
  print(...lines: readonly string[]): void {
    this.#out.write(lines.map((line) => `${line.trimEnd()}\n`).join(""));
  }

  /** Writes a value as JSON. */
  json(value: unknown): void {
    this.#out.write(`${safeJson(value, 2)}\n`);
  }

  /** Writes text as it is. */
  write(text: string): void {
    this.#out.write(text);
  }

  /** Writes a line to the standard error. */
  warn(line: string): void {
    this.#error.write(`${line}\n`);
  }
}
