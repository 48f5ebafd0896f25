/**
 * What a caller must not notice: writers beside it, loggers that fail, values with code in them.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, load, Memory, release } from "../../lib/index.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { requires } from "../helpers/requirement.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;
const library = JSON.stringify(bundledUrl("index"));

test("a reader beside a writer that replaces the entry never sees two generations, nor a warning", () =>
  withTmp(async (directory) => {
    const program = `
      import { Memory } from ${library};
      const warnings = [];
      process.on("warning", ({ code, message }) => {
        // With neither mapper, the reader that maps is told so.
        if (!["CACHE_NO_MAPPER", "CACHE_DOES_NOT_PAY"].includes(code)) warnings.push(message);
      });
      const [, directory, role] = process.argv;
      const memory = new Memory(directory, { verbose: 0, mmapMode: role === "r" ? "r" : null });
      let k = process.pid * 1000;
      const f = memory.cache(function f() {
        k++;
        return { a: new Float64Array(5000).fill(k), b: new Float64Array(5000).fill(k), k };
      }, { module: "m", track: "none" });
      let torn = 0;
      for (const end = Date.now() + 1200; Date.now() < end; ) {
        if (role === "w") f.recompute();
        const { a, b, k } = f();
        if (a[0] !== k || a[4999] !== k || b[0] !== k || b[4999] !== k) torn++;
        await new Promise(setImmediate);
      }
      console.log(JSON.stringify({ torn, warnings }));`;
    const args = ["--input-type=module", "-e", program];
    const outputs = await Promise.all(
      ["w", "w", "r", "null"].map(async (role) => {
        const child = spawn(process.execPath, [...args, directory, role]);
        let output = "";
        child.stdout.on("data", (text) => {
          output += text;
        });
        await once(child, "close");
        return output.trim();
      }),
    );
    assert.equal(outputs, Array(4).fill('{"torn":0,"warnings":[]}'));
    assert.equal(filesIn(join(directory, "ndmemo/tmp")), []);
  }));

test("a logger that throws costs a warning, not the value", () =>
  withTmp(async (directory) => {
    const fail = (): never => {
      throw new Error("no terminal");
    };
    const memory = new Memory(directory, { verbose: 20, logger: { info: fail, warn() {} } });
    const cached = memory.cache(function f(x: number) {
      return x + 1;
    });
    const { result, warnings } = await withWarnings(() => [cached(1), cached(1)]);
    assert.equal(result, [2, 2]);
    assert.is(warnings.length, 1);
    assert.match(String(warnings[0]?.message), /logger threw: no terminal/);
  }));

test("no code in a result is run to see whether it is a promise", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, quiet);
    const trap = (): never => {
      throw new Error("ran");
    };
    const name = "then";
    const results = [
      Object.defineProperty({}, name, { get: trap, enumerable: true }),
      new Proxy({}, { get: trap, has: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap }),
    ];
    const cached = memory.cache(function f(i: number) {
      return results[i];
    });
    const { result } = await withWarnings(() => [cached(0), cached(1)]);
    assert.is(result[0], results[0]);
    assert.is(result[1], results[1]);
  }));

test("a result that cannot be stored is warned of once, also through eval in a loop", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, quiet);
    const { warnings } = await withWarnings(() => {
      for (let i = 0; i < 5; i++) {
        memory.eval(function f(x: number) {
          return () => x;
        }, i);
      }
    });
    assert.is(warnings.length, 1);
  }));

test("recompute to a value that cannot be stored leaves no old one behind", () =>
  withTmp(async (directory) => {
    const values: unknown[] = [1, () => 2, 3];
    const cached = new Memory(directory, quiet).cache(
      function f() {
        return values.shift();
      },
      { track: "own" },
    );
    assert.is(cached(), 1);
    await withWarnings(() => cached.recompute());
    assert.is(cached.checkCallInCache(), false);
    assert.is(cached(), 3);
  }));

test("the entry of a method is asked for with its receiver, or the error says how", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    class Circle {
      readonly radius: number;
      constructor(radius: number) {
        this.radius = radius;
      }
      @memory.cache
      area(scale: number): number {
        return scale * this.radius ** 2;
      }
    }
    const circle = new Circle(2);
    assert.is(circle.area(1), 4);
    const area = circle.area as unknown as Record<
      "checkCallInCache" | "forget" | "recompute",
      (this: unknown, scale: number) => unknown
    >;
    for (const member of ["checkCallInCache", "forget", "recompute"] as const) {
      assert.throws(
        () => area[member](1),
        (error: unknown) => error instanceof TypeError && error.message.includes(`${member}.call`),
      );
    }
    assert.is(area.checkCallInCache.call(circle, 1), true);
    assert.is(area.forget.call(circle, 1), true);
    assert.is(area.checkCallInCache.call(circle, 1), false);
  }));

requires("mapper", test, "what was written in r+ is kept, whatever is verified later", () =>
  withTmp(async (directory) => {
    const bundle = join(directory, "bundle");
    await withWarnings(() => {
      dump({ a: new Float64Array(10) }, bundle);
      (load(bundle, { mmapMode: "r+" }) as { a: Float64Array }).a[0] = 7;
      assert.is((load(bundle) as { a: Float64Array }).a[0], 7);
    });

    const location = join(directory, "cache");
    let runs = 0;
    function make(): Float64Array {
      runs++;
      return new Float64Array(10);
    }
    const open = (mmapMode: "r+" | null): Float64Array =>
      new Memory(location, { ...quiet, mmapMode, verify: "full" }).eval(make);
    const { warnings } = await withWarnings(() => {
      open("r+")[0] = 7;
      assert.is(open("r+")[0], 7);
      assert.is(open(null)[0], 7);
    });
    assert.equal(warnings, []);
    assert.is(runs, 1);
  }),
);

requires("addon", test, "beyond 16,384 maps arrays are read, which is said once", () =>
  withTmp(async (directory) => {
    const path = join(directory, "a.npy");
    dump(new Float64Array([1, 2, 3]), path);
    const { result, warnings } = await withWarnings(() =>
      Array.from({ length: 16_500 }, () => load(path, { mmapMode: "r" }) as Float64Array),
    );
    assert.ok(result.every((array) => array[2] === 3));
    assert.equal(
      warnings.map(({ code }) => code),
      ["ERR_NATIVE"],
    );
    assert.ok(result.filter((array) => release(array)).length > 10_000);
  }),
);

test("with durable, every file is synced before the entry is published", () =>
  withTmp(async (directory) => {
    const fs = await import("node:fs");
    const { syncBuiltinESMExports } = await import("node:module");
    const original = fs.default.fsyncSync;
    let synced = 0;
    fs.default.fsyncSync = (fd) => {
      synced++;
      original(fd);
    };
    syncBuiltinESMExports();
    try {
      for (const [durable, expected] of [
        [false, 0],
        // At least the array, the manifest, their directory, and the one above it.
        [true, 4],
      ] as const) {
        synced = 0;
        const memory = new Memory(join(directory, `${durable}`), { ...quiet, durable });
        memory.eval(function f() {
          return new Float64Array(3);
        });
        assert.ok(durable ? synced >= expected : synced === expected, `${synced}`);
      }
    } finally {
      fs.default.fsyncSync = original;
      syncBuiltinESMExports();
    }
    assert.ok(onlyFile(join(directory, "true"), ".npy"));
  }));

test.run();
