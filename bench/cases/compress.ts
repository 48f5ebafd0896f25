import assert from "node:assert";
import { statSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "ndmemo";
import type { Case } from "../case.ts";
import { counts, temperatures } from "../data.ts";

/** Arrays of 64 MiB. */
const BYTES = 2 ** 26;
const compress = { level: 3, filter: "shuffle" } as const;
const beside = ["joblib", "blosc", "numcodecs"] as const;

interface Kind {
  readonly name: string;
  readonly make: (length: number) => Float64Array | Int32Array;
  readonly length: number;
}

const f8: Kind = { name: "float64 temperatures", make: temperatures, length: BYTES / 8 };
const i4: Kind = { name: "int32 counts", make: counts, length: BYTES / 4 };

function writing({ name, make, length }: Kind): Case {
  return {
    title: `compress 64 MiB of ${name} into a file, level 3 and shuffle`,
    ...{ beside, targets: { blosc: 1 }, warmUp: 1, samples: 3 },
    prepare(directory) {
      const array = make(length);
      const path = join(directory, "array.ndmemo");
      return {
        run: () => dump(array, path, { compress }),
        facts() {
          assert.deepEqual(load(path), array);
          return { "times smaller": array.byteLength / statSync(path).size };
        },
      };
    },
  };
}

function reading({ name, make, length }: Kind): Case {
  return {
    title: `load 64 MiB of ${name} from such a file`,
    ...{ beside, targets: { blosc: 1 }, warmUp: 1, samples: 5 },
    prepare(directory) {
      const array = make(length);
      const path = join(directory, "array.ndmemo");
      dump(array, path, { compress });
      return {
        run: () => assert.equal(load<typeof array>(path)[length - 1], array[length - 1]),
      };
    },
  };
}

export const compressF8: Case = writing(f8);
export const loadF8: Case = reading(f8);
export const compressI4: Case = writing(i4);
export const loadI4: Case = reading(i4);
