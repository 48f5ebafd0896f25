import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LocalStore } from "../../lib/store/local.ts";
import { unmap } from "../../lib/store/map/mapping.ts";
import { adoptScratch, createScratch } from "../../lib/store/scratch.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";

const HEAD = Buffer.alloc(64, "head");
const BYTES = 300_000;
const addonTest = needing("addon", test);

function scratchIn(location: string, byteLength: number = BYTES): Uint8Array {
  const mapped = createScratch(location, HEAD, byteLength);
  if (mapped === undefined) throw new Error("nothing was mapped");
  return new Uint8Array(mapped.buffer, mapped.byteOffset, byteLength);
}

/** What `tmp/` holds. */
function left(location: string): string[] {
  const tmp = join(location, "ndmemo/tmp");
  return existsSync(tmp) ? filesIn(tmp) : [];
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries++) await setTimeout(10);
  assert.ok(condition());
}

function draftIn(location: string): string {
  const draft = join(location, "ndmemo/tmp/draft");
  mkdirSync(draft, { recursive: true });
  return join(draft, "0-0123abcd.npy");
}

const noSeal = (): void => {};

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

if (process.platform !== "win32") {
  addonTest(
    "an adopted file is moved, not copied; memory keeps its bytes and no longer is the file",
    () =>
      withTmp((location) => {
        const array = scratchIn(location).fill(5);
        const [name = ""] = left(location);
        const { ino } = statSync(join(location, "ndmemo/tmp", name));
        const target = draftIn(location);
        let sealed = 0;
        assert.ok(adoptScratch(array, HEAD, target, () => sealed++));
        assert.is(sealed, 1);
        assert.is(statSync(target).ino, ino);
        assert.equal(left(location), ["draft/0-0123abcd.npy"]);

        assert.ok(array.every((byte) => byte === 5));
        array.fill(6);
        assert.ok(
          readFileSync(target)
            .subarray(64)
            .every((byte) => byte === 5),
        );
        unmap(array.buffer);
        assert.ok(existsSync(target));
      }),
  );

  addonTest("a draft that is discarded takes the file with it, and not the memory", () =>
    withTmp((location) => {
      const array = scratchIn(location).fill(5);
      const draft = new LocalStore(location, { durable: true }).draft();
      assert.ok(draft.adopt("0-0123abcd.npy", HEAD, array, 1e12));
      draft.discard();
      assert.equal(left(location), []);
      assert.ok(array.every((byte) => byte === 5));
      assert.is(array.fill(6)[BYTES - 1], 6);
    }),
  );

  addonTest("what is adopted has the time it is given", () =>
    withTmp((location) => {
      for (const durable of [false, true]) {
        const draft = new LocalStore(location, { durable }).draft();
        const array = scratchIn(location).fill(5);
        assert.ok(draft.adopt("0-0123abcd.npy", HEAD, array, 1_234_567_000));
        assert.is(statSync(onlyFile(location, ".npy")).mtimeMs, 1_234_567_000);
        draft.discard();
      }
    }),
  );

  addonTest("nothing is adopted twice", () =>
    withTmp((location) => {
      const array = scratchIn(location);
      const target = draftIn(location);
      assert.ok(adoptScratch(array, HEAD, target, noSeal));
      assert.not(adoptScratch(array, HEAD, `${target}2`, noSeal));
      assert.not(existsSync(`${target}2`));
    }),
  );

  addonTest("a part, another head, other memory and a draft elsewhere are not adopted", () =>
    withTmp((location) => {
      const array = scratchIn(location).fill(5);
      const target = draftIn(location);
      const elsewhere = draftIn(join(location, "other"));
      for (const [source, head, path] of [
        [array.subarray(1), HEAD, target],
        [array.subarray(0, BYTES - 1), HEAD, target],
        [array, HEAD.subarray(1), target],
        [array, Buffer.alloc(64, "Head"), target],
        [array.slice(), HEAD, target],
        [array, HEAD, elsewhere],
      ] as const) {
        assert.not(adoptScratch(source, head, path, noSeal));
        assert.not(existsSync(path));
      }
      // It is still what it was.
      array[0] = 9;
      const [name = ""] = left(location);
      assert.is(readFileSync(join(location, "ndmemo/tmp", name))[64], 9);
      assert.ok(adoptScratch(array.buffer, HEAD, target, noSeal));
    }),
  );

  addonTest("a file that was removed or replaced is not adopted, and memory keeps its bytes", () =>
    withTmp((location) => {
      const target = draftIn(location);
      for (const replace of [false, true]) {
        const array = scratchIn(location).fill(5);
        const name = left(location).find((file) => !file.startsWith("draft")) as string;
        const path = join(location, "ndmemo/tmp", name);
        if (replace) {
          copyFileSync(path, `${path}2`);
          writeFileSync(`${path}2`, "other");
          renameSync(`${path}2`, path);
        } else {
          rmSync(path);
        }
        assert.not(adoptScratch(array, HEAD, target, noSeal));
        assert.not(existsSync(target));
        assert.ok(array.every((byte) => byte === 5));
        if (replace) rmSync(path);
      }
    }),
  );

  addonTest("memory whose file cannot be moved is private, and its file goes with it", () =>
    withTmp(async (location) => {
      const array = scratchIn(location).fill(5);
      const target = join(location, "ndmemo/tmp/missing/0-0123abcd.npy");
      assert.not(adoptScratch(array, HEAD, target, noSeal));
      sameArray(array, new Uint8Array(BYTES).fill(5));
      unmap(array.buffer);
      await until(() => left(location).length === 0);
    }),
  );
}

test("without the addon there is no scratch file", () =>
  withTmp((location) => {
    const source = "console.log(scratch(1000), fs.existsSync(location + '/ndmemo'));";
    const { stdout } = run(location, source, { env: { NDMEMO_NATIVE: "0" } });
    assert.is(stdout, "undefined false\n");
  }));

test.run();
