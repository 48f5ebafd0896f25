/**
 * Scratch files from when they are made to when they go; adopt-scratch.test.ts has what is kept.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LocalStore } from "../../lib/store/local.ts";
import { unmap } from "../../lib/store/map/mapping.ts";
import { needing } from "../helpers/requirement.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { BYTES, HEAD, left, scratchIn, until } from "./scratch.ts";

const addonTest = needing("addon", test);

/** Runs a program with `location` and `scratch(byteLength)`; gives what it printed. */
function run(
  location: string,
  source: string,
  { flags = [] as string[], before = "exec", env = {} as Record<string, string> } = {},
): { stdout: string; stderr: string; signal: NodeJS.Signals | null } {
  const lib = (name: string): string => new URL(`../../lib/${name}`, import.meta.url).href;
  const program = `
    import fs from "node:fs";
    const { createScratch } = await import(${JSON.stringify(lib("store/scratch.ts"))});
    const location = ${JSON.stringify(location)};
    const scratch = (byteLength) => createScratch(location, Buffer.alloc(64), byteLength);
    const files = () => fs.readdirSync(location + "/ndmemo/tmp");
    ${source}`;
  const node = ["--import", import.meta.resolve("tsx"), ...flags];
  const args = [...node, "--input-type=module", "-e", program];
  return spawnSync("sh", ["-c", `${before} "$@"`, "sh", process.execPath, ...args], {
    ...{ encoding: "utf8", env: { ...process.env, ...env } },
  });
}

addonTest(
  "a scratch file lies in tmp, behind its head, with its disk space; memory and file are one",
  () =>
    withTmp((location) => {
      const array = scratchIn(location);
      assert.ok(array.every((byte) => byte === 0));
      assert.equal(filesIn(join(location, "ndmemo")).slice(0, 2), [".gitignore", "CACHEDIR.TAG"]);
      const [name = ""] = left(location);
      const path = join(location, "ndmemo/tmp", name);
      const { size, blocks } = statSync(path);
      assert.is(size, HEAD.byteLength + BYTES);
      if (process.platform !== "win32") assert.ok(blocks * 512 >= size);
      array[BYTES - 1] = 7;
      const bytes = readFileSync(path);
      assert.ok(bytes.subarray(0, 64).equals(HEAD));
      assert.is(bytes[bytes.length - 1], 7);
      unmap(array.buffer);
    }),
);

addonTest("a scratch file goes when its memory is released", () =>
  withTmp(async (location) => {
    const [one, two] = [scratchIn(location), scratchIn(location)];
    assert.is(left(location).length, 2);
    assert.ok(unmap(one.buffer));
    await until(() => left(location).length === 1);
    two[0] = 1;
    assert.is(readFileSync(onlyFile(location, left(location)[0] as string))[64], 1);
    unmap(two.buffer);
    await until(() => left(location).length === 0);
  }),
);

addonTest("a scratch file goes when its memory is collected", () =>
  withTmp((location) => {
    const { stdout } = run(
      location,
      `scratch(1000);
         console.log(files().length);
         for (let i = 0; i < 200 && files().length > 0; i++) {
           globalThis.gc();
           await new Promise((resolve) => setTimeout(resolve, 10));
         }
         console.log(files().length);`,
      { flags: ["--expose-gc"] },
    );
    assert.is(stdout, "1\n0\n");
  }),
);

for (const [end, source] of Object.entries({
  "the end of the program": "",
  "process.exit": "process.exit(3);",
  "an uncaught exception": 'throw new Error("end");',
})) {
  addonTest(`a scratch file goes at ${end}`, () =>
    withTmp((location) => {
      const { stdout } = run(
        location,
        `globalThis.held = scratch(1000);
           console.log(files().length);
           ${source}`,
      );
      assert.is(stdout, "1\n");
      assert.equal(left(location), []);
    }),
  );
}

if (process.platform !== "win32") {
  addonTest(
    "the scratch file of a killed process goes when another one needs space or publishes",
    () =>
      withTmp((location) => {
        const die = (): void => {
          const { signal } = run(location, 'scratch(1000); process.kill(process.pid, "SIGKILL");');
          assert.is(signal, "SIGKILL");
        };
        die();
        assert.is(left(location).length, 1);
        assert.is(run(location, "scratch(10); console.log(files().length);").stdout, "1\n");

        die();
        assert.is(left(location).length, 1);
        const store = new LocalStore(location, { durable: false });
        const draft = store.draft();
        draft.write("entry.json", [Buffer.from("{}")]);
        const key = { functionId: "f", codeId: "c".repeat(32), argsId: "a".repeat(32) };
        store.publish(draft, key, () => ({}), { replace: false, isWhole: () => true });
        assert.equal(left(location), []);
      }),
  );

  const failing = `
      try {
        scratch(64 * 2 ** 20);
      } catch ({ code, message, path }) {
        console.log(code, /^Cannot reserve 67108928 bytes .*: /.test(message), path.startsWith(location));
      }
      console.log(files().length);`;

  addonTest("a file that may not be so large is an error, and leaves no file behind", () =>
    withTmp((location) => {
      // In blocks of 512 or 1024 bytes, as the shell has it. tsx writes less than that.
      const { stdout, stderr } = run(location, failing, { before: "ulimit -f 20000; exec" });
      assert.is(stdout, "EFBIG true true\n0\n", stderr);
    }),
  );

  const ownMounts = ["-rm", "sh", "-c", 'mount -t tmpfs none "$0"', "/mnt"];
  if (process.platform === "linux" && spawnSync("unshare", ownMounts).status === 0) {
    addonTest("a full disk is an error, and leaves no file behind", () =>
      withTmp((location) => {
        const before = `exec unshare -rm sh -c 'mount -t tmpfs -o size=8m none "${location}" && exec "$@"' sh`;
        const { stdout, stderr } = run(location, failing, { before });
        assert.is(stdout, "ENOSPC true true\n0\n", stderr);
      }),
    );
  }
}

test("without the addon there is no scratch file", () =>
  withTmp((location) => {
    const source = "console.log(scratch(1000), fs.existsSync(location + '/ndmemo'));";
    const { stdout } = run(location, source, { env: { NDMEMO_NATIVE: "0" } });
    assert.is(stdout, "undefined false\n");
  }));

test.run();
