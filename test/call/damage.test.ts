import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory, type MmapMode } from "../../lib/index.ts";
import { entryFile, filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { type Warning, withWarnings } from "../helpers/warnings.ts";

const modes: (MmapMode | null)[] = [null, "r", "c", "r+"];

/** A value with everything that an entry can hold: two arrays, and a clone in a file of its own. */
function value(seed: number): { a: Float64Array; b: Buffer; text: string[] } {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state;
  };
  return {
    a: Float64Array.from({ length: 1000 }, random),
    // As long as it takes to have a file.
    b: Buffer.alloc(4096, "bytes"),
    text: Array.from({ length: 5000 }, () => random().toString(36)),
  };
}

/** Stores the value, does something to its entry, and calls again. */
async function afterDamage(
  damage: (entry: string, directory: string) => void,
  options: { mmapMode?: MmapMode | null; verify?: "size" | "full" } = {},
): Promise<{ runs: number; warnings: readonly Warning[]; again: number }> {
  return withTmp(async (directory) => {
    const count = { runs: 0 };
    function make(seed: number): ReturnType<typeof value> {
      count.runs++;
      return value(seed);
    }
    const call = (): unknown => new Memory(directory, { verbose: 0, ...options }).eval(make, 1);
    call();
    damage(dirname(onlyFile(directory, "entry.json")), directory);
    const { result, warnings } = await withWarnings(call);
    assert.equal(JSON.stringify(result), JSON.stringify(value(1)));
    const { runs } = count;
    // What was replaced is whole: the next call is a silent hit.
    const { warnings: later } = await withWarnings(call);
    assert.equal(later.map(String), []);
    return { runs, warnings, again: count.runs - runs };
  });
}

const files = ["entry.json", "0.npy", "1.npy", "value.zst"] as const;

for (const mmapMode of modes) {
  for (const file of files) {
    const damages: Record<string, (path: string) => void> = {
      emptied: (path) => truncateSync(path, 0),
      truncated: (path) => truncateSync(path, readFileSync(path).byteLength - 1),
      lengthened: (path) => writeFileSync(path, "x", { flag: "a" }),
      garbage: (path) => writeFileSync(path, "garbage"),
    };
    if (file !== "entry.json") damages["missing"] = (path) => rmSync(path);
    for (const [name, damage] of Object.entries(damages)) {
      test(`${file} ${name} is a miss with one warning, replaced (mmapMode ${mmapMode})`, async () => {
        const outcome = await afterDamage((entry) => damage(entryFile(entry, file)), { mmapMode });
        assert.is(outcome.runs, 2);
        assert.is(outcome.again, 0);
        assert.equal(
          outcome.warnings.map(({ code }) => code),
          ["ERR_CORRUPT_ENTRY"],
        );
        assert.match(
          String(outcome.warnings[0]?.message),
          /damage\.test\.ts#make.*computed again/s,
        );
      });
    }
  }
}

test("a flipped bit anywhere in a small file, and in data with verify: full, is never returned", async () => {
  for (const file of files) {
    for (let turn = 0; turn < 12; turn++) {
      const { runs, warnings } = await afterDamage(
        (entry) => {
          const path = entryFile(entry, file);
          const bytes = readFileSync(path);
          const at = Math.floor((bytes.byteLength * (turn + 0.5)) / 12);
          bytes[at] = (bytes[at] as number) ^ (1 << (turn % 8));
          writeFileSync(path, bytes);
        },
        { verify: "full" },
      );
      assert.is(runs, 2, `${file}, turn ${turn}`);
      assert.is(warnings.length, 1);
    }
  }
});

test("the manifest of another entry in its place is a miss", async () => {
  const { runs, warnings } = await afterDamage((entry, directory) => {
    const other = join(directory, "other");
    new Memory(other, { verbose: 0 }).eval(value, 2);
    copyFileSync(onlyFile(other, "entry.json"), join(entry, "entry.json"));
  });
  assert.is(runs, 2);
  assert.is(warnings[0]?.code, "ERR_CORRUPT_ENTRY");
});

test("a manifest of another format version is a miss with a warning", async () => {
  const { encodeManifest } = await import("../../lib/format/manifest.ts");
  const { runs, warnings } = await afterDamage((entry) => {
    const path = join(entry, "entry.json");
    const { checksum: _, ...manifest } = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, encodeManifest({ ...manifest, format: 99 }));
  });
  assert.is(runs, 2);
  assert.is(warnings[0]?.code, "ERR_FORMAT_VERSION");
});

