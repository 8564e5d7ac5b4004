/**
 * What may enter a document at all: plain JSON within the limits, as PostgreSQL can store and every client can read.
 * This runs on every operation, so it builds nothing until it finds a fault.
 */
import type { DomainLimits } from "../limits.js";
import type { Steps } from "../steps.js";
import { isSmall, runEnd } from "./smallParts.js";

/** What is wrong with a value. `path` leads to the offending part; list positions are written as decimal digits. */
export interface JsonIssue {
  readonly code: "INVALID" | "TOO_LARGE";
  readonly message: string;
  readonly path: readonly string[];
}

/** A fault on its way out of the recursion, which adds its keys innermost first. */
interface Fault {
  readonly code: JsonIssue["code"];
  readonly message: string;
  readonly trail: string[];
}

/**
 * What keeps the value from being stored, or undefined where nothing does: only strings, finite numbers, booleans,
 * null, lists and plain objects (a null prototype is fine), within the limits of depth, length and magnitude.
 * Never recurses deeper than `jsonDepthMax`. `path` is where the value stands and begins the issue's own.
 */
export function checkJson(
  value: unknown,
  limits: DomainLimits,
  path: readonly string[],
): JsonIssue | undefined {
  return issueAt(path, faultIn(value, limits, limits.jsonDepthMax));
}

/**
 * As `checkJson` for an object of which some properties are checked elsewhere: those in `except` are neither looked
 * into nor counted, so a node of a document may hold what the payload that adds it may hold.
 */
export function checkProperties(
  value: unknown,
  except: readonly string[],
  limits: DomainLimits,
  path: readonly string[],
): JsonIssue | undefined {
  if (!isPlainObject(value)) return issueAt(path, fault("INVALID", "must be an object"));
  return issueAt(path, faultInObject(value, limits, limits.jsonDepthMax - 1, except));
}

/** As `checkProperties`, in steps. */
export function* checkPropertiesSteps(
  value: unknown,
  except: readonly string[],
  limits: DomainLimits,
  path: readonly string[],
): Steps<JsonIssue | undefined> {
  if (!isPlainObject(value)) return issueAt(path, fault("INVALID", "must be an object"));
  return issueAt(path, yield* faultInObjectSteps(value, limits, limits.jsonDepthMax - 1, except));
}

/** What is wrong with an id: it must be a string of 1 to `idUnitsMax` UTF-16 units, without control characters. */
export function checkId(
  id: unknown,
  limits: DomainLimits,
  path: readonly string[] = [],
): JsonIssue | undefined {
  if (typeof id !== "string" || id === "") {
    return issueAt(path, fault("INVALID", "must be a non-empty string"));
  }
  if (id.length > limits.idUnitsMax) {
    return issueAt(path, fault("TOO_LARGE", `must be at most ${limits.idUnitsMax} characters`));
  }
  if (controlCharacter.test(id)) {
    return issueAt(path, fault("INVALID", "must not contain control characters"));
  }
  return issueAt(path, faultInUnits(id));
}

