import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, load, Memory } from "../../lib/index.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

/** A call that is wrong on purpose: the types would refuse it. */
function wrongly(run: (M: new (...args: unknown[]) => Memory) => unknown): () => unknown {
  return () => run(Memory as unknown as new (...args: unknown[]) => Memory);
}

function typeError(...parts: string[]): (error: unknown) => boolean {
  return (error) =>
    error instanceof TypeError && parts.every((part) => error.message.includes(part));
}

test("a location of the wrong kind is a TypeError that shows it", () => {
  for (const location of [5, true, {}, [], "", Symbol("x"), 1n, () => 1, new URL("http://x/")]) {
    const shown = typeof location === "number" ? "5" : "location";
    assert.throws(
      wrongly((M) => new M(location)),
      typeError("location", shown),
    );
  }
});

test("an option that is spelled almost like one is told apart from others", () => {
  const memory = new Memory(null);
  const suggested = {
    mmap_mode: "mmapMode",
    ignored: "ignore",
    cache_validation_callback: "cacheValidationCallback",
    trak: "track",
    nam: "name",
    ttl: undefined,
  };
  for (const [name, meant] of Object.entries(suggested)) {
    assert.throws(
      () => memory.cache(Math.hypot.bind(null), { [name]: 1 } as object),
      (error: Error) =>
        error.message.includes(`cache has no option "${name}"`) &&
        (meant
          ? error.message.endsWith(`. Did you mean "${meant}"?`)
          : !/mean/.test(error.message)),
    );
  }
});

test("what is no object of options is refused where options are expected, and a path with a NUL", () => {
  const wrong = [Promise.resolve({}), new Float64Array(0), ["x"], new Uint8Array(2)];
  for (const each of wrong) {
    assert.throws(
      wrongly((M) => new M(null, each)),
      typeError("the options of Memory"),
    );
    assert.throws(
      wrongly((M) => new M(null).cache(each as never)),
      TypeError,
    );
  }
  assert.throws(
    wrongly((M) => new M("a\0b")),
    typeError("location"),
  );
  assert.throws(
    wrongly((M) => new M(null, { limits: "10G" })),
    typeError('{ bytes: "10G"', "'10G'"),
  );
  assert.throws(
    wrongly((M) => new M(null, { track: 1 })),
    typeError('"own" or "none"'),
  );
  assert.throws(
    wrongly((M) => new M("x", { backend: "s3" })),
    typeError('import "ndmemo/s3"'),
  );
});

test("an option that does not exist is named, with those that do", () => {
  assert.throws(
    wrongly((M) => new M(null, { mmap: "r" })),
    typeError('"mmap"', "mmapMode"),
  );
  const memory = new Memory(null);
  const cache = memory.cache.bind(memory) as (...args: unknown[]) => unknown;
  assert.throws(() => cache(function f() {}, { nam: "x" }), typeError('"nam"', "name"));
  assert.throws(() => cache({ nam: "x" }), typeError('"nam"', "name"));
});

test("an option of the wrong kind is named, with what was given and what is accepted", () => {
  const wrong: [object, ...string[]][] = [
    [{ mmapMode: "rw" }, '"mmapMode"', "'rw'", '"r+"'],
    [{ mmapMode: true }, '"mmapMode"', "true"],
    [{ verbose: "1" }, '"verbose"', "'1'", "number"],
    [{ verify: true }, '"verify"', '"full"'],
    [{ durable: 1 }, '"durable"', "true or false"],
    [{ logger: console.log }, '"logger"', "info"],
  ];
  for (const [options, ...parts] of wrong) {
    assert.throws(
      wrongly((M) => new M(null, options)),
      typeError(...parts),
    );
  }
  for (const options of [null, 5, "r", []]) {
    assert.throws(
      wrongly((M) => new M(null, options)),
      typeError("options"),
    );
  }
  assert.throws(
    () => new Memory(null, { verbose: -1 }),
    (error: unknown) => error instanceof RangeError && error.message.includes("-1"),
  );
});

test("an option that is undefined counts as not given", () => {
  const memory = new Memory(undefined, { mmapMode: undefined, verbose: undefined });
  assert.is(memory.mmapMode, null);
  assert.is(memory.verbose, 1);
});

test("what is cached must be a function, with a name", () => {
  const memory = new Memory(null);
  const cache = memory.cache.bind(memory) as (...args: unknown[]) => unknown;
  for (const value of [5, "f", null, [], Symbol("x")]) {
    assert.throws(() => cache(value), typeError("function"));
  }
  assert.throws(() => (cache({}) as (f: unknown) => unknown)(5), typeError("function", "5"));
  assert.throws(() => (memory.eval as (f: unknown) => unknown)(5), typeError("function", "5"));
  assert.throws(
    () =>
      memory.cache(
        (
          () => () =>
            1
        )(),
      ),
    typeError("name"),
  );
  assert.is(
    memory.cache(
      (
        () => () =>
          1
      )(),
      { name: "one" },
    )(),
    1,
  );
});

test("classes and native functions are refused when they are given", () => {
  const memory = new Memory(null);
  const cache = memory.cache.bind(memory) as (...args: unknown[]) => unknown;
  for (const value of [class A {}, Math.sqrt, Math.sqrt.bind(null)]) {
    assert.throws(() => cache(value), typeError("function"));
  }
});

test("options before a function, and decorators of the old kind, are refused", () => {
  const memory = new Memory(null);
  const cache = memory.cache.bind(memory) as (...args: unknown[]) => unknown;
  assert.throws(() => cache({ name: "x" }, () => 1), typeError("first of two arguments"));
  assert.throws(() => cache({}, "method", {}), typeError("experimentalDecorators"));
});

test("clear, load, dump and hash check their options", () =>
  withTmp((directory) => {
    const wrongly = (run: (...args: unknown[]) => unknown, ...args: unknown[]): void =>
      assert.throws(() => run(...args), typeError("option"));
    const memory = new Memory(null);
    wrongly(memory.clear.bind(memory) as () => void, { warm: false });
    wrongly(memory.clear.bind(memory) as () => void, null);
    wrongly(memory.clear.bind(memory) as () => void, { warn: 1 });
    const path = join(directory, "value");
    wrongly(dump as () => void, 1, path, { level: 3 });
    dump(1, path);
    wrongly(load as () => void, path, { mmapMode: null, bogus: 1 });
    wrongly(load as () => void, path, []);
    wrongly(hash as unknown as () => void, 1, { nam: "x" });
    assert.is(load(path, { mmapMode: undefined }), 1);
  }));

test("the location is absolute at once, and a tilde is the home directory", () => {
  assert.is(new Memory("cache").location, join(process.cwd(), "cache"));
  assert.is(new Memory("~/x").location, join(homedir(), "x"));
  assert.is(new Memory("~").location, homedir());
  assert.is(new Memory("~x").location, join(process.cwd(), "~x"));
  assert.is(new Memory(null).location, null);
  assert.is(new Memory().location, null);
});

test("a file: URL is a location", () =>
  withTmp((directory) => {
    const memory = new Memory(pathToFileURL(directory), { verbose: 0 });
    assert.is(memory.location, directory);
    memory.eval(function f() {
      return 1;
    });
    assert.ok(filesIn(directory).length > 0);
  }));

test("a location that is a file is an ENOTDIR error", () =>
  withTmp((directory) => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    assert.throws(
      () => new Memory(file),
      (error: NodeJS.ErrnoException) => error.code === "ENOTDIR" && error.message.includes(file),
    );
  }));

test.run();
