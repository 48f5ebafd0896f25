/**
 * Lines on logarithmic axes, as a picture that is readable on light and on dark pages.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { JSDOM } from "jsdom";
import { duration } from "../table.ts";
import type { Line, Series } from "./series.ts";

const SUFFIXES = ["", "k", "M", "G"];
const STYLE = "svg{color:#1f2328}@media(prefers-color-scheme:dark){svg{color:#d1d7e0}}";

/** A series as SVG. */
export function drawLines({ axis, cost }: Series, lines: readonly Line[]): string {
  const points = lines.flatMap(({ line, points }) => points.map((point) => ({ line, ...point })));
  const sizes = points.map(({ size }) => size);
  const isBytes = axis.startsWith("bytes");
  const isWide = Math.max(...sizes) / Math.min(...sizes) > 10;
  const picture = Plot.plot({
    document: new JSDOM("").window.document,
    ...{ width: 760, height: 380, marginRight: 190, marginLeft: 60, marginBottom: 40, grid: true },
    x: {
      ...(isWide ? ({ type: "log", base: isBytes ? 2 : 10 } as const) : {}),
      ...{ label: axis, ticks: isWide ? 8 : sizes.length / lines.length },
      tickFormat: (size: number) => (isBytes ? short(size, 1024) : short(size, 1000)),
    },
    y: { type: "log", label: cost, tickFormat: (seconds: number) => tick(seconds) },
    color: { scheme: "observable10" },
    marks: [
      Plot.line(points, { x: "size", y: "seconds", stroke: "line", marker: "circle" }),
      Plot.text(
        lines.map(({ line, points }) => ({ line, ...points.at(-1) })),
        { x: "size", y: "seconds", text: "line", fill: "line", textAnchor: "start", dx: 8 },
      ),
    ],
  });
  picture.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  picture.setAttribute("style", "max-width:100%");
  return `${picture.outerHTML.replace("<style>", `<style>${STYLE}`)}\n`;
}

function short(size: number, base: number): string {
  const step = Math.min(SUFFIXES.length - 1, Math.floor(Math.log(size) / Math.log(base) + 1e-9));
  return `${Number((size / base ** step).toPrecision(3))}${SUFFIXES[step]}`;
}

/** Only powers of ten are written. */
function tick(seconds: number): string {
  const power = Math.log10(seconds);
  return Math.abs(power - Math.round(power)) < 1e-9 ? duration(seconds).replace(".0 ", " ") : "";
}
