import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tune } from "../../lib/index.ts";
import { reportOf } from "../../lib/tune/report.ts";
import { requires } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";

const quick = { levels: [1, 3], repeat: 1, sampleBytes: 2 ** 18 };

async function report(name = "plain"): Promise<string> {
  const waves = Float64Array.from({ length: 20_000 }, (_, i) => Math.sin(i / 500));
  const result = await tune([waves], quick);
  const arrays = result.arrays.map((array) => ({ ...array, name }));
  return reportOf(Object.assign(Object.create(result), { arrays }));
}

test("a report is one page that names no other place, and shows text as text", async () => {
  const page = await report("</script><img src=x onerror=alert(1)>");
  assert.not.match(page, /<img|<link|\bsrc\s*=\s*["'](?!x)/);
  assert.is(page.match(/<\/script>/g)?.length, 2);
  assert.match(page, /prefers-color-scheme: dark/);
});

requires(
  "chromium",
  test,
  "a report draws its plots in a browser without a network, light and dark",
  () =>
    withTmp(async (directory) => {
      const file = join(directory, "report.html");
      writeFileSync(file, await report("<b>an array</b>"));
      const { chromium } = await import("playwright-core");
      const browser = await chromium.launch({
        executablePath: "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      });
      try {
        for (const colorScheme of ["light", "dark"] as const) {
          for (const width of [1200, 380]) {
            const context = await browser.newContext({
              ...{ offline: true, colorScheme, viewport: { width, height: 900 } },
            });
            const page = await context.newPage();
            const errors: string[] = [];
            const requests: string[] = [];
            page.on("pageerror", (error) => errors.push(String(error)));
            page.on("request", (request) => requests.push(request.url()));
            await page.goto(pathToFileURL(file).href);
            assert.equal(errors, []);
            assert.equal(requests, [pathToFileURL(file).href]);
            for (const id of ["speed", "size", "array-0"]) {
              assert.ok((await page.locator(`#${id} svg`).count()) > 0, id);
              assert.ok((await page.locator(`#${id} svg circle`).count()) > 3, id);
            }
            assert.is(await page.locator("h3").innerText(), "<b>an array</b>");
            const overflow = await page.evaluate<number>(
              "document.documentElement.scrollWidth - document.documentElement.clientWidth",
            );
            assert.ok(overflow <= 0, `${overflow} pixels too wide at ${width}`);
            const shots = process.env["NDMEMO_SCREENSHOTS"];
            if (shots) {
              const path = join(shots, `${colorScheme}-${width}.png`);
              await page.screenshot({ path, fullPage: true });
            }
            await context.close();
          }
        }
      } finally {
        await browser.close();
      }
      assert.ok(existsSync(file) && readFileSync(file).byteLength > 10_000);
    }),
);

test.run();
