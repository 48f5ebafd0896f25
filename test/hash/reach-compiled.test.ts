import { createRequire } from "node:module";
import { transformSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { codes, compare, edits, type Files } from "./checkouts.ts";

const source: Files = {
  "main.ts": `
    import { scale, type Options } from "./h.ts";
    import * as all from "./h.ts";
    enum Mode { A, B }
    export const f = (x: number, o?: Options): number => scale(x, o) + all.shift(x) + Mode.B;
  `,
  "h.ts": `
    export interface Options { k?: number }
    export function scale(x: number, { k = 2 }: Options = {}): number { return x * k }
    export const shift = (x: number): number => x + 1;
    export const unused = (x: number): number => x;
  `,
};

type Compiler = (text: string) => string;

const compilers: Record<string, Compiler> = {
  "esbuild to modules": (text) => transformSync(text, { loader: "ts", format: "esm" }).code,
  "esbuild to CommonJS": (text) => transformSync(text, { loader: "ts", format: "cjs" }).code,
  "tsc to modules": (text) => tsc(text, "ESNext"),
  "tsc to CommonJS": (text) => tsc(text, "CommonJS"),
};

function tsc(text: string, module: "ESNext" | "CommonJS"): string {
  const ts = createRequire(import.meta.url)("typescript") as typeof import("typescript");
  const compilerOptions = { module: ts.ModuleKind[module], target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}

for (const [name, compile] of Object.entries(compilers)) {
  test(`compiled by ${name}, a program is followed, with the same ids in every process`, async () => {
    const extension = name.endsWith("CommonJS") ? "cjs" : "mjs";
    const compiled = (files: Files): Files =>
      Object.fromEntries(
        Object.entries(files).map(([file, text]) => [
          file.replace(".ts", `.${extension}`),
          compile(text).replaceAll("./h.ts", `./h.${extension}`),
        ]),
      );
    const entry = `main.${extension}`;
    // In CommonJS, esbuild puts the exports behind getters that look them up by a variable.
    const unused = name === "esbuild to CommonJS" ? "unused" : "same with an unused edit";
    const all = edits(source, {
      [unused]: ["h.ts", "=> x;", "=> -x;"],
      helper: ["h.ts", "x * k", "x / k"],
      default: ["h.ts", "k = 2", "k = 3"],
      "of a namespace": ["h.ts", "x + 1", "x + 2"],
      enum: ["main.ts", "A, B", "A, C, B"],
    });
    const found = await codes(
      Object.fromEntries(Object.entries(all).map(([key, files]) => [key, compiled(files)])),
      entry,
    );
    compare(found);
    const again = await codes({ again: compiled(source) }, entry);
    assert.is(again["again"]?.codeId, found["base"]?.codeId);
  });
}

test.run();