// oxlint-disable-next-line no-control-regex -- refusing them is the point
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether the value is an object that JSON can express, whatever its properties hold. */
export function isPlainObject(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function faultIn(value: unknown, limits: DomainLimits, depthLeft: number): Fault | undefined {
  switch (typeof value) {
    case "number":
      return faultInNumber(value, limits);
    case "string":
      return faultInString(value, limits);
    case "boolean":
      return undefined;
    case "object":
      if (value === null) return undefined;
      if (depthLeft <= 0) {
        return fault("TOO_LARGE", `must not be nested deeper than ${limits.jsonDepthMax} levels`);
      }
      if (Array.isArray(value)) return faultInList(value, limits, depthLeft - 1);
      if (isPlainObject(value)) return faultInObject(value, limits, depthLeft - 1, nothing);
      return fault("INVALID", "must be plain JSON");
    default:
      return fault("INVALID", "must be plain JSON");
  }
}

const nothing: readonly string[] = [];

function faultInList(
  list: readonly unknown[],
  limits: DomainLimits,
  depthLeft: number,
): Fault | undefined {
  for (let index = 0; index < list.length; index += 1) {
    const found = faultIn(list[index], limits, depthLeft);
    if (found !== undefined) return within(found, String(index));
  }
  return undefined;
}

function faultInObject(
  object: { readonly [key: string]: unknown },
  limits: DomainLimits,
  depthLeft: number,
  except: readonly string[],
): Fault | undefined {
  const keys = Object.keys(object);
  let count = 0;
  for (const key of keys) {
    if (except.length > 0 && except.includes(key)) continue;
    count += 1;
    if (count > limits.propertiesPerObjectMax) {
      return tooManyProperties(limits);
    }
    const found = faultInKey(key, limits) ?? faultIn(object[key], limits, depthLeft);
    if (found !== undefined) return within(found, key);
  }
  return undefined;
}

/** As `faultIn`, in steps where the value is large. */
function* faultInSteps(
  value: unknown,
  limits: DomainLimits,
  depthLeft: number,
): Steps<Fault | undefined> {
  if (depthLeft <= 0 || isSmall(value)) return faultIn(value, limits, depthLeft);
  if (isPlainObject(value)) {
    return yield* faultInObjectSteps(value, limits, depthLeft - 1, nothing);
  }
  if (!Array.isArray(value)) return faultIn(value, limits, depthLeft);
  let index = 0;
  while (index < value.length) {
    const end = runEnd(value, index);
    if (end === index) {
      const found = yield* faultInSteps(value[index], limits, depthLeft - 1);
      if (found !== undefined) return within(found, String(index));
      index += 1;
    }
    for (; index < end; index += 1) {
      const found = faultIn(value[index], limits, depthLeft - 1);
      if (found !== undefined) return within(found, String(index));
    }
    yield;
  }
  return undefined;
}

function* faultInObjectSteps(
  object: { readonly [key: string]: unknown },
  limits: DomainLimits,
  depthLeft: number,
  except: readonly string[],
): Steps<Fault | undefined> {
  if (isSmall(object)) return faultInObject(object, limits, depthLeft, except);
  const keys = Object.keys(object).filter((key) => !except.includes(key));
  for (const [index, key] of keys.entries()) {
    if (index >= limits.propertiesPerObjectMax) return tooManyProperties(limits);
    const found = faultInKey(key, limits) ?? (yield* faultInSteps(object[key], limits, depthLeft));
    if (found !== undefined) return within(found, key);
    yield;
  }
  return undefined;
}

/** Names that reach an object's prototype in code that assigns by key, here or in a client. */
function faultInKey(key: string, limits: DomainLimits): Fault | undefined {
  if (key === "__proto__" || key === "constructor" || key === "prototype") {
    return fault("INVALID", `must not use the property name ${key}`);
  }
  return faultInString(key, limits);
}

function faultInNumber(value: number, limits: DomainLimits): Fault | undefined {
  // Also refuses NaN, for which every comparison is false.
  if (Math.abs(value) <= limits.numberMagnitudeMax) return undefined;
  return Number.isFinite(value)
    ? fault(
        "INVALID",
        `must be between -${limits.numberMagnitudeMax} and ${limits.numberMagnitudeMax}`,
      )
    : fault("INVALID", "must be a finite number");
}

function faultInString(text: string, limits: DomainLimits): Fault | undefined {
  return text.length > limits.stringUnitsMax
    ? fault("TOO_LARGE", `must be at most ${limits.stringUnitsMax} characters`)
    : faultInUnits(text);
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
function faultInUnits(text: string): Fault | undefined {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0) return fault("INVALID", "must not contain the character NUL");
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(index + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) {
      return fault("INVALID", "must not contain half of a surrogate pair");
    }
    index += 1;
  }
  return undefined;
}

function tooManyProperties({ propertiesPerObjectMax }: DomainLimits): Fault {
  return fault("TOO_LARGE", `must have at most ${propertiesPerObjectMax} properties`);
}

function fault(code: JsonIssue["code"], message: string): Fault {
  return { code, message, trail: [] };
}

function within(found: Fault, key: string): Fault {
  found.trail.push(key);
  return found;
}

function issueAt(path: readonly string[], found: Fault | undefined): JsonIssue | undefined {
  if (found === undefined) return undefined;
  return { code: found.code, message: found.message, path: [...path, ...found.trail.reverse()] };
}
