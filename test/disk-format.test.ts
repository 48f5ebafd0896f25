/**
 * What docs/disk-format.md says, compared with what is written.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Int32 } from "apache-arrow";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeClone } from "../lib/format/clone.ts";
import { applyFilter, undoFilter } from "../lib/format/filter.ts";
import { splitInline } from "../lib/format/inline.ts";
import { encodeNpyHeader, parseNpyHeader } from "../lib/format/npy.ts";
import { decodeSeekTable, encodeSeekTable } from "../lib/format/seek-table.ts";
import { planValue } from "../lib/format/value.ts";
import { digestBytes } from "../lib/hash/xxh3.ts";
import { Memory } from "../lib/index.ts";
import { isEntryFile } from "../lib/store/layout.ts";
import { lockId } from "../lib/store/lock/lock.ts";
import { column } from "./helpers/arrow.ts";
import { Ndarray } from "./helpers/ndarrays.ts";
import { requires } from "./helpers/requirement.ts";
import { filesIn, onlyFile, withTmp } from "./helpers/tmp.ts";

type Json = Readonly<Record<string, unknown>>;

const page = readFileSync(new URL("../docs/disk-format.md", import.meta.url), "utf8");

/** What follows a mark of the page, up to the next empty line but one. */
function after(mark: string): string {
  const [, text = ""] = page.split(`<!-- ${mark} -->\n\n`);
  assert.is.not(text, "", mark);
  return text;
}

/** The bytes of the dump behind a mark. */
function dump(mark: string): Buffer {
  const [, hex = ""] = /^```\n([0-9a-f\s]+)```/.exec(after(mark)) ?? [];
  return Buffer.from(hex.replaceAll(/\s/g, ""), "hex");
}

/** The rows of the table behind a mark, without its head. */
function rows(mark: string): string[][] {
  const [table = ""] = after(mark).split("\n\n");
  return table
    .split("\n")
    .slice(2)
    .map((row) => row.split(" | ").map((cell) => cell.replace(/^\| |\s*\|$/g, "")));
}

const unquoted = (cell = ""): string => cell.replace(/^`(.*)`$/s, "$1");
const evaluate = (code: string): unknown => new Function(`return (${code});`)();

/** Results of every kind, each the result of a call of its own. */
const results: Record<string, (memory: Memory) => unknown> = {
  json: () => 42,
  clone: () => -0,
  array: () => new Float64Array(1001),
  inline: () => ({ n: 2, v: Float64Array.of(1, 2), b: new Uint8Array([7, 8]) }),
  frame: () => ({ a: new Float32Array(2000), text: "x".repeat(600) }),
  file: () => Array.from({ length: 9000 }, (_, i) => String(Math.sin(i))),
  ndarray: () =>
    new Ndarray("int32", new Int32Array([1, 2]), [1, 2], [2, 1], 0, "row-major", {
      ...{ mode: "clamp", submode: ["wrap"], readonly: true },
    }),
  table: () => column([1, null, 3], new Int32()),
};

/** Every manifest of such results, with their directories. */
function manifests(directory: string): { entry: string; manifest: Json }[] {
  const memory = new Memory(directory, { verbose: 0 });
  for (const [name, make] of Object.entries(results)) {
    memory.cache(() => make(memory), { name, module: "m", track: "none" })();
  }
  const compress = { level: 3, filter: "shuffle" } as const;
  const zeros = (): Float64Array => new Float64Array(1001);
  memory.cache(zeros, { name: "compressed", module: "m", compress })();
  memory.cache(zeros, { name: "arrow", module: "m", format: "arrow" })();
  return filesIn(directory)
    .filter((file) => file.endsWith("entry.json"))
    .map((file) => ({
      entry: join(directory, dirname(file)),
      manifest: JSON.parse(readFileSync(join(directory, file), "utf8")) as Json,
    }));
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return "text";
  return Number.isSafeInteger(value) ? "integer" : typeof value;
}

