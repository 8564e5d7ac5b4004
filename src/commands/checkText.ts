/** Checks of the plain text fields of inputs: length, and what PostgreSQL or a client could not hold. */
import { nameProblem } from "../domain/text/visibleText.js";
import { invalidInput, type RequestError } from "./requestError.js";

export interface TextBounds {
  /** UTF-16 units after trimming. Of a text that must not be empty something can be seen, on one line (`nameProblem`). */
  readonly unitsMin: number;
  readonly unitsMax: number;
}

/** Why the text is refused, or undefined. `path` is the field's place in the input. */
export function checkText(
  text: string,
  bounds: TextBounds,
  ...path: readonly string[]
): RequestError | undefined {
  const field = path.at(-1) ?? "text";
  const problem = bounds.unitsMin > 0 && text.isWellFormed() ? nameProblem(text) : undefined;
  if (text.trim().length < bounds.unitsMin) {
    const least =
      bounds.unitsMin === 1
        ? "must not be empty"
        : `must have at least ${bounds.unitsMin} characters`;
    return invalidInput(`${field} ${least}`, ...path);
  }
  if (text.length > bounds.unitsMax) {
    return invalidInput(`${field} must be at most ${bounds.unitsMax} characters`, ...path);
  }
  if (problem !== undefined) return invalidInput(`${field} ${problem}`, ...path);
  if (!text.isWellFormed() || text.includes("\0")) {
    return invalidInput(`${field} must be valid Unicode text without NUL`, ...path);
  }
  return undefined;
}
