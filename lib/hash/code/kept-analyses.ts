/**
 * What was found out about source texts, as a file beside the entries of a function, so that another
 * process need not parse them again.
 *
 * ```
 * {"format":1,"by":"ndmemo 0.1.0, analysis 1, acorn 8.19.0","sources":{"<digest>":{…}},"checksum":"…"}
 * ```
 *
 * A text is found by its digest, so one that changed is another one. A file that is damaged, or that
 * another version of the analysis or of the parser wrote, is as good as none. Losing it costs time.
 * What it says decides the keys of the cache that it is in, and of no other.
 *
 * @module
 */

import { ANALYSIS, type Analysis, type Answers, type Kept } from "../../code/syntax/analysis.ts";
import { isFields } from "../../code/syntax/encoded.ts";
import { Witness } from "../../code/syntax/memo.ts";
import { parserVersion } from "../../code/syntax/parse.ts";
import { digestBytes } from "../xxh3.ts";

const FORMAT = 1;
const BEFORE_CHECKSUM = ',"checksum":"';
const AFTER_CHECKSUM = '"}';
const CHECKSUM_LENGTH = BEFORE_CHECKSUM.length + 32 + AFTER_CHECKSUM.length;

/** So many bytes of texts that were not met again stay in the file: versions of code that take turns. */
const MAX_OTHERS = 2 ** 17;
/** A larger file is neither written nor read. */
const MAX_BYTES = 2 ** 23;

/** The answers about the sources of one function and of what it reaches. */
export class KeptAnalyses implements Kept {
  readonly witness: Witness;
  readonly #read: () => Uint8Array | undefined;
  readonly #version: string;
  readonly #used = new Map<Analysis, string>();
  #before: ReadonlyMap<string, Answers> | undefined;
  /** Who writes the file; undefined where the version of the parser is not known. */
  #writer: string | undefined;

  /**
   * @param version that of ndmemo.
   * @param read gives the bytes of the file, at most once; not called before something is looked for.
   * @param witness the cache that the file is in.
   */
  constructor(
    version: string,
    read: () => Uint8Array | undefined,
    witness: Witness = new Witness(),
  ) {
    this.witness = witness;
    this.#read = read;
    this.#version = version;
  }

  use(analysis: Analysis): void {
    if (!this.#used.has(analysis)) this.#used.set(analysis, textId(analysis.text));
  }

  find(analysis: Analysis): Answers | undefined {
    return this.#known().get(this.#used.get(analysis) ?? textId(analysis.text));
  }

  /** The bytes that the file should have; undefined where it has all that was asked for. */
  update(): Buffer | undefined {
    const before = this.#known();
    const now = new Map<string, string>();
    let isNew = false;
    for (const [analysis, id] of this.#used) {
      const known = before.get(id) ?? {};
      const answers = { ...known, ...analysis.encoded(this.witness) };
      const count = Object.keys(answers).length;
      if (count > Object.keys(known).length) isNew = true;
      if (count > 0) now.set(id, JSON.stringify(answers));
    }
    if (!isNew) return undefined;
    let room = MAX_OTHERS;
    for (const [id, answers] of before) {
      if (now.has(id)) continue;
      const text = JSON.stringify(answers);
      room -= text.length;
      if (room > 0) now.set(id, text);
    }
    return this.#encode(now);
  }

  #encode(sources: ReadonlyMap<string, string>): Buffer | undefined {
    if (this.#writer === undefined) return undefined;
    const texts = [...sources].map(([id, answers]) => `"${id}":${answers}`);
    const by = JSON.stringify(this.#writer);
    const body = `{"format":${FORMAT},"by":${by},"sources":{${texts.join(",")}}`;
    const bytes = Buffer.from(body + checksumOf(Buffer.from(body)));
    return bytes.length > MAX_BYTES ? undefined : bytes;
  }

  #known(): ReadonlyMap<string, Answers> {
    if (this.#before === undefined) {
      const parser = parserVersion();
      const names = `ndmemo ${this.#version}, analysis ${ANALYSIS}, acorn ${parser}`;
      this.#writer = parser === undefined ? undefined : names;
      this.#before = this.#decode(this.#read());
    }
    return this.#before;
  }

  #decode(file: Uint8Array | undefined): ReadonlyMap<string, Answers> {
    const found = new Map<string, Answers>();
    if (file === undefined || file.length < CHECKSUM_LENGTH || file.length > MAX_BYTES) {
      return found;
    }
    const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
    const end = bytes.length - CHECKSUM_LENGTH;
    const body = bytes.subarray(0, end);
    if (bytes.toString("latin1", end) !== checksumOf(body)) return found;
    const { format, by, sources } = parseObject(`${body.toString("utf8")}}`);
    const isOurs = format === FORMAT && by !== undefined && by === this.#writer;
    if (!isOurs || !isFields(sources)) return found;
    for (const [id, answers] of Object.entries(sources)) {
      if (isFields(answers)) found.set(id, answers);
    }
    return found;
  }
}

function textId(text: string): string {
  return digestBytes(Buffer.from(text, "utf16le"));
}

function checksumOf(body: Uint8Array): string {
  return BEFORE_CHECKSUM + digestBytes(body) + AFTER_CHECKSUM;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
