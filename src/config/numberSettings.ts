/** Settings for a record of numbers whose keys carry their unit, such as limits: the names and defaults come from it. */
import { type Setting, whole } from "./setting.js";

/** What the documentation says about a number; bounds that are left out are 1 and the largest safe integer. */
export interface NumberText {
  readonly description: string;
  readonly min?: number;
  readonly max?: number;
}

/** One setting per key: `operationBytesMax` is read from `OPERATION_BYTES_MAX`. */
export function numberSettings<K extends string>(
  defaults: { readonly [key in K]: number },
  texts: { readonly [key in NoInfer<K>]: NumberText },
): { readonly [key in K]: Setting<number> } {
  const settings: Partial<Record<K, Setting<number>>> = {};
  for (const key of Object.keys(texts) as K[]) {
    const { description, min = 1, max = Number.MAX_SAFE_INTEGER } = texts[key];
    settings[key] = whole(variableOf(key), description, { fallback: defaults[key], min, max });
  }
  return settings as { readonly [key in K]: Setting<number> };
}

/** `operationBytesMax` as an environment variable: `OPERATION_BYTES_MAX`. */
function variableOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