test("a manifest that promises what the disk does not hold is damage, and nothing is allocated", async () => {
  const { encodeManifest } = await import("../../lib/format/manifest.ts");
  const promises: ((manifest: Record<string, unknown>, array: Record<string, unknown>) => void)[] =
    [
      (_, array) => Object.assign(array, { bytes: 8e15, shape: [1e15] }),
      (_, array) => Object.assign(array, { bytes: -8 }),
      (_, array) => Object.assign(array, { file: "../../../../0.npy" }),
      (_, array) => Object.assign(array, { className: "constructor" }),
      (_, array) => Object.assign(array, { offset: 2 ** 40 }),
      (_, array) => Object.assign(array, { descr: "<f8'" }),
      (_, array) => Object.assign(array, { descr: "<i8" }),
      (_, array) => Object.assign(array, { className: "Uint8Array" }),
      (_, array) => Object.assign(array, { bytes: 24 }),
      (_, array) => Object.assign(array, { shape: Array(65).fill(1) }),
      (manifest) => Object.assign(manifest, { value: { zstd: "AAAA", rawBytes: 2 ** 50 } }),
      (manifest) => Object.assign(manifest, { value: { array: 99 } }),
      (manifest) => Object.assign(manifest, { value: null }),
      (manifest) => Object.assign(manifest, { arrays: {} }),
    ];
  for (const promise of promises) {
    const { runs, warnings } = await afterDamage((entry) => {
      const path = join(entry, "entry.json");
      const { checksum: _, ...manifest } = JSON.parse(readFileSync(path, "utf8"));
      promise(manifest, manifest.arrays[0]);
      writeFileSync(path, encodeManifest(manifest));
    });
    assert.is(runs, 2, promise.toString());
    assert.is(warnings[0]?.code, "ERR_CORRUPT_ENTRY", promise.toString());
  }
});

test("a clone of another Node that this one cannot read is a silent miss", async () => {
  const { encodeManifest } = await import("../../lib/format/manifest.ts");
  for (const [node, codes] of [
    ["99.0.0", []],
    [process.versions.node, ["ERR_CORRUPT_ENTRY"]],
  ] as const) {
    const { runs, warnings } = await afterDamage((entry) => {
      const path = join(entry, "entry.json");
      const { checksum: _, ...manifest } = JSON.parse(readFileSync(path, "utf8"));
      const clone = Buffer.from([0xff, 0x0f, 0x7f, 0x7f]).toString("base64");
      writeFileSync(path, encodeManifest({ ...manifest, node, value: { clone } }));
    });
    assert.is(runs, 2);
    assert.equal(
      warnings.map(({ code }) => code),
      [...codes],
    );
  }
});

test("an entry in the place of another is a miss, also where no file shows it", () =>
  withTmp(async (directory) => {
    const runs: number[] = [];
    const cached = new Memory(directory, { verbose: 0 }).cache(function negative(x: number) {
      runs.push(x);
      return -x;
    });
    cached(1);
    const first = onlyFile(directory, "entry.json");
    const manifest = readFileSync(first);
    cached(2);
    for (const file of filesIn(directory)) {
      if (file.endsWith("entry.json")) writeFileSync(join(directory, file), manifest);
    }
    const { result, warnings } = await withWarnings(() => cached(2));
    assert.is(result, -2);
    assert.is(warnings[0]?.code, "ERR_CORRUPT_ENTRY");
    assert.equal(runs, [1, 2, 2]);
  }));

test("a directory in the place of the manifest is replaced", async () => {
  const { runs, warnings, again } = await afterDamage((entry) => {
    rmSync(join(entry, "entry.json"));
    mkdirSync(join(entry, "entry.json"));
  });
  assert.is(runs, 2);
  assert.is(warnings.length, 1);
  assert.is(again, 0);
});

test("an entry that is removed is a silent miss", async () => {
  const { runs, warnings } = await afterDamage((entry) => rmSync(entry, { recursive: true }));
  assert.is(runs, 2);
  assert.equal(warnings, []);
});

test("a location that is a symbolic link works like the directory behind it", () =>
  withTmp((directory) => {
    mkdirSync(join(directory, "real"));
    symlinkSync(join(directory, "real"), join(directory, "link"));
    const memory = new Memory(join(directory, "link"), { verbose: 0 });
    const cached = memory.cache(value);
    cached(1);
    assert.ok(cached.checkCallInCache(1));
    assert.ok(filesIn(join(directory, "real")).length > 0);
    memory.clear({ warn: false });
    assert.not(cached.checkCallInCache(1));
  }));

test.run();
