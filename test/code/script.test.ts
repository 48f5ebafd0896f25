import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withTmp } from "../helpers/tmp.ts";

const lib = new URL("../../lib/code/inspector/captured.ts", import.meta.url).href;
const tsx = import.meta.resolve("tsx");

const driver = `
  import { Session } from "node:inspector";
  import { Inspection } from "${lib}";
  import * as main from "./main.mjs";

  const { post } = Session.prototype;
  const sent = [];
  Session.prototype.post = function (method, ...rest) {
    sent.push(method);
    return post.call(this, method, ...rest);
  };
  const inspection = new Inspection();
  for (const [name, fn] of Object.entries(main)) {
    sent.length = 0;
    const script = inspection.script(fn);
    console.log(name, JSON.stringify([script, sent.includes("Debugger.enable")]));
  }
  inspection.close();
`;

/** For each function that `main.mjs` exports, its script, and whether all scripts were listed. */
async function scripts(
  files: Record<string, string>,
): Promise<Record<string, readonly [file: string, listed: boolean]>> {
  return withTmp((folder) => {
    for (const [path, text] of Object.entries({ ...files, "driver.mjs": driver })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const args = ["--import", tsx, join(folder, "driver.mjs")];
    const root = `${pathToFileURL(folder).href}/`;
    const lines = execFileSync(process.execPath, args).toString().trim().split("\n");
    return Object.fromEntries(
      lines.map((line) => {
        const [, name = "", answer = ""] = /^(\S+) (.*)$/.exec(line) ?? [];
        const [script, listed] = JSON.parse(answer) as [string, boolean];
        return [name, [script.replace(root, ""), listed]];
      }),
    );
  });
}

const app = '{ "name": "app", "type": "module" }';
const dep = '{ "name": "dep", "version": "1.0.0", "type": "module", "exports": "./index.js" }';

test("the file of a function that its module exports is known without listing all scripts", async () => {
  const found = await scripts({
    "main.mjs": `
      export { fn } from "./barrel.mjs";
      export { scale } from "dep";
      export { default as common } from "./common.cjs";
      export { typed } from "./typed.ts";
    `,
    "package.json": app,
    "barrel.mjs": 'export { fn } from "./fn.mjs";',
    "fn.mjs": "\n// A function\nexport async function fn(x) { return x }",
    "common.cjs": "exports.k = 1;\nmodule.exports = (x) => x;",
    "typed.ts": "interface A { a: 1 }\nexport const typed = (x: A): A => x;",
    "node_modules/dep/package.json": dep,
    "node_modules/dep/index.js": "export function scale(x) { return x }",
  });
  assert.equal(found, {
    common: ["common.cjs", false],
    fn: ["fn.mjs", false],
    scale: ["node_modules/dep/index.js", false],
    typed: ["typed.ts", false],
  });
});

test("a module that passes on a function as a value of its own is not taken for its file", async () => {
  const found = await scripts({
    "main.mjs": `
      import * as dep from "dep";
      import common from "common";
      export const [first] = dep.default;
      export const { second } = common.inner;
    `,
    "node_modules/dep/package.json": dep,
    "node_modules/dep/index.js": "export default [(x) => x];",
    "node_modules/common/package.json": '{ "name": "common", "version": "1.0.0" }',
    "node_modules/common/index.js": "exports.inner = { second: (x) => x };",
  });
  assert.equal(
    Object.values(found).map(([file]) => file),
    ["node_modules/dep/index.js", "node_modules/common/index.js"],
  );
});

test("a package that exports a function of the program's is not taken for its file", async () => {
  const found = await scripts({
    "package.json": app,
    "main.mjs": 'import "./mine.ts"; export { used } from "dep";',
    "mine.ts": 'import { use } from "dep"; const mine = (x: number): number => x; use(mine);',
    "node_modules/dep/package.json": dep,
    "node_modules/dep/index.js": "export let used; export const use = (fn) => { used = fn };",
  });
  assert.equal(found, { used: ["mine.ts", true] });
});

test("scripts that no module tells are listed once for all", async () => {
  const found = await scripts({
    "main.mjs": `
      import { readFile } from "node:fs";
      import { promisify } from "node:util";
      import { make } from "./make.mjs";
      export const a = promisify(readFile);
      export const b = make();
      export const c = new Function("return 1");
    `,
    "make.mjs": "export const make = () => (x) => x;",
  });
  assert.equal(found, {
    a: ["node:internal/util", true],
    b: ["make.mjs", false],
    c: ["", false],
  });
});

test.run();
