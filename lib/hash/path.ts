/**
 * Where in a value something stands, as text that reads like an expression: `args[1].model.session`.
 *
 * @module
 */

import { types } from "node:util";

/**
 * One step from an object to a part of it: the name of a property, the index of an element, a
 * symbol. In a Map the number `2 * i` stands for the i-th key and `2 * i + 1` for its value.
 */
export type Step = string | number | symbol;

/** The step from an instance of a registered class to what stands for it. */
export const ENCODED = "encode()";

const MAX_STEPS = 32;

/** The path that starts at `root` and takes `steps[i]` from `objects[i]`, cut after 32 steps. */
export function pathText(root: string, objects: readonly object[], steps: readonly Step[]): string {
  let text = root;
  for (const [i, step] of steps.entries()) {
    if (i === MAX_STEPS) return `${text}…`;
    text += stepText(objects[i], step);
  }
  return text;
}

function stepText(from: object | undefined, step: Step): string {
  if (typeof step === "symbol") return `[${step.toString()}]`;
  if (step === ENCODED) return `.${step}`;
  if (typeof step === "string") {
    return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
  if (types.isSet(from)) return `.values()[${step}]`;
  if (!types.isMap(from)) return `[${step}]`;

  const index = Math.floor(step / 2);
  if (step % 2 === 0) return `.keys()[${index}]`;
  const key = [...Map.prototype.keys.call(from)][index];
  return typeof key === "string" || typeof key === "number"
    ? `.get(${JSON.stringify(key)})`
    : `.values()[${index}]`;
}
