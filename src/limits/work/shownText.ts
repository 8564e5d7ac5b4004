/** Texts that errors show: whatever a client sent and gets back in them is cut, so that no refusal is larger than its cause. */

const SHOWN_UNITS_MAX = 500;
const PATH_PARTS_MAX = 64;

/** The text as errors show it; what is long ends after its beginning. */
export function shownText(text: string, unitsMax = SHOWN_UNITS_MAX): string {
  if (text.length <= unitsMax) return text;
  return `${text.slice(0, unitsMax).toWellFormed()}… (${text.length} characters)`;
}

/** The path as errors show it. */
export function shownPath<T>(path: readonly T[]): readonly (T | string)[] {
  return path
    .slice(0, PATH_PARTS_MAX)
    .map((part) => (typeof part === "string" ? shownText(part) : part));
}
