/**
 * What `durable: true` asks of the system, in which order, as `strace` sees it.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ANALYSES } from "../../lib/store/layout.ts";
import { withTmp } from "../helpers/tmp.ts";
import { interposed } from "./interposer.ts";
import { bundled } from "./worker-file.ts";

/** A system call on the cache. */
interface Call {
  readonly name: string;
  /** The path of its file, or the paths of its arguments. */
  readonly paths: readonly string[];
}

const TRACED = "mkdir,rename,openat,write,writev,pwrite64,ftruncate,fallocate,utimensat,fsync";
const canTrace = spawnSync("strace", ["-V"]).status === 0;

/** What the main thread does to a directory while it stores everything durably. */
function callsIn(directory: string): Call[] {
  const log = join(dirname(directory), "trace");
  const order = JSON.stringify({ action: "count", calls: "changes", at: 0 });
  const program = bundled(new URL("worker.ts", import.meta.url));
  const command = [process.execPath, "--no-warnings", program, "store durably", directory, order];
  const { status, stderr } = spawnSync(
    "strace",
    ["-y", "-s", "4096", "-o", log, "-E", `LD_PRELOAD=${interposed()["LD_PRELOAD"]}`].concat(
      ["-e", `trace=${TRACED}`],
      command,
    ),
    { env: { ...process.env, UV_USE_IO_URING: "0" }, encoding: "utf8" },
  );
  assert.is(status, 0, stderr);
  return readFileSync(log, "utf8")
    .split("\n")
    .flatMap((line): Call[] => {
      const [, name = "", rest = ""] = /^(\w+)\((.*)\) += \d+/.exec(line) ?? [];
      const isRead = name === "openat" && !rest.includes("O_CREAT");
      const given = name === "openat" || rest.startsWith('"') ? /"([^"]*)"/g : /^\d+<([^>]*)>/g;
      const paths = Array.from(rest.matchAll(given), ([, path = ""]) => path);
      return !isRead && paths.some((path) => path.startsWith(dirname(directory)))
        ? [{ name, paths }]
        : [];
    });
}

const run = (): Promise<void> =>
  withTmp((home) => {
    const directory = join(home, "cache");
    const calls = callsIn(directory);
    const indexOf = (name: string, path: string, from: number): number =>
      calls.findIndex((call, i) => i > from && call.name === name && call.paths.includes(path));
    // What may be lost is not synced: it is made again of the sources.
    const published = calls.flatMap(({ name, paths: [from = "", to = ""] }, at) =>
      name === "rename" && to.startsWith(`${directory}/ndmemo/v1/`) && !to.endsWith(ANALYSES)
        ? [{ from, to, at }]
        : [],
    );
    assert.ok(published.length >= 5);

    for (const { from: draft, to: entry, at } of published) {
      // Of each file, the last change comes before a sync, and that before the entry appears.
      const begin = indexOf("mkdir", draft, -1);
      const files = new Map<string, number>();
      for (const [i, { name, paths }] of calls.entries()) {
        const path = paths.at(-1) ?? "";
        if (i < begin || i > at || !path.startsWith(`${draft}/`) || name === "fsync") continue;
        files.set(path, i);
      }
      assert.ok(files.size >= 1);
      for (const [path, changed] of files) {
        const synced = indexOf("fsync", path, changed);
        assert.ok(synced > changed && synced < at, `${path} is synced before ${entry} appears`);
      }
      const named = indexOf("fsync", draft, Math.max(...files.values()));
      assert.ok(named > 0 && named < at, "so are the names of the files");
      const next = published.find((other) => other.at > at)?.at ?? calls.length;
      const kept = indexOf("fsync", dirname(entry), at);
      assert.ok(kept > at && kept < next, "and the name of the entry before the next call");
    }

    // Every directory above an entry has its name on the disk, too.
    const made = calls.flatMap(({ name, paths: [path = ""] }, at) => {
      const isAbove = published.some(({ to }) => to.startsWith(`${path}/`));
      return name === "mkdir" && isAbove ? [{ path, at }] : [];
    });
    assert.ok(made.length >= 4);
    for (const { path, at } of made) {
      assert.ok(indexOf("fsync", dirname(path), at) > at, `the name of ${path} is synced`);
    }
  });

const title = "durable: true syncs files, their names and the entry's, before and after the rename";
if (canTrace) test(title, run);
else test.skip(title, run);

test.run();
