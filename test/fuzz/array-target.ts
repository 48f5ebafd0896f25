/**
 * What reads files of arrays and tables that anybody may have written.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { encodeNpyHeader, parseNpyHeader } from "../../lib/format/npy.ts";
import { dump, load } from "../../lib/index.ts";
import { npyFiles } from "./arbitrary.ts";
import { arrowFiles } from "./flat.ts";
import { mutateBytes } from "./random.ts";
import { specimens } from "./specimen.ts";
import type { Target } from "./target.ts";

const MODES = [null, "r", "c"] as const;

/** A `.npy` file of anyone's. */
export function npyTarget(path: string): Target {
  const headers = [
    { descr: "<f8", fortranOrder: false, shape: [4] },
    { descr: ">i4", fortranOrder: true, shape: [2, 4] },
    { descr: "|b1", fortranOrder: false, shape: [] },
    { descr: "<c16", fortranOrder: false, shape: [2, 1, 1] },
  ];
  return {
    name: "npy",
    seeds: headers.map((header) =>
      Buffer.concat([encodeNpyHeader(header), Buffer.from("0123456789abcdef0123456789abcdef")]),
    ),
    mutate: (input, random) => mutateBytes(input, random, NPY_TOKENS),
    inputs: npyFiles(),
    run(input) {
      writeFileSync(path, input);
      // The other byte order cannot be mapped.
      const mmapMode = input.includes(">") ? null : MODES[input.byteLength % MODES.length];
      return load(path, { mmapMode: mmapMode ?? null });
    },
  };
}

const NPY_TOKENS = [
  ...["True", "False", "'descr'", "'shape'", "(", ")", "((((((((((((((((((", "9999999999999999999"],
  ...[
    "18446744073709551616,",
    "-1,",
    "0, ",
    "'<f8'",
    "'|O'",
    "[('a', '<f8')]",
    "{",
    "}",
    "\\",
    "L",
  ],
  ...["__import__('os').system('true')", "\n", "\0"],
].map((text) => Buffer.from(text));

/** An `.arrow` file of anyone's: the metadata are FlatBuffers, whose offsets may lead anywhere. */
export function arrowTarget(path: string): Target {
  const seeds = specimens()
    .filter(({ name }) => name === "table")
    .flatMap(({ value }) =>
      [false, true].map((compress) => {
        dump(value(), path, { compress });
        return readFileSync(path);
      }),
    );
  return {
    name: "arrow",
    seeds,
    inputs: arrowFiles(seeds),
    mutate: (input, random) => mutateBytes(input, random),
    run(input) {
      writeFileSync(path, input);
      return load(path, { mmapMode: MODES[input.byteLength % MODES.length] ?? null });
    },
  };
}

/** The header alone, of a file that claims to be large. */
export function headerTarget(): Target {
  const { seeds, mutate } = npyTarget("");
  return {
    ...{ name: "npy header", seeds, mutate, inputs: npyFiles() },
    run: (input) => parseNpyHeader(input, input.byteLength + 2 ** 40),
  };
}
