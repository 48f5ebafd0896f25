/**
 * 10,000 maps of every kind, made, written, unmapped or dropped, for LeakSanitizer, which looks for what
 * is left when the process ends: `node many-maps.mjs ADDON FILE`. Without tsx, so that Node has
 * nothing else to do.
 */

import fs from "node:fs";
import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";

const [addonPath, file] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(addonPath);
const PAGE = 65_536;
const KINDS = ["guarded", "private", "shared"];

/** Calls that fail must not leave anything behind either. */
function refuse(fd) {
  for (const args of [[fd, 0, 2 ** 40, "guarded"], [2 ** 31 - 1, 0, 1, "private"], [fd]]) {
    try {
      addon.map(...args);
    } catch {
      continue;
    }
    throw new Error(`map(${args}) did not fail`);
  }
}

fs.writeFileSync(file, Buffer.alloc(4 * PAGE, 7));
const fd = fs.openSync(file, "r+");
const reported = new Set();
addon.onFault((label) => reported.add(label));
for (let i = 0; i < 10_000; i++) {
  const kind = KINDS[i % KINDS.length];
  const label = `${kind} ${i}`;
  const buffer = addon.map(fd, i, 3 * PAGE, kind, label);
  const bytes = new Uint8Array(buffer);
  if (bytes[PAGE] !== 7) throw new Error(`${label} holds ${bytes[PAGE]}`);
  if (i % 5 === 0) bytes[2 * PAGE] = 7;
  if (kind === "shared" && i % 7 === 0) addon.makePrivate(buffer, fd);
  addon.dirtyPages(buffer);
  if (i % 2 === 0) addon.unmap(buffer);
  if (i % 11 === 0) refuse(fd);
  if (i % 100 === 0) await setImmediate();
}
addon.reportFaults();
if (reported.size < 500) throw new Error(`${reported.size} writes were reported`);
