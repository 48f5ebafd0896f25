/**
 * Which script called into ndmemo, as the stack tells it.
 *
 * @module
 */

import { ownFolder } from "./own-folder.ts";

// Our own frames come first. The deeper look is for those who call through a long chain of library
// frames without a file, and is paid only when the first one finds nothing.
const STACK_LIMITS = [16, Number.POSITIVE_INFINITY];

// What compilers put between a decorated method and its decorator.
const COMPILER_HELPERS = /[\\/]node_modules[\\/](tslib|@swc[\\/]helpers|@babel[\\/]runtime)[\\/]/;

/**
 * The name of the first script on the stack that is not ndmemo's: a `file:` URL, a path, or a name
 * such as `REPL1` or `[eval]`. Code made by `eval` or `new Function` counts as the script that
 * made it, or `<eval>` where that is unknown. Undefined when no frame tells.
 *
 * Costs some 20 µs.
 */
export function callingScript(): string | undefined {
  for (const limit of STACK_LIMITS) {
    for (const frame of stackFrames(limit)) {
      const script = scriptOf(frame);
      if (script !== undefined && !isPassedOver(script)) return script;
    }
  }
  return undefined;
}

function stackFrames(limit: number): readonly NodeJS.CallSite[] {
  const restore = [property("prepareStackTrace"), property("stackTraceLimit")];
  // Where the intrinsics are frozen nothing can be set: the stack is then a text, and no answer.
  try {
    Reflect.set(Error, "prepareStackTrace", (_: Error, frames: NodeJS.CallSite[]) => frames);
    Reflect.set(Error, "stackTraceLimit", limit);
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, stackFrames);
    const { stack } = holder;
    return Array.isArray(stack) ? stack : [];
  } finally {
    for (const undo of restore) undo();
  }
}

/** How to give a property of `Error` back the value it has now. */
function property(name: "prepareStackTrace" | "stackTraceLimit"): () => void {
  const before = Object.getOwnPropertyDescriptor(Error, name);
  return () => {
    if (before) Reflect.defineProperty(Error, name, before);
    else Reflect.deleteProperty(Error, name);
  };
}

function scriptOf(frame: NodeJS.CallSite): string | undefined {
  if (frame.isEval()) return evalOrigin(frame.getEvalOrigin()) ?? "<eval>";
  return frame.getFileName() ?? undefined;
}

/** The script in `eval at f (eval at g (file:///app/a.js:3:5))`. */
function evalOrigin(origin: string | undefined): string | undefined {
  let place = origin ?? "";
  for (;;) {
    const inner = /^eval at .*? \((.*)\)$/s.exec(place)?.[1];
    if (inner === undefined) return /^(.+):\d+:\d+$/s.exec(place)?.[1];
    place = inner;
  }
}

function isPassedOver(script: string): boolean {
  return /^(node|wasm):/.test(script) || isOwn(script) || COMPILER_HELPERS.test(script);
}

function isOwn(script: string): boolean {
  const folder = ownFolder();
  return folder !== null && (script.startsWith(folder.path) || script.startsWith(folder.url));
}
