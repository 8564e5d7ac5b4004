/** What takes an operation back, before it is known what others' work leaves of that. */
import { textEditOf } from "../operations/nodeOperations.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import { pathOfTarget, targetOfPath } from "../operations/paths.js";
import { deltaOf, incrementalSetBy } from "../operations/traits.js";
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
  const contents = setsText(operation, texts) ? [textEditOf(target, [])] : inverse;
  const behind = texts.behindOf(operation);
  if (behind.size === 0) return contents;
  const paths = new Set(contents.map((content) => pathOfTarget(content.target)));
  const left = [...behind].filter((path) => !paths.has(path));
  return [...contents, ...left.map((path) => textEditOf(targetOfPath(path), []))];
}

/** Whether the inverse sets a text that is edited instead. No edit leads back to no text at all, which only others prevent. */
function setsText(operation: LoggedOperation, texts: UndoTexts): boolean {
  const { inverse, undoes, redoes } = operation;
  const [restored] = inverse;
  const { text, ...others } = restored?.payload ?? {};
  if (restored === undefined || !incrementalSetBy(restored).includes("text")) return false;
  const isEdit = deltaOf(operation) !== undefined || (undoes ?? redoes) !== null;
  if (!isEdit || Object.keys(others).length > 0) return false;
  return (text !== null && text !== "") || texts.isEditedSince(operation);
}
