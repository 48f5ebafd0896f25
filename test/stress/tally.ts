/**
 * What the suite found, kept in `docs/reliability.json` and shown as a table in `docs/reliability.md`.
 *
 * @module
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** One line of the table. */
export interface Result {
  /** What was done, such as "kills at every call". */
  readonly what: string;
  /** How often. */
  readonly tried: number;
  /** What must be 0, by name. */
  readonly failures: Readonly<Record<string, number>>;
  /** What else there is to say. */
  readonly note: string;
  /** How to do it again. */
  readonly command: string;
}

interface Kept extends Result {
  readonly date: string;
  readonly seconds: number;
  readonly where: string;
}

const json = fileURLToPath(new URL("../../docs/reliability.json", import.meta.url));
const page = fileURLToPath(new URL("../../docs/reliability.md", import.meta.url));
const [BEGIN, END] = ["<!-- results -->", "<!-- end of results -->"];

/** Keeps a result in the place of the last one of its name, and writes the table anew. */
export function keep(name: string, result: Result, seconds: number): void {
  const all: Record<string, Kept> = existsSync(json) ? JSON.parse(readFileSync(json, "utf8")) : {};
  const date = new Date().toISOString().slice(0, 10);
  all[name] = { ...result, date, seconds: Math.round(seconds), where: machine() };
  writeFileSync(json, `${JSON.stringify(all, null, 2)}\n`);
  writeTable();
}

/** Writes the table of the results that are kept. */
function writeTable(): void {
  const all: Record<string, Kept> = JSON.parse(readFileSync(json, "utf8"));
  const text = readFileSync(page, "utf8");
  const [before, rest = ""] = text.split(BEGIN);
  const [, after] = rest.split(END);
  writeFileSync(page, `${before}${BEGIN}\n\n${table(Object.values(all))}\n${END}${after}`);
}

function table(results: readonly Kept[]): string {
  const lines = results.map(({ what, tried, failures, note, command, date, seconds }) => {
    const found = Object.entries(failures).map(([name, count]) => `${count} ${name}`);
    const cells = [what, tried.toLocaleString("en"), found.join("<br>"), note, `\`${command}\``];
    return `| ${[...cells, `${date}, ${seconds} s`].join(" | ")} |`;
  });
  const places = new Set(results.map(({ where }) => where));
  return [
    "| | tried | found | | command | when, and how long it took |",
    "|---|---:|---|---|---|---|",
    ...lines,
    "",
    `Measured on: ${[...places].join("; ")}.`,
    "",
  ].join("\n");
}

function machine(): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  const system = `${process.platform} ${release().split("-")[0]}`;
  return `${model}, ${cpus().length} cores, ${memory} GiB, ${system}, Node ${process.versions.node}`;
}
