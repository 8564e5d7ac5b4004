/**
 * JSON parsed in steps. The text is walked over once; what lies between the commas of a large list or object is handed
 * to JSON.parse in pieces, so that the engine does the parsing and no piece takes long.
 */
import type { Steps } from "../../steps.js";

const PIECE_UNITS = 16_384;
/** Lists and objects within each other that are entered; what is large below is parsed whole. Documents need ten. */
const ENTERED_MAX = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** A large list or object that is being read. */
interface Frame {
  readonly value: unknown[] | { [key: string]: unknown };
  /** Under which property of the one around it. */
  readonly key: string | undefined;
  /** Where the items that were not read yet begin. */
  from: number;
  /** The last comma between them. */
  comma: number;
  /** What a comma follows must not be empty. */
  isAfterComma: boolean;
  /** Its last item was read already: nothing but a comma or its end may follow. */
  isComplete: boolean;
}

/**
 * What JSON.parse makes of the text.
 *
 * @throws SyntaxError where it is not JSON
 */
export function* readJsonSteps(text: string): Steps<unknown> {
  if (text.length <= PIECE_UNITS) return JSON.parse(text);
  const all: unknown[] = [];
  const frames: Frame[] = [frameOf(all, undefined, 0)];
  let depth = 0;
  let opened = 0;
  let rested = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const frame = frames.at(-1)!;
    if (unit === QUOTE) {
      at = endOfString(text, at);
    } else if (unit === 0x5b || unit === 0x7b) {
      if (depth === 0) opened = at;
      depth += 1;
    } else if (unit === 0x5d || unit === 0x7d) {
      if (depth > 0) depth -= 1;
      else at = close(text, frames, at, unit === 0x5d);
    } else if (unit === COMMA && depth === 0) {
      frame.comma = at;
      if (at - frame.from > PIECE_UNITS || frame.isComplete) takeItems(text, frame, at);
    }
    if (depth > 0 && at - opened > PIECE_UNITS && frames.length < ENTERED_MAX) {
      frames.push(enter(text, frame, opened));
      at = opened;
      depth = 0;
    }
    if (at - rested > PIECE_UNITS || at < rested) {
      rested = at;
      yield;
    }
  }
  const [root] = frames;
  if (frames.length > 1 || root === undefined || depth > 0) throw malformed();
  takeLast(text, root, text.length);
  if (all.length !== 1) throw malformed();
  return all[0];
}

function frameOf(value: Frame["value"], key: string | undefined, from: number): Frame {
  return { value, key, from, comma: -1, isAfterComma: false, isComplete: false };
}

/** The quote that ends the string which begins there. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  throw malformed();
}

/** Enters the large list or object that opens there, once what stands before it is read. */
function enter(text: string, frame: Frame, opened: number): Frame {
  if (frame.comma >= frame.from) takeItems(text, frame, frame.comma);
  if (frame.isComplete) throw malformed();
  const before = text.slice(frame.from, opened).trim();
  const isList = text[opened] === "[";
  const value = isList ? [] : {};
  if (Array.isArray(frame.value)) {
    if (before !== "") throw malformed();
    return frameOf(value, undefined, opened + 1);
  }
  if (!before.endsWith(":")) throw malformed();
  const key: unknown = JSON.parse(before.slice(0, -1));
  if (typeof key !== "string") throw malformed();
  return frameOf(value, key, opened + 1);
}

/** Ends the innermost list or object; where to go on. */
function close(text: string, frames: Frame[], at: number, isList: boolean): number {
  const frame = frames.pop();
  const around = frames.at(-1);
  if (frame === undefined || around === undefined) throw malformed();
  if (Array.isArray(frame.value) !== isList) throw malformed();
  takeLast(text, frame, at);
  if (frame.key === undefined) (around.value as unknown[]).push(frame.value);
  else setProperty(around.value, frame.key, frame.value);
  around.from = at + 1;
  around.comma = -1;
  around.isComplete = true;
  return at;
}

/** Reads the items up to the comma. */
function takeItems(text: string, frame: Frame, comma: number): void {
  const piece = text.slice(frame.from, comma);
  if (frame.isComplete !== isBlank(piece)) throw malformed();
  if (!frame.isComplete) add(frame, piece);
  frame.from = comma + 1;
  frame.isAfterComma = true;
  frame.isComplete = false;
}

/** Reads the items up to the end. */
function takeLast(text: string, frame: Frame, end: number): void {
  const piece = text.slice(frame.from, end);
  if (!isBlank(piece)) {
    if (frame.isComplete) throw malformed();
    add(frame, piece);
  } else if (frame.isAfterComma && !frame.isComplete) {
    throw malformed();
  }
}

function add({ value }: Frame, piece: string): void {
  if (Array.isArray(value)) {
    for (const item of JSON.parse(`[${piece}]`) as unknown[]) value.push(item);
  } else {
    const properties = JSON.parse(`{${piece}}`) as { [key: string]: unknown };
    for (const key of Object.keys(properties)) setProperty(value, key, properties[key]);
  }
}

/** As JSON.parse does: also `__proto__` becomes a property like others. */
function setProperty(object: object, key: string, value: unknown): void {
  const all = { value, writable: true, enumerable: true, configurable: true };
  if (key === "__proto__") Object.defineProperty(object, key, all);
  else (object as { [key: string]: unknown })[key] = value;
}

/** White space as JSON knows it. */
function isBlank(piece: string): boolean {
  return /^[ \t\n\r]*$/.test(piece);
}

function malformed(): SyntaxError {
  return new SyntaxError("the text is not JSON");
}
