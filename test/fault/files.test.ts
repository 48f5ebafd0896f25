/**
 * Files of entries of every kind that are cut, emptied, replaced, swapped, gone, or too many.
 *
 * Plain arrays and clones are in `test/call/damage.test.ts`; here are those that are read by other ways.
 *
 * @module
 */

import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { Memory, type MemoryOptions } from "../../lib/index.ts";
import { needing } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { type Warning, withWarnings } from "../helpers/warnings.ts";

const test = needing("mapper", anyTest);

type Options = Pick<MemoryOptions<"local">, "compress" | "mmapMode" | "verify">;

/** An entry: how it is stored, and what is in it: so many elements, from a first one on. */
interface Kind {
  readonly options?: Options;
  readonly value: (memory: Memory<string>, length: number, first: number) => unknown;
}

const ramp = (length: number, first: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => first + i / 8);

function table(length: number, first: number): unknown {
  const { tableFromArrays } = createRequire(import.meta.url)(
    "apache-arrow",
  ) as typeof import("apache-arrow");
  return tableFromArrays({ x: ramp(length, first), y: new Int32Array(length) });
}

const kinds: Readonly<Record<string, Kind>> = {
  "adopted array": {
    value: (memory, length, first) => {
      const array = memory.empty("float64", length);
      array.set(ramp(length, first));
      return array;
    },
  },
  "compressed array": { options: { compress: true }, value: (_, ...rest) => ramp(...rest) },
  "shuffled array": {
    options: { compress: { filter: "shuffle" } },
    value: (_, ...rest) => ramp(...rest),
  },
  table: { value: (_, ...rest) => table(...rest) },
  "compressed table": { options: { compress: true }, value: (_, ...rest) => table(...rest) },
};

const LENGTH = 2000;

/** What is done to a file; `other` is the same file of another entry, `longer` of a longer one. */
type Damage = (path: string, other: string, longer: string) => void;

