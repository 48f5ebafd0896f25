/**
 * Numbers of one array as texts of one width, as NumPy prints them.
 *
 * Floats have up to eight digits after the point, and an exponent where their sizes differ by more
 * than a thousand times or are very large or small. The rules are those of `FloatingFormat` in
 * NumPy's `arrayprint.py`.
 *
 * @module
 */

/** The elements of an array that are shown. */
export type Elements = readonly (number | bigint | boolean | Complex)[];

/** A complex number: real and imaginary part. */
export type Complex = readonly [number, number];

const DIGITS = 8;

/** The texts of elements, all of one width. @param isSingle whether they were float32. */
export function formatElements(elements: Elements, isSingle: boolean, isFloat: boolean): string[] {
  const [first] = elements;
  if (Array.isArray(first)) return formatComplex(elements as readonly Complex[], isSingle);
  if (isFloat) return formatFloats(elements as readonly number[], isSingle, false);
  if (typeof first === "boolean") {
    return elements.map((value) => (value ? "True" : "False").padStart(5));
  }
  return padLeft(elements.map(String));
}

function formatComplex(elements: readonly Complex[], isSingle: boolean): string[] {
  const real = formatFloats(
    elements.map(([value]) => value),
    isSingle,
    false,
  );
  const imaginary = formatFloats(
    elements.map(([, value]) => value),
    isSingle,
    true,
  );
  return real.map((text, i) => {
    const part = imaginary[i] as string;
    const trimmed = part.trimEnd();
    return `${text}${trimmed}j${" ".repeat(part.length - trimmed.length)}`;
  });
}

/** @param isSigned whether positive numbers have a sign, too. */
function formatFloats(values: readonly number[], isSingle: boolean, isSigned: boolean): string[] {
  const finite = values.filter(Number.isFinite);
  const sizes = finite.filter((value) => value !== 0).map(Math.abs);
  const largest = Math.max(...sizes);
  const smallest = Math.min(...sizes);
  const isScientific =
    sizes.length > 0 && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000);
  const shortest = finite.map((value) =>
    isScientific ? scientific(value, isSingle) : positional(value, isSingle),
  );
  const places = Math.max(0, ...shortest.map(({ fraction }) => fraction.length));
  const exponents = Math.max(0, ...shortest.map(({ exponent }) => exponent.length));
  let next = 0;
  const texts = values.map((value) => {
    const sign = value < 0 || Object.is(value, -0) ? "-" : isSigned ? "+" : "";
    if (Number.isNaN(value)) return isSigned ? "+nan" : "nan";
    if (!Number.isFinite(value)) return `${sign}inf`;
    const { whole, fraction, exponent } = shortest[next++] as Parts;
    if (!isScientific) return `${sign}${whole}.${fraction.padEnd(places)}`;
    // The digits that others have and this one could do without are those of its exact value.
    const exact =
      fraction.length < places ? parts(Math.abs(value).toExponential(places)) : undefined;
    const digits = exact ? `${exact.whole}.${exact.fraction}` : `${whole}.${fraction}`;
    return `${sign}${digits}${exponentText(exact?.exponent ?? exponent, exponents)}`;
  });
  return padLeft(texts);
}

interface Parts {
  readonly whole: string;
  readonly fraction: string;
  /** Sign and at least two digits; empty where there is none. */
  readonly exponent: string;
}

function positional(value: number, isSingle: boolean): Parts {
  const size = Math.abs(value);
  const text = decimals(size, isSingle);
  const [whole = "0", fraction = ""] = text.split(".");
  return { whole, fraction: fraction.replace(/0+$/, ""), exponent: "" };
}

/** Below 10^8 and not very small: no exponent comes. */
function decimals(size: number, isSingle: boolean): string {
  const text = String(isSingle ? shortestSingle(size) : size);
  const isShort = !text.includes("e") && (text.split(".")[1]?.length ?? 0) <= DIGITS;
  return isShort ? text : size.toFixed(DIGITS);
}

function scientific(value: number, isSingle: boolean): Parts {
  const size = Math.abs(isSingle ? shortestSingle(value) : value);
  const text = size.toExponential();
  const isShort = text.indexOf("e") - 2 <= DIGITS;
  const { whole, fraction, exponent } = parts(isShort ? text : size.toExponential(DIGITS));
  return { whole, fraction: fraction.replace(/0+$/, ""), exponent };
}

function parts(text: string): Parts {
  const [digits = "0", power = "+0"] = text.split("e");
  const [whole = "0", fraction = ""] = digits.split(".");
  return { whole, fraction, exponent: `${power[0]}${power.slice(1).padStart(2, "0")}` };
}

function exponentText(exponent: string, length: number): string {
  if (exponent === "") return "";
  return `e${exponent[0]}${exponent.slice(1).padStart(length - 1, "0")}`;
}

/** The number with the fewest digits that is the same float32. */
function shortestSingle(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function padLeft(texts: readonly string[]): string[] {
  const width = texts.reduce((most, text) => Math.max(most, text.length), 0);
  return texts.map((text) => text.padStart(width));
}
