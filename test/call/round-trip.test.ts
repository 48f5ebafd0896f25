import { isDeepStrictEqual } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash, Memory, type MmapMode } from "../../lib/index.ts";
import { arrays, others } from "../helpers/kinds.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const modes: (MmapMode | null)[] = [null, "r", "c", "r+", "w+"];

/** What the first call and a hit return, from two Memories. */
async function firstAndHit(make: () => unknown, mmapMode: MmapMode | null): Promise<unknown[]> {
  return withTmp(async (directory) => {
    let runs = 0;
    const cached = (): unknown =>
      new Memory(directory, { verbose: 0, mmapMode, verify: "full" }).eval(makeIt);
    function makeIt(): unknown {
      runs++;
      return make();
    }
    const { result, warnings } = await withWarnings(() => [cached(), cached()]);
    assert.equal(warnings.map(String), []);
    assert.is(runs, 1);
    return result;
  });
}

for (const mode of modes) {
  for (const [name, make] of Object.entries(arrays)) {
    test(`${name} comes back the same with mmapMode ${mode}`, async () => {
      const expected = make();
      for (const value of await firstAndHit(make, mode)) {
        assert.is(Object.prototype.toString.call(value), Object.prototype.toString.call(expected));
        assert.is(Object.getPrototypeOf(value), Object.getPrototypeOf(expected));
        assert.is((value as ArrayBuffer).byteLength, expected.byteLength);
        assert.is(hash(value), hash(expected));
      }
    });
  }

  for (const [name, make] of Object.entries(others)) {
    test(`${name} comes back the same with mmapMode ${mode}`, async () => {
      for (const value of await firstAndHit(make, mode)) {
        assert.is(hash(value), hash(make()));
        // On Node 20 two invalid dates are unequal to isDeepStrictEqual.
        assert.ok(isDeepStrictEqual(value, make()) || name === "invalid Date");
      }
    });
  }
}

test("views keep their class, and a hit of a view on shared memory lies on shared memory", async () => {
  const make = arrays["float64 on shared memory"] as () => Float64Array;
  for (const value of (await firstAndHit(make, null)) as Float64Array[]) {
    assert.instance(value.buffer, SharedArrayBuffer);
  }
});

test("an array that occurs twice is one array after a hit, and a cycle is a cycle", async () => {
  const make = (): unknown => {
    const array = new Float64Array([1, 2]);
    const value: Record<string, unknown> = { array, again: [array] };
    value["self"] = value;
    return value;
  };
  for (const mode of modes) {
    const [, hit] = (await firstAndHit(make, mode)) as Record<string, unknown>[];
    assert.is((hit?.["again"] as unknown[] | undefined)?.[0], hit?.["array"]);
    assert.is(hit?.["self"], hit);
  }
});

test.run();
