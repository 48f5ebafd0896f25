import { test } from "uvu";
import * as assert from "uvu/assert";
import { codes, compare, edits, type Files } from "./checkouts.ts";

const namespaces: Files = {
  "main.mjs": `
    import * as h from "./h.mjs";
    import * as whole from "./whole.mjs";
    const pick = (all) => Object.keys(all).length;
    export function f(x) { return h.scale(x) + h["shift"](x) + h.default(x) + h?.K + pick(whole) }
  `,
  "h.mjs": `
    export const scale = (x) => inner(x);
    export const shift = (x) => x + 1;
    export const K = 1;
    export default (x) => x - 1;
    export const unused = (x) => x / 2;
    export class Unused { m() { return 1 } }
    const inner = (x) => 2 * x;
  `,
  "whole.mjs": "export const a = 1;",
};

test("of a namespace the members count that are taken by name, and all where it is taken whole", async () => {
  compare(
    await codes(
      edits(namespaces, {
        "same with another function": ["h.mjs", "x / 2", "x / 3"],
        "same with another class": ["h.mjs", "return 1", "return 2"],
        "same with one more": ["h.mjs", "export const K", "export const L = 1; export const K"],
        "a function": ["h.mjs", "inner(x)", "-inner(x)"],
        "what it refers to": ["h.mjs", "2 * x", "3 * x"],
        "under a text": ["h.mjs", "x + 1", "x + 2"],
        "the default": ["h.mjs", "x - 1", "x - 2"],
        "a constant": ["h.mjs", "K = 1", "K = 2"],
        "one that is gone": ["h.mjs", "export const K = 1;", ""],
        "a whole one": ["whole.mjs", "a = 1", "a = 2"],
        "one more in a whole one": ["whole.mjs", "export", "export const b = 1; export"],
      }),
      "main.mjs",
    ),
  );
});

test("a member that uses its receiver brings in the rest of the namespace", async () => {
  compare(
    await codes(
      edits(
        {
          "main.mjs": 'import * as h from "./h.mjs"; export function f() { return h.m() }',
          "h.mjs": "export function m() { return this.k } export const k = 1;",
        },
        { "another export": ["h.mjs", "k = 1", "k = 2"] },
      ),
      "main.mjs",
    ),
  );
});

const common: Files = {
  "main.cjs": `
    const h = require("./h.cjs");
    const { shift } = require("./h.cjs");
    const Solver = require("./solver.cjs");
    const fn = require("./fn.cjs");
    h.patched = (x) => x;
    exports.f = (x) => h.scale(x) + shift(x) + h.patched(x) + new Solver(1).step() + fn(x) + fn.k;
  `,
  "h.cjs": `
    exports.scale = (x) => exports.inner(x);
    exports.inner = (x) => 2 * x;
    exports.shift = (x) => x + 1;
    exports.patched = (x) => x - 1;
    exports.unused = (x) => x / 2;
  `,
  "solver.cjs": "module.exports = class Solver { step() { return 1 } };",
  "fn.cjs": "module.exports = (x) => x; module.exports.k = 1;",
};

test("modules of CommonJS count by the members that are taken, as they are at the first use", async () => {
  compare(
    await codes(
      edits(common, {
        "same with another unused": ["h.cjs", "x / 2", "x / 3"],
        "same with another in place of which something was put": ["h.cjs", "x - 1", "x - 2"],
        member: ["h.cjs", "exports.inner(x)", "-exports.inner(x)"],
        "member of a member": ["h.cjs", "2 * x", "3 * x"],
        destructured: ["h.cjs", "x + 1", "x + 2"],
        "put in place": ["main.cjs", "h.patched = (x) => x", "h.patched = (x) => -x"],
        "class that is the module": ["solver.cjs", "return 1", "return 2"],
        "function that is the module": ["fn.cjs", "(x) => x", "(x) => -x"],
        "property of a function": ["fn.cjs", "k = 1", "k = 2"],
      }),
      "main.cjs",
    ),
  );
});

const exported: Files = {
  "main.mjs": `
    import fn from "./fn.mjs";
    import Class from "./class.mjs";
    import table from "./table.mjs";
    import { renamed, all, passed } from "./index.mjs";
    export const f = (x) => fn(x) + new Class().m() + table.k + renamed(x) + all.deep(x) + passed(x);
  `,
  "fn.mjs": "export default function (x) { return x + 1 }",
  "class.mjs": "export default class { m() { return 1 } }",
  "table.mjs": "export default { k: 1, f: (x) => x };",
  "index.mjs": `
    export { default as renamed } from "./renamed.mjs";
    export * as all from "./all.mjs";
    export * from "./second.mjs";
  `,
  "second.mjs": 'export { passed } from "./third.mjs";',
  "third.mjs": "export const passed = (x) => x * 2;",
  "renamed.mjs": "export default (x) => x * 3;",
  "all.mjs": "export const deep = (x) => x * 4; export const beside = 1;",
};

