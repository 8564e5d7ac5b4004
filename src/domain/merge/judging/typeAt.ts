/** The type of an element that a collision is about, also where the committed side deleted it. */
import type { DesignElement } from "../../document/design.js";
import type { Document } from "../../document/document.js";
import type { OperationContent } from "../../operations/operation.js";
import { deletersOf } from "../collide.js";
import { targetOfPath } from "../../operations/paths.js";
import { isAddition } from "../../operations/traits.js";
import type { NodePath } from "../../operations/footprint.js";
import type { OthersHistory } from "../othersHistory.js";
import type { WholeOperation } from "../../history/logEntry.js";

/**
 * What was under the path at the base: others may have put another thing there since. Undefined for what is no element,
 * and where the operation that deleted it has to be read first.
 */
export function typeAt(
  path: NodePath,
  document: Document,
  others: OthersHistory,
  whole: (operationId: string) => WholeOperation | undefined,
): string | undefined {
  const { pageId, elementId } = targetOfPath(path);
  if (pageId === undefined || elementId === undefined) return undefined;
  const [first] = deletersOf(others.index, path).toSorted(
    (a, b) => others.turn(a) - others.turn(b),
  );
  if (first === undefined) {
    return document.pages.items.get(pageId)?.elements.items.get(elementId)?.type;
  }
  for (const content of whole(first)?.inverse ?? []) {
    const type = typeRestored(content, pageId, elementId);
    if (type !== undefined) return type;
  }
  return undefined;
}

/** The type of the element that the content brings back. */
function typeRestored(
  content: OperationContent,
  pageId: string,
  elementId: string,
): string | undefined {
  const { target, payload } = content;
  if (target.pageId !== pageId) return undefined;
  if (!isAddition(content)) return undefined;
  if (target.elementId !== undefined) {
    return target.elementId === elementId ? (payload?.["type"] as string) : undefined;
  }
  const elements = (payload?.["elements"] ?? []) as unknown as readonly DesignElement[];
  return elements.find(({ id }) => id === elementId)?.type;
}
