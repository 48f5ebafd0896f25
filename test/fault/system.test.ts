/**
 * Faults as real systems have them: a full disk, a read-only mount, two file systems in one cache, no
 * descriptors left, a clock that goes back.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withTmp } from "../helpers/tmp.ts";
import { bundled } from "../stress/worker-file.ts";

/** What a process told of its calls. */
interface Told {
  readonly wrong: number;
  readonly computed: number;
  readonly thrown: string[];
  readonly codes: string[];
  readonly temporary: number;
}

const program = new URL("system-worker.ts", import.meta.url);
const canMount = spawnSync("unshare", ["--mount", "true"]).status === 0;

/** Runs the worker with a shell's commands before it: `"$@"` is the worker. */
function tell(directory: string, script: string, mode = "store"): Told {
  const worker = [process.execPath, "--no-warnings", bundled(program), directory, mode];
  const shell = ["sh", "-ec", `${script}\n"$@"`, directory, ...worker];
  const [command = "", ...args] = canMount ? ["unshare", "--mount", ...shell] : shell;
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout) as Told;
}

/** Registers a test that mounts something where nobody else sees it. */
function mounting(name: string, run: () => Promise<void>): void {
  if (canMount) test(name, run);
  else test.skip(`${name} (needs leave to mount)`, run);
}

/** The caller got every value, and at most one warning of each kind; nothing else was thrown. */
function isHarmless(told: Told, codes: readonly string[]): void {
  assert.equal(told.thrown, []);
  assert.is(told.wrong, 0);
  assert.is(told.temporary, 0);
  for (const code of told.codes) assert.ok(codes.includes(code), code);
  assert.ok(told.codes.length > 0 && told.codes.length <= 2, `${told.codes}`);
}

mounting("a cache on a file system in memory is a cache like any other", () =>
  withTmp((directory) => {
    const told = tell(directory, 'mount -t tmpfs tmpfs "$0"');
    assert.equal([told.thrown, told.codes, told.wrong, told.temporary], [[], [], 0, 0]);
    assert.is(told.computed, 10);
  }),
);

mounting("a disk that is full costs a warning, and what was stored before stays", () =>
  withTmp((directory) => {
    const told = tell(directory, 'mount -t tmpfs -o size=400k tmpfs "$0"', "fill");
    isHarmless(told, ["ENOSPC"]);
    assert.ok(told.computed < 40 && told.computed >= 20);
  }),
);

mounting("a read-only mount serves hits, and computes what it does not have", () =>
  withTmp((directory) => {
    assert.equal(tell(directory, ":").codes, []);
    const told = tell(directory, 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"', "more");
    isHarmless(told, ["EROFS"]);
    assert.is(told.computed, 10, "the others are hits");
  }),
);

mounting("a cache whose tmp/ is on another file system computes and says so", () =>
  withTmp((directory) => {
    mkdirSync(join(directory, "ndmemo/tmp"), { recursive: true });
    const told = tell(directory, 'mount -t tmpfs tmpfs "$0/ndmemo/tmp"');
    isHarmless(told, ["EXDEV"]);
    assert.is(told.computed, 20);
  }),
);

test("a location that is a link to another file system is a cache like any other", () =>
  withTmp((directory) => {
    mkdirSync(join(directory, "real"));
    symlinkSync(join(directory, "real"), join(directory, "link"));
    const told = tell(join(directory, "link"), ":");
    assert.equal(told.codes, []);
    assert.equal(readdirSync(join(directory, "real")), ["ndmemo"]);
  }));

test("without a descriptor to spare the caller gets the values", () =>
  withTmp((directory) => {
    isHarmless(tell(directory, ":", "without descriptors"), ["EMFILE"]);
  }));

test("a clock that goes back harms neither hits nor limits", () =>
  withTmp((directory) => {
    const told = tell(directory, ":", "clock");
    assert.equal([told.thrown, told.codes, told.wrong, told.temporary], [[], [], 0, 0]);
    assert.is(told.computed, 10, "each was stored, and loaded after the clock was set");
  }));

test.run();
