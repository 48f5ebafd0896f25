/**
 * A process that stores entries in a store with a limit: `limits-writer.ts DIRECTORY ENTRIES LIMITS`.
 *
 * Prints how many of its entries were evicted less than a second after they were stored, and the
 * warnings it saw.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { Limits } from "../../lib/store/limits/limits.ts";
import { LocalStore } from "../../lib/store/local.ts";
import { addEntry, keyOf } from "../helpers/entries.ts";

const [directory = "", entries, sizes = "{}"] = process.argv.slice(2);
const store = new LocalStore(directory, { durable: false });
const limits = new Limits(store, JSON.parse(sizes));
const warnings: string[] = [];
process.on("warning", ({ message }) => warnings.push(message));

let tooEarly = 0;
for (let i = 0; i < Number(entries); i++) {
  const name = `${process.pid} ${i}`;
  const start = performance.now();
  addEntry(store, name);
  limits.stored(100);
  await setImmediate();
  const isThere = store.readManifest(keyOf(name), false) !== undefined;
  if (!isThere && performance.now() - start < 1000) tooEarly++;
}
await limits.flush();
console.log(JSON.stringify({ tooEarly, warnings }));
