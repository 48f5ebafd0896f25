import { constants } from "node:buffer";
import { closeSync, ftruncateSync, openSync, readFileSync, readSync, unlinkSync } from "node:fs";
import { totalmem } from "node:os";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, thrown, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
const node = Number.parseInt(process.versions.node, 10);
const GIB = 2 ** 30;

test("a map holds the bytes of the file", () => {
  const bytes = counting(10_000);
  withFile(bytes, ({ fd }) => {
    const buffer = addon.map(fd, 0, bytes.length, "private");
    assert.instance(buffer, ArrayBuffer);
    sameArray(new Uint8Array(buffer), bytes);
  });
});

test("a map begins at any offset and has any length", () => {
  const bytes = counting(3 * 65_536 + 17);
  withFile(bytes, ({ fd }) => {
    for (const offset of [0, 1, 127, 4095, 4096, 4097, 65_536, 65_543, bytes.length - 1]) {
      for (const length of [1, 2, 4096, 70_001, bytes.length - offset]) {
        if (offset + length > bytes.length) continue;
        const buffer = addon.map(fd, offset, length, "private");
        sameArray(new Uint8Array(buffer), bytes.subarray(offset, offset + length));
        assert.ok(addon.unmap(buffer));
      }
    }
  });
});

test("a write to a private map stays in that map", () => {
  const bytes = counting(9000);
  withFile(bytes, ({ fd, path }) => {
    const written = new Uint8Array(addon.map(fd, 5, 8000, "private"));
    const other = new Uint8Array(addon.map(fd, 5, 8000, "private"));
    written.fill(255);
    assert.is(written[7999], 255);
    sameArray(other, bytes.subarray(5, 8005));
    sameArray(new Uint8Array(readFileSync(path)), bytes);
  });
});

test("a private map of a file that is open for reading only can be written", () => {
  withFile(counting(5000), ({ path }) => {
    const fd = openSync(path, "r");
    const view = new Uint8Array(addon.map(fd, 0, 5000, "private"));
    closeSync(fd);
    view[4999] = 200;
    assert.is(view[4999], 200);
  });
});

test("a write to a shared map reaches the file and other maps", () => {
  withFile(counting(9000), ({ fd }) => {
    const written = new Uint8Array(addon.map(fd, 4097, 100, "shared"));
    const other = new Uint8Array(addon.map(fd, 4000, 1000, "shared"));
    written[3] = 255;
    const byte = new Uint8Array(1);
    readSync(fd, byte, 0, 1, 4100);
    assert.is(byte[0], 255);
    assert.is(other[100], 255);
  });
});

test("a shared map of a file that is open for reading only is refused", () => {
  withFile(counting(100), ({ path }) => {
    const fd = openSync(path, "r");
    assert.is(thrown(() => addon.map(fd, 0, 100, "shared")).code, "EACCES");
    closeSync(fd);
  });
});

test("a map outlives its file descriptor and the name of its file", () => {
  const bytes = counting(5000);
  const view = withFile(bytes, ({ fd, path }) => {
    const mapped = new Uint8Array(addon.map(fd, 0, 5000, "private"));
    unlinkSync(path);
    return mapped;
  });
  sameArray(view, bytes);
});

test("unmap empties the buffer and its views", () => {
  withFile(counting(5000), ({ fd }) => {
    const buffer = addon.map(fd, 10, 100, "shared");
    const view = new Uint8Array(buffer, 5, 10);
    assert.is(addon.unmap(buffer), true);
    assert.is(buffer.byteLength, 0);
    assert.is(view.length, 0);
    assert.is(view[0], undefined);
  });
});

test("unmap is false for a second call and for what was never mapped", () => {
  withFile(counting(5000), ({ fd }) => {
    const buffer = addon.map(fd, 0, 100, "private");
    addon.unmap(buffer);
    assert.is(addon.unmap(buffer), false);
    for (const other of [new ArrayBuffer(8), new ArrayBuffer(0), new SharedArrayBuffer(8)]) {
      assert.is(addon.unmap(other), false);
    }
    for (const other of [undefined, null, 1, {}, new Uint8Array(4)]) {
      assert.is(addon.unmap(other as ArrayBuffer), false);
    }
  });
});

test("a map at the address of an unmapped one is not unmapped with it", async () => {
  await withFile(counting(5000), async ({ fd }) => {
    addon.unmap(addon.map(fd, 0, 5000, "private"));
    const view = new Uint8Array(addon.map(fd, 0, 5000, "private"));
    // The finalizer of the first buffer runs in a later turn of the event loop.
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    sameArray(view, counting(5000));
    assert.ok(addon.unmap(view.buffer));
  });
});

