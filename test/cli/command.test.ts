/**
 * The subcommands, without a terminal.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { command, ndmemo } from "./run.ts";

const quiet = { verbose: 0 } as const;
const EVIL = "evil\x1b]0;title\x07\u202e\u009b31m";

function ramp(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => i / 4);
}

function fill(directory: string): Memory {
  const memory = new Memory(directory, quiet);
  memory.eval(ramp, 4);
  memory.eval(ramp, 2000);
  memory.cache((text: string) => ({ text, at: new Int16Array([1, -2]) }), { name: EVIL })(EVIL);
  return memory;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may reach a terminal.
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

function clean(stdout: string): string {
  assert.not.match(stdout, CONTROLS);
  return stdout;
}

test("ls shows functions and entries, and nothing that a terminal obeys", () =>
  withTmp((directory) => {
    fill(directory);
    const { stdout, stderr, status } = ndmemo(["ls"], directory);
    assert.equal([status, stderr], [0, ""]);
    const text = clean(stdout);
    assert.match(text, /3 entries, \d+\.\d KiB/);
    assert.match(text, /^FUNCTION +ENTRIES +SIZE +USED +SAVES +COSTS$/m);
    assert.match(text, /command\.test\.ts#ramp +2 +1\d\.\d KiB/);
    assert.match(text, /evil\\x1b\]0;title\\x07\\u202e\\x9b31m +1 /);

    const json = ndmemo(["ls", "ndmemo", "--json"], directory);
    assert.is(json.status, 0);
    const { location, entries, functions, total } = JSON.parse(clean(json.stdout));
    assert.is(location, directory);
    assert.equal([entries.length, functions.length, total.items], [3, 2, 3]);
    const names = functions.map(({ functionId }: { functionId: string }) => functionId);
    assert.ok(names.some((name: string) => name.endsWith(`#${EVIL}`)));
    const sum = entries.reduce((all: number, { bytes }: { bytes: number }) => all + bytes, 0);
    assert.is(sum, total.bytes);

    const one = JSON.parse(
      ndmemo(["ls", ".", "ramp", "--json", "-n1", "--sort", "size"], directory).stdout,
    );
    assert.equal([one.entries.length, one.total.items], [1, 2]);
    assert.equal(one.entries[0].inputArgs, ["2000"]);
  }));

test("show prints arguments, arrays as NumPy does, and code", () =>
  withTmp((directory) => {
    const memory = fill(directory);
    const [small, large] = [...memory.entries({ func: memory.cache(ramp) })].sort(
      (a, b) => a.bytes - b.bytes,
    );
    const { stdout, status } = ndmemo(["show", directory, String(small?.argsId).slice(0, 10)]);
    assert.is(status, 0);
    const text = clean(stdout);
    assert.match(text, /#ramp\nkey +[0-9a-f]{32}\n/);
    assert.match(text, /arguments +4\n/);
    assert.match(text, /Float64Array {2}float64 {2}\(4,\) {2}32 B\n/);
    assert.ok(text.includes("array([0.  , 0.25, 0.5 , 0.75])"));
    assert.match(text, /code\n +function ramp/);

    const all = ndmemo(["show", directory, String(large?.argsId)]).stdout;
    assert.match(all, /array\(\[0\.0000e\+00, 2\.5000e-01, 5\.0000e-01, \.\.\.,/);
    assert.match(all, /0 to 499\.8, mean 249\.9\n +0 █{24} 250\n/);

    const json = JSON.parse(clean(ndmemo(["show", directory, EVIL, "--json"]).stdout));
    assert.match(json.value, /Int16Array\(2\) \[ 1, -2 \]/);
    const [array] = json.arrays;
    assert.equal([array.dtype, array.shape, array.min, array.max], ["int16", [2], -2, 1]);

    const several = ndmemo(["show", directory, "ramp"]);
    assert.is(several.status, 2);
    assert.ok(several.stderr.includes(String(small?.argsId)));
    assert.is(ndmemo(["show", directory, "zz"]).status, 2);
  }));

test("verify tells of damage with exit code 1, and repairs", () =>
  withTmp((directory) => {
    fill(directory);
    const whole = ndmemo(["verify", directory]);
    assert.is(whole.status, 0);
    assert.match(whole.stdout, /3 entries, .* read, nothing damaged/);

    const file = filesIn(directory).find((each) => each.endsWith(".npy")) as string;
    const bytes = readFileSync(join(directory, file));
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    writeFileSync(join(directory, file), bytes);
    const manifest = filesIn(directory).find(
      (each) => each.endsWith("entry.json") && !file.startsWith(each.slice(0, -11)),
    ) as string;
    writeFileSync(join(directory, manifest), "{");
    const found = ndmemo(["verify", directory]);
    assert.is(found.status, 1);
    assert.match(clean(found.stdout), /0-[0-9a-f]{8}\.npy: its checksum is wrong/);
    assert.match(found.stdout, /entry\.json: .*\n.*2 places damaged/s);
    assert.match(ndmemo(["ls", directory]).stdout, /1 entry cannot be read: see ndmemo verify/);

    const repaired = ndmemo(["verify", directory, "--repair", "--json"]);
    assert.is(repaired.status, 1);
    assert.is(JSON.parse(clean(repaired.stdout)).removed.items, 2);
    assert.is(ndmemo(["verify", directory]).status, 0);
  }));

test("du, reduce and clear sum and remove what they say", () =>
  withTmp((directory) => {
    const memory = fill(directory);
    const { total } = JSON.parse(ndmemo(["du", directory, "--json"]).stdout);
    assert.is(total.bytes, memory.stats().bytes);
    assert.match(clean(ndmemo(["du", directory]).stdout), /KiB +3 {2}total\n$/);

    for (const { path } of memory.entries({ func: memory.cache(ramp) })) {
      const old = Date.now() / 1000 - 10 * 86_400;
      utimesSync(join(path, "entry.json"), old, old);
    }
    const args = ["reduce", directory, "--age", "7d12h", "--json"];
    const dry = JSON.parse(ndmemo([...args, "--dry-run"]).stdout);
    assert.equal([dry.dryRun, dry.removed.items, dry.kept.items], [true, 2, 1]);
    assert.is(memory.stats().items, 3);
    assert.match(ndmemo(["reduce", directory, "--items", "2"]).stdout, /removed +1 entry/);
    assert.match(ndmemo(["reduce", directory, "--bytes", "1G"]).stdout, /kept +2 entries/);

    const refused = ndmemo(["clear", directory, "ramp"]);
    assert.equal([refused.status, memory.stats().items], [2, 2]);
    assert.match(refused.stderr, /--yes/);
    assert.is(ndmemo(["clear", directory, "ramp", "--yes"]).status, 0);
    assert.is(memory.stats().items, 1);
    assert.match(ndmemo(["clear", directory, "-y"]).stdout, /removed +1 entry/);
    assert.match(ndmemo(["ls", directory]).stdout, /0 entries, 0 B/);
  }));

test("bad usage is exit code 2, says what is accepted, and makes no cache", () =>
  withTmp((directory) => {
    mkdirSync(join(directory, "ndmemo"));
    for (const [args, said] of [
      [["ls", directory], /looked for .*ndmemo/],
      [["ls", join(directory, "none")], /no directory .*none/],
      [["frobnicate"], /unknown command/],
      [["ls", "--colour"], /unknown option/],
      [["ls", ".", "--sort", "name"], /used, size, age, saves/],
      [["reduce", "."], /--bytes, --items and --age/],
      [["reduce", ".", "--bytes", "10Q"], /"1.5G"/],
      [["reduce", ".", "--age", "week"], /7d, 12h/],
    ] as const) {
      const { status, stdout, stderr } = ndmemo(args, directory);
      assert.equal([status, stdout], [2, ""], args.join(" "));
      assert.match(stderr, said);
      assert.not.match(stderr, /\n +at /);
    }
    assert.equal(filesIn(directory), []);
    assert.not(existsSync(join(directory, "none")));
  }));

test("each command has help with examples", () => {
  for (const name of ["ls", "show", "du", "verify", "reduce", "forget", "clear"]) {
    const { status, stdout } = ndmemo([name, "--help"]);
    assert.is(status, 0);
    assert.match(stdout, new RegExp(`Examples:\n {2}ndmemo ${name}`));
    assert.match(stdout, /--json/);
  }
});

if (process.platform !== "win32") {
  test("a reader that has had enough is no error", () =>
    withTmp((directory) => {
      fill(directory);
      const line = [process.execPath, ...command].map((each) => `'${each}'`).join(" ");
      const script = `set -o pipefail; ${line} ls '${directory}' --json 2>&1 | head -c 1`;
      assert.is(execFileSync("bash", ["-c", script], { encoding: "utf8" }), "{");
    }));
}

test.run();
