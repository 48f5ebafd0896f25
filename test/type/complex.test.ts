import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import Complex64 from "@stdlib/complex-float32-ctor";
import Complex128 from "@stdlib/complex-float64-ctor";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { encodeClone } from "../../lib/format/clone.ts";
import { hash } from "../../lib/hash/hash.ts";
import { registeredType, registerType } from "../../lib/type/registry.ts";
import { roundTrip } from "../format/round-trip.ts";

const require = createRequire(import.meta.url);

/** A class of another copy of stdlib, as a package that has its own would import it. */
function otherCopy(): typeof Complex128 {
  const path = require.resolve("@stdlib/complex-float64-ctor");
  const loaded = Object.entries(require.cache).filter(([file]) => file.startsWith(dirname(path)));
  for (const [file] of loaded) delete require.cache[file];
  try {
    return require(path);
  } finally {
    Object.assign(require.cache, Object.fromEntries(loaded));
  }
}

test("complex scalars of stdlib come back with their class", () => {
  const [wide, narrow, pair] = roundTrip([
    new Complex128(1.1, -0),
    new Complex64(Number.NaN, 0.1),
    [new Complex128(Number.POSITIVE_INFINITY, 5e-324)],
  ] as const);
  assert.instance(wide, Complex128);
  assert.ok(wide.re === 1.1 && Object.is(wide.im, -0));
  assert.instance(narrow, Complex64);
  assert.ok(Number.isNaN(narrow.re) && narrow.im === Math.fround(0.1));
  assert.is(pair[0].im, 5e-324);
});

test("the digest of a complex scalar is that of its class and numbers", () => {
  const values = [
    new Complex128(1, 2),
    new Complex128(2, 1),
    new Complex128(0, 0),
    new Complex128(0, -0),
    new Complex64(1, 2),
    { re: 1, im: 2 },
    [1, 2],
  ];
  assert.is(new Set(values.map((value) => hash(value))).size, values.length);
  const page = readFileSync(new URL("../../docs/key-format.md", import.meta.url), "utf8");
  const [, key] = /`new Complex128\(1, -2\)`[^`]*`([0-9a-f]{32})`/.exec(page) ?? [];
  assert.is(hash(new Complex128(1, -2)), key);
  assert.is(hash(new Complex128(1, 2)), hash(new Complex128(1, 2)));
});

test("complex scalars of another installed copy have the same digest, and come back with the project's class", () => {
  const Other = otherCopy();
  assert.is.not(Other, Complex128);
  assert.is(hash(new Other(1, 2)), hash(new Complex128(1, 2)));
  assert.instance(roundTrip(new Other(1, 2)), Complex128);
});

test("only what looks like a complex scalar in full is taken for one", () => {
  class Complex128Like {
    re = 1;
    im = 2;
  }
  Object.defineProperty(Complex128Like, "name", { value: "Complex128" });
  const tagged = Object.assign(new Complex128(1, 2), { unit: "V" });
  for (const value of [new Complex128Like(), new (class extends Complex128 {})(1, 2), tagged]) {
    assert.is(registeredType(value), undefined);
    assert.throws(
      () => encodeClone(value),
      (error: unknown) => isCacheError(error, "ERR_UNSUPPORTED_VALUE"),
    );
  }
});

test("neither a class of complex scalars nor its name can be registered for something else", () => {
  const codec = { encode: () => 1, decode: (): never => assert.unreachable() as never };
  class Mine {}
  const refuses = (Class: { name: string; prototype: object }, name: string): void =>
    assert.throws(
      () => registerType(Class, { name, ...codec }),
      (error: unknown) => error instanceof TypeError && /@stdlib\/complex128/.test(error.message),
    );
  refuses(Complex128 as { name: string; prototype: object }, "complex.test/Complex");
  refuses(Mine, "@stdlib/complex128");
});

/** The lines that a program prints for which no stdlib can be imported by its name. */
function withoutStdlib(program: string): string[] {
  const lib = new URL("../../lib/", import.meta.url).href;
  const source = `
    import { createRequire, Module } from "node:module";
    const { decodeClone } = await import("${lib}format/clone.ts");
    const { hash } = await import("${lib}hash/hash.ts");
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (name, ...rest) => {
      if (name.startsWith("@stdlib/complex")) throw new Error("nothing is called " + name);
      return resolve(name, ...rest);
    };
    ${program}`;
  const options = ["--import", "tsx", "--input-type=module", "-e", source];
  const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: "utf8" });
  assert.is(stderr, "");
  return stdout.trimEnd().split("\n");
}

const encoded = Buffer.from(encodeClone(new Complex64(1, 2)).bytes).toString("base64");

test("a complex scalar that is loaded without stdlib is an error that says what to install", () => {
  const [code, message = ""] = withoutStdlib(`
    try {
      decodeClone(Buffer.from("${encoded}", "base64"), []);
    } catch (error) {
      console.log(error.code);
      console.log(error.message);
    }`);
  assert.is(code, "ERR_UNSUPPORTED_VALUE");
  assert.match(message, /Complex64 of stdlib.*npm install @stdlib\/complex/);
});

test("a class of complex scalars that the program has met serves where it cannot import one", () => {
  const path = JSON.stringify(require.resolve("@stdlib/complex-float32-ctor"));
  const lines = withoutStdlib(`
    Module._resolveFilename = resolve;
    const Complex64 = createRequire(import.meta.url)(${path});
    Module._resolveFilename = (name, ...rest) => {
      if (/^@stdlib.complex/.test(name)) throw new Error("nothing is called " + name);
      return resolve(name, ...rest);
    };
    hash(new Complex64(1, 1));
    const value = decodeClone(Buffer.from("${encoded}", "base64"), []);
    console.log(value instanceof Complex64, value.re, value.im);`);
  assert.equal(lines, ["true 1 2"]);
});

test.run();
