/**
 * Ndarrays over plain arrays, which hold anything: stored as what they are made of.
 *
 * @module
 */

import { hasMemory, type NdarrayForm, ndarrayOf } from "../array/ndarray.ts";
import { eachPlace } from "../array/strides.ts";
import { type Packing, reviveNdarray } from "./ndarray.ts";
import type { RegisteredType } from "./registry.ts";

/** What such an ndarray is made of. */
interface Generic extends Packing {
  readonly form: NdarrayForm;
  /** In order. */
  readonly elements: readonly unknown[];
}

/** The type of ndarrays over plain arrays, of whatever class. */
export const genericNdarray: RegisteredType = {
  name: "ndmemo/ndarray",
  encode: (value: object): Generic => {
    const ndarray = ndarrayOf(value);
    if (ndarray === undefined || "problem" in ndarray || hasMemory(ndarray)) {
      throw new TypeError("it is no ndarray over a plain array");
    }
    const { form, layout, data } = ndarray;
    const { shape, order } = layout;
    return { form, shape, order, elements: elementsInOrder(data as readonly unknown[], layout) };
  },
  decode: ({ form, shape, order, elements }: Generic) =>
    reviveNdarray(form, { shape, order }, elements, false),
};

/** The elements of an ndarray over a plain array, one after the other. */
function elementsInOrder(
  data: readonly unknown[],
  layout: Parameters<typeof eachPlace>[0],
): unknown[] {
  const elements: unknown[] = [];
  eachPlace(layout, (place) => elements.push(data[place]));
  return elements;
}
