/**
 * Measures one case in this process: `child.ts CASE DIRECTORY`, the result as JSON on stdout.
 *
 * @module
 */

import { measure } from "./case.ts";
import { cases } from "./cases/index.ts";

const [name = "", directory = ""] = process.argv.slice(2);
const chosen = cases[name];
if (!chosen) throw new Error(`No case is called ${name}`);
console.log(JSON.stringify(await measure(chosen, chosen, directory)));