test("a range that the file does not have is refused", () => {
  withFile(counting(5000), ({ fd }) => {
    for (const [offset, length] of [
      [0, 5001],
      [4999, 2],
      [5000, 1],
      [2 ** 32, 1],
      [0, 2 ** 32 + 1],
      [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ] as const) {
      const error = thrown(() => addon.map(fd, offset, length, "private"));
      assert.is(error.code, "ENXIO");
      assert.match(error.message, "the file ends at byte 5000");
    }
    ftruncateSync(fd, 0);
    assert.is(thrown(() => addon.map(fd, 0, 1, "private")).code, "ENXIO");
  });
});

test("a descriptor that is not open is EBADF", () => {
  const error = thrown(() => addon.map(2 ** 31 - 1, 0, 1, "private"));
  assert.is(error.code, "EBADF");
  assert.match(error.message, /^EBADF: bad file descriptor/);
});

test("wrong arguments are a TypeError or a RangeError that names the argument", () => {
  const map = addon.map as (...args: unknown[]) => unknown;
  withFile(10, ({ fd }) => {
    const cases: [unknown[], typeof TypeError | typeof RangeError, string][] = [
      [[], TypeError, "fd"],
      [["3", 0, 1, "private"], TypeError, "fd"],
      [[-1, 0, 1, "private"], RangeError, "fd"],
      [[2 ** 31, 0, 1, "private"], RangeError, "fd"],
      [[fd, 0n, 1, "private"], TypeError, "offset"],
      [[fd, -1, 1, "private"], RangeError, "offset"],
      [[fd, 0.5, 1, "private"], RangeError, "offset"],
      [[fd, Number.NaN, 1, "private"], RangeError, "offset"],
      [[fd, 2 ** 53, 1, "private"], RangeError, "offset"],
      [[fd, 0, undefined, "private"], TypeError, "byteLength"],
      [[fd, 0, 0, "private"], RangeError, "byteLength"],
      [[fd, 0, -1, "private"], RangeError, "byteLength"],
      [[fd, 0, 1.5, "private"], RangeError, "byteLength"],
      [[fd, 0, Number.POSITIVE_INFINITY, "private"], RangeError, "byteLength"],
      [[fd, 0, 1], TypeError, "mode"],
      [[fd, 0, 1, "r"], TypeError, "mode"],
      [[fd, 0, 1, "PRIVATE"], TypeError, "mode"],
    ];
    for (const [args, type, name] of cases) {
      const error = thrown(() => map(...args));
      assert.instance(error, type);
      assert.match(error.message, `for ${name}`);
    }
  });
});

test("a range beyond 4 GiB of a large file is found", () => {
  withFile(5 * GIB + 100, ({ fd }) => {
    const view = new Uint8Array(addon.map(fd, 5 * GIB, 100, "shared"));
    view[99] = 7;
    const byte = new Uint8Array(1);
    readSync(fd, byte, 0, 1, 5 * GIB + 99);
    assert.is(byte[0], 7);
  });
});

if (node >= 22) {
  test("a map of 5 GiB is whole", () => {
    withFile(5 * GIB, ({ fd }) => {
      const buffer = addon.map(fd, 0, 5 * GIB, "shared");
      const view = new Uint8Array(buffer);
      assert.is(view.length, 5 * GIB);
      const places = [0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 5 * GIB - 1];
      for (const [i, place] of places.entries()) view[place] = i + 1;
      const byte = new Uint8Array(1);
      for (const [i, place] of places.entries()) {
        readSync(fd, byte, 0, 1, place);
        assert.is(byte[0], i + 1);
      }
      assert.ok(addon.unmap(buffer));
    });
  });

  test("a file larger than memory is mapped copy-on-write, and can be written", () => {
    const size = totalmem() * 4;
    withFile(size, ({ fd }) => {
      const buffer = addon.map(fd, 0, size, "private");
      const view = new Uint8Array(buffer);
      const places = Array.from({ length: 2000 }, (_, i) => Math.floor((i / 2000) * size));
      for (const place of places) view[place] = 1;
      assert.ok(places.every((place) => view[place] === 1));
      assert.ok(addon.unmap(buffer));
    });
  });
} else {
  test("a map that the runtime has no buffer for is refused and leaves nothing mapped", async () => {
    await withFile(5 * GIB, async ({ fd, path }) => {
      const error = thrown(() => addon.map(fd, 0, constants.MAX_LENGTH + 1, "private"));
      assert.is(error.code, "ERR_BUFFER_TOO_LARGE");
      await new Promise(setImmediate);
      if (process.platform === "linux") {
        assert.not.match(readFileSync("/proc/self/maps", "utf8"), path);
      }
      const whole = addon.map(fd, 0, constants.MAX_LENGTH, "private");
      assert.is(whole.byteLength, 4 * GIB);
      assert.ok(addon.unmap(whole));
    });
  });
}

test.run();
