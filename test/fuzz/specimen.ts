/**
 * Values of every kind that an entry can hold, each with the options that store it so.
 *
 * @module
 */

import { createRequire } from "node:module";
import type { MemoryOptions } from "../../lib/index.ts";

/** A value that is stored. */
export interface Specimen {
  readonly name: string;
  readonly value: () => unknown;
  readonly options: Pick<MemoryOptions<"local">, "compress">;
}

/** One of each kind. */
export function specimens(): readonly Specimen[] {
  return [
    { name: "json", value: () => 1.5, options: {} },
    { name: "clone", value: () => new Map([["key", { when: new Date(5) }]]), options: {} },
    { name: "inline frame", value: () => ["text ".repeat(200)], options: {} },
    { name: "array", value: () => Float64Array.of(1, 2, 3), options: {} },
    { name: "sidecar", value: () => new Float32Array(1100).fill(0.1), options: {} },
    { name: "table", value: table, options: {} },
    { name: "buffer", value: () => Buffer.from("bytes").buffer.slice(0, 5), options: {} },
    { name: "shared", value: () => new Int32Array(new SharedArrayBuffer(8)), options: {} },
    { name: "nested", value: nested, options: {} },
    { name: "compressed", value: compressible, options: { compress: true } },
    { name: "shuffled", value: compressible, options: { compress: { filter: "shuffle" } } },
  ];
}

/** With a dictionary, a list and a null. */
function table(): unknown {
  const { tableFromJSON } = createRequire(import.meta.url)(
    "apache-arrow",
  ) as typeof import("apache-arrow");
  const rows = Array.from({ length: 40 }, (_, i) => {
    return { i, half: i / 2, name: i % 3 === 0 ? null : `name ${i % 4}`, list: [i, i + 1] };
  });
  return tableFromJSON(rows);
}

function nested(): unknown {
  let state = 1;
  const codes = Uint8Array.from({ length: 20_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >> 16;
  });
  const text = Buffer.from(codes).toString("latin1");
  return { a: Float64Array.of(1, 2), b: Buffer.from("b"), text };
}

function compressible(): Float64Array {
  return Float64Array.from({ length: 1000 }, (_, i) => i);
}
