/** The text of a comment: plain, for people. */
import { isVisible } from "../text/visibleText.js";

/** The text as it is kept: lines end with a line feed, however they ended where it was written. */
export function bodyOf(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}

/** What is wrong with the text, or undefined. Of control characters only line feeds and tabs may be in it. */
export function bodyProblem(body: string, unitsMax: number): string | undefined {
  if (!isVisible(body)) return "must not be empty";
  if (body.length > unitsMax) return `must be at most ${unitsMax} characters`;
  if (!body.isWellFormed()) return "must be valid Unicode text";
  if (controlCharacter.test(body)) {
    return "must not contain control characters except line feeds and tabs";
  }
  return undefined;
}

const controlCharacter = /(?![\n\t])\p{Cc}/u;
