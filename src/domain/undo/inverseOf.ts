/** What takes an operation back, before it is known what others' work leaves of that. */
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import { targetOfPath } from "../operations/paths.js";
import { pathOfTarget } from "./skipped.js";
import type { UndoTexts } from "./undoTexts.js";

/**
 * Only what an operation wrote and deleted in a text is taken back, which the text itself tells. So it is with the texts that an
 * undo left as they were: since then others may have taken back what stood against it.
 */
export function inverseOf(
  operation: LoggedOperation,
  texts: UndoTexts,
): readonly OperationContent[] {
  const { target, inverse } = operation;
  const contents = setsText(operation, texts) ? [textEdit(target)] : inverse;
  const behind = texts.behindOf(operation);
  if (behind.size === 0) return contents;
  const paths = new Set(contents.map((content) => pathOfTarget(content.target)));
  const left = [...behind].filter((path) => !paths.has(path));
  return [...contents, ...left.map((path) => textEdit(targetOfPath(path)))];
}

/** Whether the inverse sets a text that is edited instead. No edit leads back to no text at all, which only others prevent. */
function setsText(operation: LoggedOperation, texts: UndoTexts): boolean {
  const { type, inverse, undoes, redoes } = operation;
  const [restored] = inverse;
  const { text, ...others } = restored?.payload ?? {};
  if (restored?.type !== "UPDATE_ELEMENT_PROPS" || text === undefined) return false;
  const isEdit = type === "EDIT_TEXT" || (undoes ?? redoes) !== null;
  if (!isEdit || Object.keys(others).length > 0) return false;
  return (text !== null && text !== "") || texts.isEditedSince(operation);
}

function textEdit(target: OperationContent["target"]): OperationContent {
  return { type: "EDIT_TEXT", target, payload: { delta: [] } };
}
