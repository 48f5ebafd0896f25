/**
 * Tables of `apache-arrow` through a cached pipeline: the delays of 200,000 flights by distance.
 *
 * The file is mapped, not read. Each step's result is an Arrow file, mapped by the next step; what
 * counts for the key is what a table says, however it is cut into record batches.
 *
 * ```sh
 * node --import tsx examples/arrow.ts   # computes; and maps when it is run again
 * ```
 *
 * @module
 */

import { Table, vectorFromArray } from "apache-arrow";
import { load, Memory } from "ndmemo";

const memory = new Memory(".cache", { mmapMode: "r", verbose: 0 });

/** The flights of at least so many miles, with the speed of each. */
const longFlights = memory.cache(function longFlights(flights: Table, miles: number) {
  const [distance, delay] = ["distance", "delay"].map((name) => flights.getChild(name)?.toArray());
  const rows = Array.from<unknown, number>(distance, (_, i) => i).filter(
    (i) => distance[i] >= miles,
  );
  return new Table({
    distance: vectorFromArray(Int16Array.from(rows, (i) => distance[i])),
    delay: vectorFromArray(Int16Array.from(rows, (i) => delay[i])),
  });
});

/** The share of flights that were late, for each 500 miles of distance. */
const lateness = memory.cache(function lateness(flights: Table) {
  const [all, late] = [new Uint32Array(10), new Uint32Array(10)];
  for (const { distance, delay } of flights) {
    const bin = Math.min(9, Math.floor(distance / 500));
    all[bin] = (all[bin] ?? 0) + 1;
    if (delay > 15) late[bin] = (late[bin] ?? 0) + 1;
  }
  const share = Float64Array.from(late, (count, bin) => count / (all[bin] || 1));
  return new Table({ flights: vectorFromArray(all), late: vectorFromArray(share) });
});

const file = new URL("../data/flights-200k.arrow", import.meta.resolve("vega-datasets"));
for (const call of ["first", "second"]) {
  const start = performance.now();
  const flights = load<Table>(file, { mmapMode: "r" });
  const result = lateness(longFlights(flights, 500));
  const seconds = (performance.now() - start) / 1000;
  const late = Array.from(
    result.getChild("late") ?? [],
    (share) => `${Math.round(100 * Number(share))} %`,
  );
  console.log(`${call} pass: ${seconds.toFixed(3)} s, late by 500 miles: ${late.join(", ")}`);
}
