/** One setting of the environment: its name, what it means, what it accepts, and what it is where nobody sets it. */
import { z } from "zod";

export interface Setting<T> {
  /** The environment variable. */
  readonly name: string;
  readonly description: string;
  /** What a value must be, to end the sentence "expected …". */
  readonly expected: string;
  /** How the documentation shows the value where the variable is not set. */
  readonly fallbackText: string;
  readonly fallback: T;
  /** Never shown, in errors or elsewhere. */
  readonly secret: boolean;
  readonly schema: z.ZodType<T, string>;
}

interface WholeBounds {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** A whole number in decimal digits; `_` may separate them. */
export function whole(name: string, description: string, bounds: WholeBounds): Setting<number> {
  const { fallback, min, max } = bounds;
  const schema = z
    .string()
    .regex(/^\d+(_\d+)*$/)
    .transform((text) => Number(text.replaceAll("_", "")))
    .pipe(z.number().int().min(min).max(max));
  return {
    name,
    description,
    expected: `a whole number from ${min} to ${max}`,
    fallbackText: String(fallback),
    fallback,
    secret: false,
    schema,
  };
}

/** One of a few words. */
export function oneOf<const W extends string>(
  name: string,
  description: string,
  words: readonly [W, ...W[]],
  fallback: W,
): Setting<W> {
  return {
    name,
    description,
    expected: `one of ${words.join(", ")}`,
    fallbackText: fallback,
    fallback,
    secret: false,
    schema: z.enum(words) as unknown as z.ZodType<W, string>,
  };
}

interface TextShape {
  readonly expected: string;
  readonly schema: z.ZodType<string, string>;
  readonly secret?: boolean;
}

/** A text with a value of its own where it is not set. */
export function text(
  name: string,
  description: string,
  fallback: string,
  shape: TextShape,
): Setting<string> {
  return { name, description, fallback, fallbackText: fallback, ...shape, secret: false };
}

/** A text that may be left out; `fallbackText` says what happens then. */
export function optionalText(
  name: string,
  description: string,
  fallbackText: string,
  shape: TextShape,
): Setting<string | undefined> {
  return {
    name,
    description,
    fallback: undefined,
    fallbackText,
    expected: shape.expected,
    secret: shape.secret ?? false,
    schema: shape.schema,
  };
}

/** `true` or `false`; left out, `fallbackText` says which. */
export function optionalFlag(
  name: string,
  description: string,
  fallbackText: string,
): Setting<boolean | undefined> {
  return {
    name,
    description,
    fallback: undefined,
    fallbackText,
    expected: "true or false",
    secret: false,
    schema: z.enum(["true", "false"]).transform((word) => word === "true"),
  };
}

/** A list, separated by commas; empty where it is not set. */
export function list(
  name: string,
  description: string,
  expected: string,
  item: z.ZodType<string, string>,
): Setting<readonly string[]> {
  const schema = z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .pipe(z.array(item));
  return { name, description, expected, fallbackText: "", fallback: [], secret: false, schema };
}
