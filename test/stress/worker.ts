/**
 * A process that is killed: does one scenario, and prints how many calls it made if it comes so far.
 *
 * @module
 */

import { arm, disarm, type Order } from "./interposer.ts";
import { scenarioNamed } from "./scenario.ts";

const [name = "", directory = "", order = "{}"] = process.argv.slice(2);
arm(directory, JSON.parse(order) as Order);
await scenarioNamed(name).run(directory);
console.log(disarm());