const damages: Readonly<Record<string, Damage>> = {
  emptied: (path) => truncateSync(path, 0),
  "cut by a byte": (path) => truncateSync(path, statSync(path).size - 1),
  "cut in half": (path) => truncateSync(path, statSync(path).size >> 1),
  lengthened: (path) => writeFileSync(path, "x", { flag: "a" }),
  garbage: (path) => writeFileSync(path, "garbage"),
  missing: (path) => rmSync(path),
  "replaced by a directory": (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  "swapped with that of a longer one": (path, _, longer) => copyFileSync(longer, path),
};

/** Found only by who compares checksums: all sizes are right. */
const hidden: Readonly<Record<string, Damage>> = {
  "swapped with that of an equal one": (path, other) => copyFileSync(other, path),
};

/** How it is read afterwards. */
const readers: Readonly<Record<string, Options>> = {
  "read into memory": {},
  mapped: { mmapMode: "r" },
  'read with verify: "full"': { verify: "full" },
};

/** A cache of one entry, beside those that its files are swapped with. */
class Damaged {
  readonly #directory: string;
  readonly #kind: Kind;
  /** Which of the caches is opened. */
  name = "cache";
  runs = 0;

  constructor(directory: string, kind: Kind) {
    this.#directory = directory;
    this.#kind = kind;
  }

  open(options: Options = {}, name: string = this.name): Memory<string> {
    const all = { verbose: 0, ...this.#kind.options, ...options };
    return new Memory(join(this.#directory, name), all) as Memory<string>;
  }

  /** Calls the function; the text of what it returned. */
  call(memory: Memory<string>, length = LENGTH, first = 0): string {
    const make = (): unknown => {
      this.runs++;
      return this.#kind.value(memory, length, first);
    };
    const value = memory.cache(make, { name: "make", module: "m", track: "none" })();
    return value instanceof Float64Array ? value.join() : String(value);
  }

  /** Stores the entries; the directories of the first, of one of its size, and of a longer one. */
  async store(): Promise<string[]> {
    const directories: string[] = [];
    for (const [name, length, first] of [
      ["cache", LENGTH, 0],
      ["other", LENGTH, 0.5],
      ["longer", LENGTH + 500, 0],
    ] as const) {
      const memory = this.open({}, name);
      this.call(memory, length, first);
      await memory.flush();
      directories.push(dirname(onlyFile(join(this.#directory, name), "entry.json")));
    }
    this.runs = 0;
    return directories;
  }
}

/** Without the advice that what is compressed is not mapped. */
function codesOf(warnings: readonly Warning[]): (string | undefined)[] {
  return warnings.map(({ code }) => code).filter((code) => code !== "CACHE_COMPRESSED");
}

/** The files of an entry that hold something: a checksum beside it is computed again. */
function filesOf(entry: string): string[] {
  return readdirSync(entry).filter((name) => !name.endsWith(".sum"));
}

/** The file of another entry that stands for the same. */
function counterpart(entry: string, file: string): string {
  const ending = file.slice(file.indexOf("."));
  const found = readdirSync(entry).find((name) => name.endsWith(ending)) ?? "";
  return join(entry, found);
}

/** Runs something for each damage of each file, in a copy of one cache. */
async function eachDamage(
  kind: Kind,
  tried: Readonly<Record<string, Damage>>,
  run: (damaged: Damaged, file: string, what: string) => Promise<void>,
): Promise<void> {
  await withTmp(async (directory) => {
    const damaged = new Damaged(directory, kind);
    const [entry = "", other = "", longer = ""] = await damaged.store();
    const [cache, files] = [join(directory, "cache"), filesOf(entry)];
    let copies = 0;
    for (const [what, damage] of Object.entries(tried)) {
      for (const file of files) {
        damaged.name = `copy ${copies++}`;
        damaged.runs = 0;
        const copy = join(directory, damaged.name);
        cpSync(cache, copy, { recursive: true, preserveTimestamps: true });
        const [same, more] = [counterpart(other, file), counterpart(longer, file)];
        damage(join(entry.replace(cache, copy), file), same, more);
        await run(damaged, file, `${file} ${what}`);
      }
    }
  });
}

for (const [name, kind] of Object.entries(kinds)) {
  for (const [how, options] of Object.entries(readers)) {
    test(`a damaged file is a miss with one warning, and replaced: ${name}, ${how}`, () =>
      eachDamage(
        kind,
        options.verify === "full" && name !== "adopted array" ? { ...damages, ...hidden } : damages,
        async (damaged, _, what) => {
          const first = await withWarnings(() => damaged.call(damaged.open(options)));
          // Without its manifest there is no entry.
          const isGone = what === "entry.json missing";
          const codes = codesOf(first.warnings);
          const expected = ["ERR_CORRUPT_ENTRY", ...(what.endsWith("directory") ? ["EISDIR"] : [])];
          assert.is(codes.length, isGone ? 0 : 1, `${what}: ${codes}`);
          assert.ok(
            codes.every((code) => expected.includes(`${code}`)),
            `${what}: ${codes}`,
          );
          assert.is(damaged.runs, 1, what);
          const again = await withWarnings(() => damaged.call(damaged.open(options)));
          assert.equal(codesOf(again.warnings), [], what);
          assert.is(damaged.runs, 1, what);
          assert.is(first.result, again.result, what);
        },
      ));
  }

  test(`a damaged file is found by verify, and removed with the entry: ${name}`, () =>
    eachDamage(kind, { ...damages, ...hidden }, async (damaged, file, what) => {
      const memory = damaged.open();
      const found = memory.verify({ repair: true }).damaged;
      assert.ok(
        found.some((each) => (each.file === file || file === "entry.json") && each.removed),
        `${what}: ${JSON.stringify(found)}`,
      );
      assert.equal(memory.verify().damaged, [], what);
      const { warnings } = await withWarnings(() => damaged.call(memory));
      assert.equal(warnings.map(String), [], what);
      assert.is(damaged.runs, 1, what);
    }));

  test(`an extra file changes nothing, and verify removes it alone: ${name}`, () =>
    withTmp(async (directory) => {
      const damaged = new Damaged(directory, kind);
      const [entry = ""] = await damaged.store();
      const file = filesOf(entry).find((each) => each !== "entry.json") ?? "";
      const extra = file.replace(/-[0-9a-f]{8}/, "-fedcba98");
      copyFileSync(join(entry, file), join(entry, extra));
      for (const options of Object.values(readers)) {
        const { warnings } = await withWarnings(() => damaged.call(damaged.open(options)));
        assert.equal(codesOf(warnings), []);
      }
      const { damaged: found } = damaged.open().verify({ repair: true });
      assert.equal(
        found.map((each) => each.file),
        [extra],
      );
      damaged.call(damaged.open());
      assert.is(damaged.runs, 0);
    }));
}

test("a damaged checksum of an adopted array is computed again", () =>
  withTmp(async (directory) => {
    for (const text of ["", "garbage", "0".repeat(64)]) {
      const damaged = new Damaged(
        join(directory, `of ${text.length}`),
        kinds["adopted array"] as Kind,
      );
      const [entry = ""] = await damaged.store();
      const sum = readdirSync(entry).find((name) => name.endsWith(".sum")) as string;
      const whole = readFileSync(join(entry, sum));
      writeFileSync(join(entry, sum), text);
      const { warnings } = await withWarnings(() => damaged.call(damaged.open({ verify: "full" })));
      assert.equal(warnings.map(String), []);
      assert.is(damaged.runs, 0);
      assert.ok(whole.equals(readFileSync(join(entry, sum))));
    }
  }));

test.run();
