/**
 * Sizes and times as people read and write them.
 *
 * @module
 */

import { UsageError } from "./usage-error.ts";

/** A number of bytes, such as `1.5 MiB`: each unit is 1024 times the one before. */
export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let [value, unit] = [bytes, 0];
  // What would be rounded up to 1024 is one of the next unit.
  while (value >= 1023.5 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** A span of work, such as `35 µs`, `1.2 s` or `3.4 h`; nothing at all is `0`. */
export function secondsText(seconds: number): string {
  if (!(seconds > 0)) return "0";
  const units: readonly (readonly [string, number])[] = [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
    ["ms", 1e-3],
    ["µs", 1e-6],
  ];
  const [name, size] = units.find(([, size]) => seconds >= 0.9995 * size) ?? ["µs", 1e-6];
  const value = seconds / size;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${name}`;
}

/** How long ago something was, in whole units. */
export function ageText(seconds: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["y", 31_557_600],
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
  ];
  const [name, size] = units.find(([, size]) => seconds >= size) ?? ["s", 1];
  return `${Math.max(0, Math.floor(seconds / size))} ${name}`;
}

/** A point in time, in seconds since 1970, in local time. */
export function timeText(time: number): string {
  const date = new Date(time * 1000);
  if (Number.isNaN(date.getTime())) return "unknown";
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

/** A number of things. */
export function countText(count: number, one: string, several: string = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : several}`;
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  min: 60_000,
  s: 1000,
  ms: 1,
};

/** The milliseconds of an age such as `7d`, `1.5h` or `1d12h`. @throws UsageError for another text. */
export function parseAge(text: string): number {
  const part = /(\d+\.?\d*|\.\d+)\s*(ms|min|[wdhms])\s*/y;
  let total = 0;
  const given = text.trim();
  while (part.lastIndex < given.length) {
    const match = part.exec(given);
    if (!match) break;
    total += Number(match[1]) * (MILLISECONDS[match[2] as string] as number);
    if (part.lastIndex === given.length) return total;
  }
  throw new UsageError(
    `--age takes a time such as 7d, 12h, 30m or 1d12h (w, d, h, m, s and ms), not ${text}`,
  );
}

/** The whole number in a text. @throws UsageError for another text. */
export function parseCount(option: string, text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new UsageError(`${option} takes a whole number that is not negative, not ${text}`);
}
