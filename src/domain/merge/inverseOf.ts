/** What takes an operation back, before it is known what others' work leaves of that. */
import { textDelta } from "../history/diffText.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import { invertDelta } from "../text/delta.js";
import type { RichText } from "../text/richText.js";
import { deltaOf, type UndoTexts } from "./undoTexts.js";

/**
 * The first edit of a text is undone by removing the text, and that by setting it; where others wrote into it since,
 * only what was written goes and comes.
 */
export function inverseOf(
  operation: LoggedOperation,
  texts: UndoTexts,
): readonly OperationContent[] {
  const { type, target, payload, inverse } = operation;
  const [restored] = inverse;
  const text = restored?.payload?.["text"] as RichText | null | undefined;
  if (restored?.type !== "UPDATE_ELEMENT_PROPS" || text === undefined) return inverse;
  const isEdit = type === "EDIT_TEXT" || (operation.undoes ?? operation.redoes) !== null;
  if (!isEdit || Object.keys(restored.payload ?? {}).length > 1) return inverse;
  if (texts.at(operation).size === 0) return inverse;
  const set = (payload?.["text"] ?? "") as RichText;
  const delta =
    type === "EDIT_TEXT" ? invertDelta("", deltaOf(operation)) : textDelta(set, text ?? "");
  return [{ type: "EDIT_TEXT", target, payload: { delta: delta as never } }];
}
