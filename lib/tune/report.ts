/**
 * A report of `tune` as one page of HTML that needs no network.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { optionText, type TuneResult } from "./tune-result.ts";

const STYLE = `
:root { color-scheme: light dark; --text: #1c2024; --soft: #60646c; --page: #fff; --line: #d9dce1; }
@media (prefers-color-scheme: dark) {
  :root { --text: #edeef0; --soft: #a3a8b1; --page: #15171a; --line: #363a41; }
}
body { margin: 0 auto; max-width: 64rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--page); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
h3 { font-size: 1rem; overflow-wrap: anywhere; margin-bottom: 0; }
p, dd { color: var(--soft); } dd { margin: 0 0 1rem; } dt { font-weight: 600; }
code { color: var(--text); overflow-wrap: anywhere; }
.wide { overflow-x: auto; } .arrays { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid var(--line); }
tr.best td { font-weight: 600; }
svg { max-width: 100%; } figure { margin: 0; }
figure, figure svg { color: var(--text); background: transparent; }`;

/** The page. */
export function reportOf(result: TuneResult): string {
  const { rows, arrays, recommendations, advice, conditions } = result;
  // Inside of a script element, nothing but its end tag could do harm.
  const data = JSON.stringify({ rows, arrays }).replaceAll("<", "\\u003c");
  const script = pageScript().replaceAll("</script", "<\\/script");
  const advised = recommendations.map(({ aim, options, reason }) => {
    return `<dt>${html(aim)}</dt><dd><code>${html(optionText(options))}</code><br>${html(reason)}</dd>`;
  });
  const lines = rows.map(({ isBest, level, filter, ratio, storeSpeed, loadSpeed, seconds }) => {
    const way = level === null ? ["–", "as it is"] : [`${level}`, filter];
    const speeds = [storeSpeed, loadSpeed].map((speed) => (speed / 1e6).toFixed(0));
    const cells = [...way, ratio.toFixed(2), ...speeds, seconds.toPrecision(3)];
    return `<tr${isBest ? ' class="best"' : ""}>${cells.map((cell) => `<td>${html(cell)}</td>`).join("")}</tr>`;
  });
  const figures = arrays.map(({ name, descr, bytes }, index) => {
    const size = `${(bytes / 2 ** 20).toFixed(1)} MiB of ${descr}`;
    return `<figure><h3>${html(name)}</h3><p>${html(size)}</p><div id="array-${index}"></div></figure>`;
  });
  const disk = Math.round(conditions.diskSpeed / 1e6);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Compression of your arrays</title><style>${STYLE}</style></head><body>
<h1>Compression of your arrays</h1>
${result.isComplete ? "" : "<p>Ended early: this is what was measured until then.</p>"}
<dl>${advised.join("")}</dl><p>${html(advice)}</p>
<h2>Size against speed</h2>
<p>Each dot is a level; full ones are beaten by no other.</p><div id="speed"></div>
<h2>Size by level</h2><div id="size"></div>
<h2>Each array</h2><div class="arrays">${figures.join("")}</div>
<h2>All measurements</h2>
<p>Total: stored once and loaded ${conditions.reloads} times, with a disk of ${disk} MB/s.</p>
<div class="wide"><table><thead><tr><th>level</th><th>filter</th><th>times smaller</th>
<th>store MB/s</th><th>load MB/s</th><th>total s</th></tr></thead>
<tbody>${lines.join("")}</tbody></table></div>
<script type="application/json" id="data">${data}</script><script>${script}</script>
</body></html>
`;
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The program of the page: bundled when ndmemo was built, and here where it runs from its source. */
function pageScript(): string {
  const here = import.meta.url;
  if (!here.endsWith(".ts")) return readFileSync(new URL("./report.js", here), "utf8");
  const { buildSync } = createRequire(here)("esbuild") as typeof import("esbuild");
  const entry = fileURLToPath(new URL("./report-page.ts", here));
  const options = { bundle: true, minify: true, format: "iife", write: false } as const;
  const { outputFiles } = buildSync({ ...options, entryPoints: [entry] });
  return outputFiles[0]?.text ?? "";
}