/** Compares objects with the table of their fields: each field is in some object, and no other one. */
function checkFields(mark: string, objects: readonly Json[]): void {
  assert.ok(objects.length > 0, mark);
  const types = new Map(rows(mark).map(([name, type]) => [unquoted(name), type]));
  const found = new Set<string>();
  for (const object of objects) {
    for (const [name, value] of Object.entries(object)) {
      found.add(name);
      const type = types.get(name);
      const isNumber = type === "number" && typeof value === "number";
      const mayBeNull = name === "digest" || name === "own";
      const isRight = isNumber || typeOf(value) === type || (mayBeNull && value === null);
      assert.ok(isRight, `${mark}: ${name} is ${typeOf(value)}, not ${type}`);
    }
  }
  // What only a DataType has needs a version of stdlib that makes them.
  const expected = [...types.keys()].filter((name) => name !== "description");
  assert.equal([...found].sort(), expected.sort(), mark);
}

test("the manifests that are written have the fields of docs/disk-format.md, and no others", () =>
  withTmp((directory) => {
    const all = manifests(directory).map(({ manifest }) => manifest);
    assert.is(all.length, Object.keys(results).length + 2);
    const list = (of: Json, name: string): Json[] => (of[name] ?? []) as Json[];
    const defined = (values: unknown[]): Json[] => values.filter((value) => value) as Json[];
    const arrays = all.flatMap((manifest) => list(manifest, "arrays"));
    const files = arrays.filter((record) => !("arrow" in record));
    checkFields("fields: manifest", all);
    checkFields("fields: key", defined(all.map(({ key }) => key)));
    checkFields("fields: metadata", defined(all.map(({ metadata }) => metadata)));
    checkFields("fields: array", files);
    checkFields("fields: compressed", defined(files.map(({ compressed }) => compressed)));
    checkFields("fields: ndarray", defined(files.map(({ ndarray }) => ndarray)));
    checkFields(
      "fields: table",
      arrays.filter((record) => "arrow" in record),
    );
    const notes = filesIn(directory).filter((file) => file.endsWith("code.json"));
    checkFields(
      "fields: code",
      notes.map((file) => JSON.parse(readFileSync(join(directory, file), "utf8"))),
    );
    const values = all.map(({ value }) => Object.keys(value as Json).join());
    const told = [...page.matchAll(/^\| `(\{"\w+": .*\})` \|/gm)].map(([, json = ""]) =>
      Object.keys(JSON.parse(json.replaceAll("…", "")) as Json).join(),
    );
    assert.equal([...new Set(values)].sort(), told.sort());
  }));

test("every file of a cache has a name that docs/disk-format.md shows", () =>
  withTmp((directory) => {
    manifests(directory);
    const named = (name: string): string =>
      name.replace(/-(<nonce>|[0-9a-f]{8})\./, "-*.").replace(/^\d-/, "0-");
    const [, tree = ""] = /```\n(<location>.*?)```/s.exec(page) ?? [];
    const shown = new Set(tree.split(/\s+/).map((path) => named(basename(path))));
    for (const file of filesIn(directory)) assert.ok(shown.has(named(basename(file))), file);
  }));

test("a manifest ends in the checksum of what is before it, 47 bytes before its end", () =>
  withTmp((directory) => {
    for (const { entry } of manifests(directory)) {
      const bytes = readFileSync(join(entry, "entry.json"));
      const body = bytes.subarray(0, -47);
      assert.is(bytes.toString("latin1", body.length), `,"checksum":"${digestBytes(body)}"}`);
    }
  }));

test("the directory of an entry and the digests of its files follow from the manifest", () =>
  withTmp((directory) => {
    for (const { entry, manifest } of manifests(directory)) {
      const { codeId, argsId, parts } = manifest["key"] as Record<string, string> & {
        parts: string[];
      };
      assert.is(argsId, digestBytes(Buffer.from(parts.join(""))));
      assert.is(basename(dirname(entry)) + basename(entry), argsId);
      assert.is(basename(dirname(dirname(entry))), codeId);
      for (const record of manifest["arrays"] as Record<string, number & string>[]) {
        const { file = "", offset, bytes, digest, compressed } = record;
        assert.ok(isEntryFile(file), file);
        if (compressed) continue;
        const content = readFileSync(join(entry, file)).subarray(offset);
        assert.is(content.byteLength, bytes);
        assert.is(digestBytes(content), digest);
      }
    }
  }));

