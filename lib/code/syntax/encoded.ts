/**
 * Values that JSON does not keep, as values that it keeps, and back: what literals are worth, lists
 * of names.
 *
 * Everything is checked on the way back: a value that nothing was encoded as is undefined.
 *
 * @module
 */

/** What a literal is worth, as {@link decodeLiteral} reads it; undefined where there is no form. */
export function encodeLiteral(value: unknown): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "undefined":
      return ["undefined"];
    case "bigint":
      return ["bigint", String(value)];
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : ["number", Object.is(value, -0) ? "-0" : String(value)];
    case "object":
      return value === null ? null : encodeObject(value);
    default:
      return undefined;
  }
}

function encodeObject(value: object): unknown {
  const parts = Object.keys(value).map((key) => [key, encodeLiteral(Reflect.get(value, key))]);
  if (parts.some(([, part]) => part === undefined)) return undefined;
  return Array.isArray(value) ? ["array", value.length, parts] : ["object", parts];
}

/** The value that was encoded, in an object of its own; undefined for anything else. */
export function decodeLiteral(encoded: unknown): { readonly value: unknown } | undefined {
  if (!Array.isArray(encoded)) {
    const isItself = encoded === null || ["string", "boolean", "number"].includes(typeof encoded);
    return isItself ? { value: encoded } : undefined;
  }
  const [kind, first, second]: readonly unknown[] = encoded;
  switch (kind) {
    case "undefined":
      return { value: undefined };
    case "bigint":
      return isText(first) && /^-?\d+$/.test(first) ? { value: BigInt(first) } : undefined;
    case "number":
      return isText(first) && /^(-0|NaN|-?Infinity)$/.test(first)
        ? { value: Number(first) }
        : undefined;
    case "array": {
      const value: unknown[] = [];
      if (!isCount(first) || !addParts(value, second)) return undefined;
      value.length = first;
      return { value };
    }
    case "object": {
      const value = {};
      return addParts(value, first) ? { value } : undefined;
    }
    default:
      return undefined;
  }
}

function addParts(object: object, parts: unknown): boolean {
  if (!Array.isArray(parts)) return false;
  const rest = { writable: true, enumerable: true, configurable: true };
  return parts.every((part: unknown) => {
    if (!Array.isArray(part)) return false;
    const [key, encoded]: readonly unknown[] = part;
    const literal = decodeLiteral(encoded);
    if (!isText(key) || literal === undefined) return false;
    Object.defineProperty(object, key, { value: literal.value, ...rest });
    return true;
  });
}

/** A list of texts; undefined for anything else. */
export function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every(isText) ? value : undefined;
}

/** Whether a value is a text. */
export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether a value is a count, such as the length of an array. */
export function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32;
}

/** Whether a value is an object with properties by name. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