test("default exports and re-exports are followed to where they come from", async () => {
  compare(
    await codes(
      edits(exported, {
        "default function": ["fn.mjs", "x + 1", "x + 2"],
        "default class": ["class.mjs", "return 1", "return 2"],
        "default object": ["table.mjs", "k: 1", "k: 2"],
        "same with another member of the default object": ["table.mjs", "(x) => x", "(x) => -x"],
        "renamed default": ["renamed.mjs", "x * 3", "x ** 3"],
        "member of a namespace that is passed on": ["all.mjs", "x * 4", "x ** 4"],
        "passed on twice": ["third.mjs", "x * 2", "x ** 2"],
      }),
      "main.mjs",
    ),
  );
});

const classes: Files = {
  "main.mjs": `
    import { Solver } from "./solver.mjs";
    export const f = (x) => new Solver().run(x);
  `,
  "solver.mjs": `
    import { Base } from "./base.mjs";
    import { tolerance } from "./tolerance.mjs";
    export class Solver extends Base {
      static steps = 5;
      static limit() { return 10 }
      static #secret = 3;
      static { this.flag = 1; }
      #hidden() { return tolerance + Solver.#secret }
      get half() { return 0.5 }
      run(x) { return this.#hidden() + super.run(x) }
    }
  `,
  "base.mjs": "export class Base { run(x) { return x } }",
  "tolerance.mjs": "export const tolerance = 1e-6;",
};

test("classes count with all their members, what these refer to, and what they extend", async () => {
  const found = await codes(
    edits(classes, {
      "same with comments": ["solver.mjs", "static steps", "/* of all */ static steps"],
      "static field": ["solver.mjs", "steps = 5", "steps = 6"],
      "static method": ["solver.mjs", "return 10", "return 11"],
      "private static": ["solver.mjs", "#secret = 3", "#secret = 4"],
      "static block": ["solver.mjs", "flag = 1", "flag = 2"],
      "private method": ["solver.mjs", "return tolerance", "return -tolerance"],
      getter: ["solver.mjs", "0.5", "0.25"],
      superclass: ["base.mjs", "return x", "return -x"],
      constant: ["tolerance.mjs", "1e-6", "1e-7"],
    }),
    "main.mjs",
  );
  compare(found);
  const told = found["base"]?.reached.map(({ kind, name, file, line }) =>
    [kind, name, file ?? "", line ?? ""].join(" ").trim(),
  );
  assert.equal(told, [
    "class Solver solver.mjs 4",
    "constant Solver.tolerance",
    "class Solver extends Base base.mjs 1",
  ]);
});

test("recursion across files ends, and counts", async () => {
  compare(
    await codes(
      edits(
        {
          "main.mjs": 'import { even } from "./even.mjs"; export const f = (n) => even(n);',
          "even.mjs":
            'import { odd } from "./odd.mjs"; export const even = (n) => n === 0 || odd(n - 1);',
          "odd.mjs":
            'import { even } from "./even.mjs"; export const odd = (n) => n !== 0 && even(n - 1);',
        },
        {
          "same with comments": ["odd.mjs", "export", "/**/ export"],
          other: ["odd.mjs", "!==", ">"],
        },
      ),
      "main.mjs",
    ),
  );
});

test("200 helpers in other files count, the last of them too", async () => {
  const names = Array.from({ length: 200 }, (_, i) => `h${i}`);
  const text = names.map((name, i) => `export const ${name} = (x) => x + ${i};`).join("\n");
  const base: Files = {
    "main.mjs": `
      import { ${names} } from "./h.mjs";
      export const f = (x) => ${names.map((name) => `${name}(x)`).join("+")};
    `,
    "h.mjs": text,
  };
  const found = await codes(
    edits(base, { "same with a line": ["h.mjs", "\n", "\n\n"], last: ["h.mjs", "199;", "0;"] }),
    "main.mjs",
  );
  compare(found);
  assert.is(found["base"]?.reached.length, 200);
});

const packaged = (version: string, body: string, entry: string): Files => ({
  "main.mjs": `import { mean, own } from "./stats.mjs"; export const f = (x) => mean(x) + own(x);`,
  "stats.mjs": entry,
  "node_modules/dep/package.json": JSON.stringify({ name: "dep", version, main: "index.js" }),
  "node_modules/dep/index.js": `exports.mean = (x) => inner(x); const inner = (x) => ${body};`,
});

test("what a file passes on of a package counts by the package's version", async () => {
  for (const entry of [
    'export { mean } from "dep"; export const own = (x) => x;',
    'import dep from "dep"; export const { mean } = dep; export const own = (x) => x;',
  ]) {
    compare(
      await codes(
        {
          base: packaged("1.0.0", "x", entry),
          "same with another inside": packaged("1.0.0", "x + 1", entry),
          version: packaged("1.0.1", "x", entry),
          own: packaged("1.0.0", "x", entry.replace("=> x", "=> -x")),
        },
        "main.mjs",
      ),
    );
  }
});

test.run();
