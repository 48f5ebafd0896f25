/**
 * The floor: the system calls that a cache of files cannot do without, and nothing else.
 *
 * `floor.ts CASE DIRECTORY WARM_UP SAMPLES`, a measurement as JSON on stdout.
 *
 * @module
 */

import assert from "node:assert";
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { measure, type Runnable } from "../case.ts";
import { LENGTH_256_MIB, walk } from "../data.ts";

const LENGTH_80_MB = 1e7;
const MOST_AT_ONCE = 2 ** 30;

function open(path: string): { readonly fd: number; readonly size: number } {
  const fd = openSync(path, "r");
  return { fd, size: fstatSync(fd).size };
}

function write(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, "wx");
  for (let at = 0; at < bytes.byteLength; ) {
    at += writeSync(fd, bytes, at, Math.min(MOST_AT_ONCE, bytes.byteLength - at));
  }
  closeSync(fd);
}

const smallHit: Runnable = {
  prepare(directory) {
    const path = join(directory, "7");
    writeFileSync(path, "49");
    const buffer = Buffer.alloc(64);
    return {
      run() {
        const fd = openSync(path, "r");
        const size = readSync(fd, buffer, 0, buffer.byteLength, 0);
        closeSync(fd);
        assert.equal(Number(buffer.toString("latin1", 0, size)), 49);
      },
    };
  },
};

const smallMiss: Runnable = {
  prepare: (directory) => ({
    run(turn) {
      const draft = join(directory, `draft-${turn}`);
      mkdirSync(draft);
      write(join(draft, "entry"), Buffer.from(`${turn * turn}`));
      renameSync(draft, join(directory, `${turn}`));
    },
  }),
};

const cases: Readonly<Record<string, Runnable>> = {
  "hit-small": smallHit,
  "hit-first": smallHit,
  miss: smallMiss,
  "miss-memory": smallMiss,
  "hit-read": {
    prepare(directory) {
      const path = join(directory, "array");
      const values = walk(LENGTH_80_MB);
      write(path, new Uint8Array(values.buffer));
      return {
        run() {
          const { fd, size } = open(path);
          const read = new Float64Array(size / 8);
          assert.equal(readSync(fd, read, 0, size, 0), size);
          closeSync(fd);
          assert.equal(read[1000], values[1000]);
        },
      };
    },
  },
  store: {
    prepare(directory) {
      const bytes = new Uint8Array(walk(LENGTH_256_MIB).buffer);
      const path = join(directory, "entry");
      return {
        run() {
          write(`${path}.draft`, bytes);
          renameSync(`${path}.draft`, path);
        },
        between: () => rmSync(path),
      };
    },
  },
};

const [name = "", directory = "", warmUp, samples] = process.argv.slice(2);
const chosen = cases[name];
if (!chosen) throw new Error(`the floor has no case ${name}`);
const counts = { warmUp: Number(warmUp), samples: Number(samples) };
console.log(JSON.stringify(await measure(chosen, counts, directory)));