test("the .npy header of docs/disk-format.md is what is written, and is read", () => {
  const expected = { descr: "<f8", fortranOrder: false, shape: [1001] };
  const header = dump("npy: new Float64Array(1001)");
  assert.ok(header.equals(encodeNpyHeader(expected)));
  assert.equal(parseNpyHeader(header, 128 + 8008), { ...expected, dataOffset: 128 });
});

test("the list of frames of docs/disk-format.md is what is written, and is read", () => {
  const frames = [
    { bytes: 93, rawBytes: 128 },
    { bytes: 1000, rawBytes: 2 ** 21 },
  ];
  const list = dump("seek table: 93/128 1000/2097152");
  assert.ok(list.equals(encodeSeekTable(frames)));
  assert.equal(decodeSeekTable(list, [128, 2 ** 21]), [93, 1000]);
});

test("the filters reorder bytes as docs/disk-format.md shows", () => {
  const [content, ...filtered] = rows("filters: 2").map(([, bytes]) =>
    Buffer.from(unquoted(bytes).replaceAll(" ", ""), "hex"),
  );
  assert.is(filtered.length, 2);
  for (const [index, filter] of (["shuffle", "bitshuffle"] as const).entries()) {
    const made = Buffer.alloc(17);
    applyFilter(filter, content as Buffer, made, 2);
    assert.is(made.toString("hex"), filtered[index]?.toString("hex"));
    undoFilter(filter, filtered[index] as Buffer, made, 2);
    assert.is(made.toString("hex"), content?.toString("hex"));
  }
});

test("the clones of docs/disk-format.md are what is written, and are read", () => {
  const clones = rows("clones");
  assert.is(clones.length, 4);
  for (const [value, bytes] of clones) {
    const code = unquoted(value);
    const expected = Buffer.from(unquoted(bytes).replaceAll(" ", ""), "hex");
    const { value: record, inline } = planValue(evaluate(code), { inline: true }).encoded([]);
    assert.is(
      Buffer.from((record as { clone: string }).clone, "base64").toString("hex"),
      expected.toString("hex"),
      code,
    );
    const { clone, arrays } = splitInline(expected, inline ?? []);
    assert.equal(JSON.stringify(decodeClone(clone, arrays)), JSON.stringify(evaluate(code)));
  }
});

test("the id of a lock is that of docs/disk-format.md", () => {
  const key = { functionId: "m#f", codeId: "0".repeat(32), argsId: digestBytes(Buffer.from("x")) };
  const c = digestBytes(Buffer.from(key.codeId + key.functionId));
  const mixed = BigInt(`0x${key.argsId.slice(0, 16)}`) ^ BigInt(`0x${c.slice(0, 16)}`);
  assert.is(lockId(key), mixed.toString(16).padStart(16, "0"));
});

requires(
  "addon",
  test,
  "the checksum of an adopted array is sealed as docs/disk-format.md says",
  () =>
    withTmp(async (directory) => {
      const memory = new Memory(directory, { verbose: 0 });
      memory.cache(() => memory.empty("float64", 1000), { name: "adopted", track: "none" })();
      await memory.flush();
      const read = (ending: string): Buffer => readFileSync(onlyFile(directory, ending));
      const { arrays } = JSON.parse(read("entry.json").toString());
      const [{ file, bytes, modified, digest, offset }] = arrays;
      assert.is(digest, null);
      const sum = digestBytes(read(".npy").subarray(offset));
      const seal = digestBytes(Buffer.from(`${sum} ${file} ${bytes} ${modified}`));
      assert.is(read(".sum").toString("latin1"), sum + seal);
    }),
);

test.run();
