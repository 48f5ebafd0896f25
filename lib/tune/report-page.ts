/**
 * The program inside a report: draws the plots in a browser. An entry point of its own.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import type { TunedArray, TuneRow } from "./result.ts";

/** The parts of a page that are used here; the other files of ndmemo know no browser. */
interface PageElement {
  readonly clientWidth: number;
  readonly textContent: string | null;
  replaceChildren(...children: unknown[]): void;
}
declare const document: { getElementById(id: string): PageElement | null };
declare function addEventListener(type: "resize", listener: () => void): void;

/** What the page is given. */
interface Data {
  readonly rows: readonly TuneRow[];
  readonly arrays: readonly TunedArray[];
}

const MARGIN = { marginLeft: 60, marginRight: 20, marginBottom: 44, marginTop: 28 };
const filters = ["none", "shuffle", "bitshuffle"];
// Told apart on white and on near-black, also by people who see few colours.
const colors = { domain: filters, range: ["#8a8f98", "#2f8fd0", "#e0782f"], legend: true };

function packed(rows: readonly TuneRow[]): readonly TuneRow[] {
  return rows.filter(({ level, filter }) => level !== null && filter !== "chosen");
}

function drawSpeed(rows: readonly TuneRow[], width: number): unknown {
  const shown = packed(rows);
  const speed = ({ loadSpeed }: TuneRow): number => loadSpeed / 1e6;
  return Plot.plot({
    ...{ width, height: 340, ...MARGIN, color: colors, grid: true },
    x: { label: "times smaller →", nice: true },
    y: { label: "↑ load, MB/s", type: "log", nice: true },
    marks: [
      Plot.dot(shown, { x: "ratio", y: speed, stroke: "filter", r: 4 }),
      Plot.dot(shown, {
        filter: ({ isBest }: TuneRow) => isBest,
        ...{ x: "ratio", y: speed, fill: "filter", r: 5 },
      }),
      Plot.text(shown, { x: "ratio", y: speed, text: ({ level }: TuneRow) => `${level}`, dy: -11 }),
    ],
  });
}

function drawSize(rows: readonly TuneRow[], width: number, height: number): unknown {
  const shown = packed(rows);
  const part = ({ ratio }: TuneRow): number => 100 / ratio;
  return Plot.plot({
    ...{ width, height, ...MARGIN, color: { ...colors, legend: false }, grid: true },
    x: { label: "level →", type: "point" },
    y: { label: "↑ size, % of the array", zero: true, nice: true },
    marks: [
      Plot.ruleY([0]),
      Plot.line(shown, { x: "level", y: part, stroke: "filter", strokeWidth: 2 }),
      Plot.dot(shown, { x: "level", y: part, fill: "filter", r: 3 }),
    ],
  });
}

function draw({ rows, arrays }: Data): void {
  const put = (id: string, make: (width: number) => unknown): void => {
    const place = document.getElementById(id);
    if (place) place.replaceChildren(make(Math.max(280, place.clientWidth)));
  };
  put("speed", (width) => drawSpeed(rows, width));
  put("size", (width) => drawSize(rows, width, 300));
  for (const [index, array] of arrays.entries()) {
    put(`array-${index}`, (width) => drawSize(array.rows, width, 200));
  }
}

const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as Data;
draw(data);
addEventListener("resize", () => draw(data));
