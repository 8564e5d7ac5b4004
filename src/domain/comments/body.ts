/** The text of a comment: plain, for people. */

/** What is wrong with the text, or undefined. Of control characters only the line feed may be in it. */
export function bodyProblem(body: string, unitsMax: number): string | undefined {
  if (!visible.test(body)) return "must not be empty";
  if (body.length > unitsMax) return `must be at most ${unitsMax} characters`;
  if (!body.isWellFormed()) return "must be valid Unicode text";
  if (controlCharacter.test(body)) return "must not contain control characters but line feeds";
  return undefined;
}

/** Something that is neither space nor a mark of formatting, such as a joiner of zero width. */
const visible = /[^\s\p{Cf}]/u;
const controlCharacter = /(?!\n)\p{Cc}/u;
