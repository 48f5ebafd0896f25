/**
 * The pages: code of the README, the guide and the reference, and what is complete on other pages,
 * run as a user would run it; and links.
 *
 * @module
 */

import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withTmp } from "./helpers/tmp.ts";
import { withService } from "./s3/server.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const blocks = [
  ...["README.md", "docs/guide.md", "docs/reference.md"].flatMap(blocksOf),
  // The second one has a file that Python wrote, and a test of its own.
  ...blocksOf("docs/coming-from-joblib.md").slice(0, 1),
  // The first one is a sketch.
  ...blocksOf("docs/stores.md").slice(1),
];

function blocksOf(page: string) {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code], index) => ({
    ...{ page, number: index + 1 },
    code: code as string,
  }));
}

const exampleStore = blocks.find(({ code }) => code.includes("class MemoryStore"))?.code ?? "";

test("README, guide and reference have blocks of code that are run", () => {
  assert.ok(blocks.filter(({ page }) => page === "README.md").length >= 2);
  assert.ok(blocks.filter(({ page }) => page === "docs/guide.md").length >= 8);
  assert.ok(blocks.filter(({ page }) => page === "docs/reference.md").length >= 5);
  assert.ok(blocks.filter(({ page }) => page === "docs/stores.md").length >= 3);
});

for (const { page, number, code } of blocks) {
  test(`block ${number} of ${page} runs, twice`, () =>
    withTmp(async (project) => {
      mkdirSync(join(project, "node_modules"));
      symlinkSync(root, join(project, "node_modules/ndmemo"));
      writeFileSync(join(project, "package.json"), '{ "name": "reader", "type": "module" }');
      writeFileSync(join(project, "memory-store.ts"), exampleStore);
      // A line such as `expression; // true` is a claim about its value.
      const claims = code.replace(/^(.*); \/\/ true$/gm, "if (!($1)) throw new Error('not true');");
      writeFileSync(join(project, "main.ts"), claims);
      const args = ["--import", import.meta.resolve("tsx"), "main.ts"];
      await beside(code.includes("ndmemo/s3"), async (env) => {
        for (let run = 0; run < 2; run++) {
          const options = { cwd: project, env: { ...process.env, ...env } };
          const { stderr } = await promisify(execFile)(process.execPath, args, options);
          if (stderr.includes("Calling")) assert.is(run, 0, stderr);
        }
      });
    }));
}

test("README and guide have no code of JavaScript that is not run", () => {
  for (const page of ["README.md", "docs/guide.md"]) {
    assert.not.match(readFileSync(join(root, page), "utf8"), /```(js|mjs|javascript|typescript)/);
  }
});

/** Runs something beside an S3 service, where it needs one, with what tells a program of it. */
async function beside(
  needsService: boolean,
  run: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  if (!needsService) return run({});
  const credentials = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
  const env = { AWS_REGION: "us-east-1", ...credentials };
  await withService(({ endpoint }) => run({ ...env, AWS_ENDPOINT_URL_S3: endpoint }));
}

const pages = [root, join(root, "docs")].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

/** The anchors of a page, as GitHub makes them of its headings. */
function anchors(page: string): Set<string> {
  const headings = readFileSync(page, "utf8").matchAll(/^#+ (.+)$/gm);
  const slug = ([, text = ""]: RegExpMatchArray): string =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-");
  return new Set([...headings].map(slug));
}

for (const page of pages) {
  test(`every link of ${page.slice(root.length)} leads somewhere`, () => {
    const text = readFileSync(page, "utf8").replace(/```.*?```/gs, "");
    for (const [, link = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      assert.ok(existsSync(target), link);
      if (anchor !== undefined) assert.ok(anchors(target).has(anchor), link);
    }
  });
}

test.run();
