import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

class Model {
  readonly weights: Float64Array = new Float64Array([1]);
}

const refused: Record<string, readonly [make: () => unknown, path: string]> = {
  "an instance of a class": [() => ({ model: new Model() }), "result.model"],
  "a function": [() => [1, { fit: () => 1 }], "result[1].fit"],
  "a symbol": [() => ({ tag: Symbol("x") }), "result.tag"],
  "a getter": [
    () => ({
      get now() {
        return Date.now();
      },
    }),
    "result.now",
  ],
  "a property on a typed array": [
    () => ({ a: Object.assign(new Float64Array(2), { unit: "m" }) }),
    "result.a",
  ],
  "a WeakMap": [() => ({ deep: { cache: new WeakMap() } }), "result.deep.cache"],
};

for (const [name, [make, path]] of Object.entries(refused)) {
  test(`${name} is returned as it is, with one warning that names ${path}, and leaves no file`, () =>
    withTmp(async (directory) => {
      const results: unknown[] = [];
      function f(): unknown {
        const result = make();
        results.push(result);
        return result;
      }
      const cached = new Memory(directory, { verbose: 0 }).cache(f);
      const { result, warnings } = await withWarnings(() => [cached(), cached()]);
      assert.is(result[0], results[0]);
      assert.is(result[1], results[1]);
      assert.equal(
        warnings.map(({ code }) => code),
        ["ERR_UNSUPPORTED_VALUE"],
      );
      assert.ok(warnings[0]?.message.includes(path), warnings[0]?.message);
      assert.not(filesIn(directory).some((file) => /tmp|v1/.test(file)));
    }));
}

test("a location that cannot be written gives the value and one warning", () =>
  withTmp(async (directory) => {
    // The superuser may write anywhere: a file where a directory should be stops him as well.
    mkdirSync(join(directory, "ndmemo"));
    writeFileSync(join(directory, "ndmemo", "tmp"), "in the way");
    const cached = new Memory(directory, { verbose: 0 }).cache(function f(x: number) {
      return x + 1;
    });
    const { result, warnings } = await withWarnings(() => [cached(1), cached(1)]);
    assert.equal(result, [2, 2]);
    assert.is(warnings.length, 1);
    assert.match(String(warnings[0]?.message), /returned but could not be cached/);
  }));

test("a location that becomes a file under us gives the value and one warning", () =>
  withTmp(async (directory) => {
    const location = join(directory, "cache");
    const cached = new Memory(location, { verbose: 0 }).cache(function f(x: number) {
      return x + 1;
    });
    cached(1);
    rmSync(location, { recursive: true });
    writeFileSync(location, "");
    const { result, warnings } = await withWarnings(() => [cached(1), cached(2)]);
    assert.equal(result, [2, 3]);
    assert.is(warnings.length, 1);
  }));

test("a directory without permission gives the value and one warning, to an ordinary user", () =>
  withTmp(async (directory) => {
    const script = `
      import { Memory } from ${JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href)};
      process.on("warning", (warning) => console.log(warning.name, warning.code));
      const cached = new Memory(process.argv[1], { verbose: 0 }).cache(function f(x) { return x; });
      console.log(cached(7), cached(7));`;
    const location = join(directory, "cache");
    mkdirSync(location);
    chmodSync(location, 0o555);
    chmodSync(directory, 0o755);
    const isRoot = process.getuid?.() === 0;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        ...["--import", import.meta.resolve("tsx"), "--input-type=module"],
        ...["-e", (isRoot ? "process.setuid(65534);" : "") + script, location],
      ],
      { encoding: "utf8", env: { ...process.env, TMPDIR: directory } },
    );
    assert.is(stdout, "7 7\nCacheWarning EACCES\n", stderr);
  }));

test("a full disk gives the value and one warning, and leaves no file", () =>
  withTmp(async (directory) => {
    const draft = new Memory(directory, { verbose: 0 });
    const cached = draft.cache(function f(length: number) {
      return new Float64Array(length);
    });
    // RLIMIT_FSIZE makes every write beyond it fail, as a full disk does.
    const script = `
      import { Memory } from ${JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href)};
      process.on("SIGXFSZ", () => {});
      process.on("warning", (warning) => console.log(warning.name, warning.code));
      const cached = new Memory(process.argv[1], { verbose: 0 }).cache(function f(n) {
        return new Float64Array(n);
      });
      console.log(cached(1e6).length, cached(1e6).length);`;
    const command = `ulimit -f 100; exec "$@"`;
    const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", script];
    const { stdout, stderr } = spawnSync(
      "sh",
      ["-c", command, "sh", process.execPath, ...args, directory],
      { encoding: "utf8", env: { ...process.env, TSX_DISABLE_CACHE: "1" } },
    );
    assert.is(stdout, "1000000 1000000\nCacheWarning EFBIG\n", stderr);
    assert.not(filesIn(directory).some((file) => file.endsWith(".npy")));
    assert.is(cached(10).length, 10);
  }));

test.run();
