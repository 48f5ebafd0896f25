/**
 * Run in another process or thread: the digests of the catalogue.
 *
 * @module
 */

import { parentPort } from "node:worker_threads";
import { hash } from "../../lib/hash/hash.ts";
import { catalogue } from "./catalogue.ts";

const digests = [...catalogue()].map(([name, value]) => [name, hash(value)]);
if (parentPort) parentPort.postMessage(digests);
else process.stdout.write(JSON.stringify(digests));
