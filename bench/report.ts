/**
 * Makes `bench/README.md`, its plots and the table of the README of what `npm run bench` and
 * `npm run bench:growth` measured.
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drawLines } from "./growth/plot.ts";
import { type GrowthReport, series } from "./growth/series.ts";
import { circumstances, type Report, shortTable, table } from "./table.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const results = join(here, "results");
const read = <T>(file: string): T => JSON.parse(readFileSync(join(results, file), "utf8")) as T;

const intro = `# Benchmarks

\`\`\`sh
npm ci --prefix bench/peers/node   # the peers of npm; those of Debian: python3-joblib python3-diskcache python3-blosc
npm run bench                      # every case beside its peers, most of them in nine processes each
npm run bench -- hash hit --quick  # the cases with these words in their names, three processes each
npm run bench:growth               # how cost grows
npm run bench:report               # writes this page
\`\`\`

Every process measures one case of one side, on the same bytes, after a warm-up, and the sides take turns. How many runs warm up and how many are measured is the same for all sides of a case (\`bench/cases\`); a side that is slow stops after 2 and 3 seconds. Our programs are built before, so that no loader of TypeScript is in the process, but for the first look-up of a function, whose processes have one, as have those that measure how cost grows; rows measured before that was so have the 50 MiB of one in their peak memory. A figure is the median over the processes of their medians; p99 is over all runs; peak memory is what was resident at most while measuring. Answers are compared with what they have to be. C-Blosc 1 is the peer for Blosc2, whose shuffle and zstd it has. The **floor** is the same work with plain system calls in Node, or XXH3-128 in C; others may need less, such as joblib for an array that is read into memory, where the floor is a \`readSync\` into new memory. A ratio is the time of ndmemo divided by that of the peer. A **target** is the most that a ratio or a time is meant to be; a case is reached where all its targets hold.
`;

const sections = readdirSync(results)
  .filter((file) => /^node-\d+\.json$/.test(file))
  .map((file) => {
    const report = read<Report>(file);
    const [, major] = /(\d+)/.exec(file) ?? [];
    return `## Node ${major}\n\n${circumstances(report)}.\n\n${table(report)}\n`;
  });

const growth: string[] = [];
if (existsSync(join(results, "growth.json"))) {
  const grown = read<GrowthReport>("growth.json");
  growth.push("## How cost grows", "", `${circumstances(grown)}.`, "");
  for (const [name, lines] of Object.entries(grown.series)) {
    const about = series[name];
    if (!about) continue;
    writeFileSync(join(results, `${name}.svg`), drawLines(about, lines));
    growth.push(`### ${about.title}`, "", `![${about.title}](results/${name}.svg)`, "");
  }
}

writeFileSync(join(here, "README.md"), [intro, ...sections, ...growth].join("\n"));

// The page that most people read has some rows, of one version of Node where that can do it.
const FRONT = [
  ...["hash", "hash-mapped", "hit-small", "hit-mapped", "hit-6-gib", "maps-many", "hit-read"],
  ...["miss", "store", "store-empty", "compress-f8", "reduce-size", "stampede", "import"],
];
const front = join(here, "../README.md");
const [begin, end] = ["<!-- speed: written by npm run bench:report -->", "<!-- /speed -->"];
const [before = "", after = ""] = readFileSync(front, "utf8").split(
  new RegExp(`(?<=${begin}\n)[^]*(?=${end})`),
);
const report = read<Report>("node-20.json");
const later = read<Report>("node-24.json").results.filter(({ name }) => name === "hit-6-gib");
const all = [
  ...report.results,
  ...later.map((row) => ({ ...row, title: `${row.title} (Node 24)` })),
];
const rows = FRONT.flatMap((name) => all.find((row) => row.name === name) ?? []);
const judged = report.results.filter(({ reached }) => reached !== undefined);
const missed = judged.filter(({ reached }) => !reached);
const count = `Of ${judged.length} cases with a target ${judged.length - missed.length} reach it`;
const figures = `${circumstances(report)}. ${count}; some of them:\n\n${shortTable({ results: rows })}`;
writeFileSync(front, `${before}\n${figures}\n\n${after}`);
