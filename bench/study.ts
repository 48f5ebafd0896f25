/**
 * The study of docs/compression.md: three data sets of `vega-datasets` as arrays, measured by the
 * command `ndmemo tune`; the tables and plots of the document are what it gives.
 *
 * ```sh
 * node --import tsx bench/study.ts
 * ```
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { dump } from "ndmemo";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = createRequire(import.meta.url).resolve("vega-datasets");
const docs = join(root, "docs/compression");

const text = (name: string): string => readFileSync(join(folder, "../../data", name), "utf8");
const table = (name: string): string[][] =>
  text(name)
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

interface Flight {
  readonly delay: number;
  readonly distance: number;
  readonly time: number;
}

/** Delays in minutes, distances in miles, and hours of the day. */
function flights(): object {
  const rows = JSON.parse(text("flights-200k.json")) as Flight[];
  return {
    delay: Int32Array.from(rows, ({ delay }) => delay),
    distance: Float64Array.from(rows, ({ distance }) => distance),
    time: Float64Array.from(rows, ({ time }) => time),
  };
}

/** The distances in kilometres between 2,500 places in the order of their postal codes. */
function distances(): Float64Array {
  const places = table("zipcodes.csv").slice(0, 2500);
  const [lat, lon] = [1, 2].map((column) =>
    Float64Array.from(places, (row) => (Number(row[column]) * Math.PI) / 180),
  ) as [Float64Array, Float64Array];
  const n = places.length;
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const [a, b] = [lat[i] as number, lat[j] as number];
    const half = Math.sin(((lon[i] as number) - (lon[j] as number)) / 2) ** 2;
    const chord = Math.sin((a - b) / 2) ** 2 + Math.cos(a) * Math.cos(b) * half;
    return 12_742 * Math.asin(Math.sqrt(Math.min(1, chord)));
  });
}

/** Measured numbers with one decimal, and what is computed of them: daily means over 30 days. */
function weather(): object {
  const rows = table("weather.csv");
  const [rain, most, least] = [2, 3, 4].map((column) =>
    Float64Array.from(rows, (row) => Number(row[column])),
  ) as [Float64Array, Float64Array, Float64Array];
  const mean = most.map((value, i) => (value + (least[i] as number)) / 2);
  const smooth = mean.map((_, i) => {
    const days = mean.subarray(Math.max(0, i - 29), i + 1);
    return days.reduce((sum, value) => sum + value, 0) / days.length;
  });
  return { rain, most, least, smooth };
}

const sets = { flights: flights(), distances: distances(), weather: weather() };
const directory = mkdtempSync(join(tmpdir(), "ndmemo-study-"));
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
try {
  for (const [name, value] of Object.entries(sets)) {
    const file = join(directory, name);
    const html = join(directory, `${name}.html`);
    dump(value, file);
    const command = [join(root, "lib/cli.ts"), "tune", file, "--html", html];
    const output = execFileSync(process.execPath, ["--import", "tsx", ...command], {
      ...{ cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
    });
    writeFileSync(join(docs, `${name}.txt`), output);
    const page = await browser.newPage({ viewport: { width: 760, height: 900 } });
    await page.goto(pathToFileURL(html).href);
    for (const id of ["speed", "size"]) {
      // The last one is the plot: others are those of its legend.
      const svg = await page
        .locator(`#${id} svg`)
        .last()
        .evaluate((element) => {
          element.setAttribute("xmlns", "http://www.w3.org/2000/svg");
          // Readable on a dark page, too.
          element.setAttribute("style", "color: #1c2024; background: #fff");
          return element.outerHTML;
        });
      writeFileSync(join(docs, `${name}-${id}.svg`), `${svg}\n`);
    }
    await page.close();
    console.log(`${name}\n${output}`);
  }
} finally {
  await browser.close();
  rmSync(directory, { recursive: true, force: true });
}
