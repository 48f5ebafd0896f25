/**
 * Every case by the name that the command line and the peers use.
 *
 * @module
 */

import type { Case } from "../case.ts";
import * as call from "./call.ts";
import { hash256 } from "./hash.ts";

export const cases: Readonly<Record<string, Case>> = {
  hash: hash256,
  "hit-small": call.hitSmall,
  "hit-mapped": call.hitMapped,
  "hit-read": call.hitRead,
  miss: call.missSmall,
  store: call.store256,
};
