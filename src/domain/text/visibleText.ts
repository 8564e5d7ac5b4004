/** What people can see of a text, and what deceives them about it. */

/** Something that leaves a mark: no space, control character or mark of formatting, nor a letter that is drawn as nothing. */
const visible = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Embeddings, overrides and isolates of direction, which let a text show in another order than it has. */
const directing = /[\u202a-\u202e\u2066-\u2069]/u;

const control = /\p{Cc}/u;

/** Whether the text shows anything at all. */
export function isVisible(text: string): boolean {
  return visible.test(text);
}

/** What is wrong with a text of one line by which people tell things and each other apart, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (!isVisible(name)) return "must not be empty: it needs a visible character";
  if (control.test(name)) return "must be one line without control characters";
  if (directing.test(name)) return "must not contain characters that change the direction of text";
  return undefined;
}

/** The name without what `nameProblem` refuses; empty where nothing would be seen of it. */
export function namePart(name: string): string {
  const plain = name.replaceAll(new RegExp(directing, "gu"), "").replaceAll(/\p{Cc}+/gu, " ");
  return isVisible(plain) ? plain.trim() : "";
}
