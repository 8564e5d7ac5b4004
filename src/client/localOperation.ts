/** Operations of one's own that are not committed yet, and what those of others make of them. */
import type { Document } from "../domain/document/document.js";
import { isJsonObject, type Json } from "../domain/json.js";
import type { OperationContent } from "../domain/operations/operation.js";
import { invertOperation } from "../domain/operations/registry.js";
import { sameJson } from "../domain/text/richText.js";
import { transformDelta } from "../domain/text/transformDelta.js";
import type { Delta } from "../domain/text/delta.js";

/** One operation; `content` is what it says by now, on the state that what is before it leaves. */
export interface LocalOperation {
  readonly id: string;
  readonly timestamp: number | null;
  content: OperationContent;
  /** The editor's document right after it. */
  after: Document;
}

/**
 * Rebases the operations, in order, over one that was committed before all of them and is not known to them. Only
 * text needs it: every other operation says what it means by ids, and the server judges what collides.
 */
export function rebaseOver(
  committed: OperationContent,
  operations: readonly LocalOperation[],
): void {
  const delta = deltaOf(committed);
  if (delta === undefined) return;
  let theirs = delta;
  for (const operation of operations) {
    const mine = deltaOf(operation.content);
    if (mine === undefined || !sameText(committed, operation.content)) continue;
    operation.content = withDelta(operation.content, transformDelta(mine, theirs, "later"));
    theirs = transformDelta(theirs, mine, "earlier");
  }
}

/**
 * Rebases the operations, in order, where the one before them was committed otherwise than was expected: a merge took
 * something from it, or somebody's choice brought back what it was made on. `document` is the state before both.
 */
export function rebaseOverCorrection(
  document: Document,
  expected: OperationContent,
  committed: OperationContent,
  operations: readonly LocalOperation[],
): void {
  if (deltaOf(expected) !== undefined && applies(document, expected)) {
    for (const inverse of invertOperation(document, expected)) rebaseOver(inverse, operations);
  }
  rebaseOver(committed, operations);
}

/** Whether two operations say the same. */
export function sameContent(a: OperationContent, b: OperationContent): boolean {
  return (
    a.type === b.type &&
    sameJson(a.payload, b.payload) &&
    sameJson(targetOf(a) as unknown as Json, targetOf(b) as unknown as Json)
  );
}

/** Whether both are edits of one and the same text. */
export function sameText(a: OperationContent, b: OperationContent): boolean {
  return (
    a.type === "EDIT_TEXT" &&
    b.type === "EDIT_TEXT" &&
    a.target.pageId === b.target.pageId &&
    a.target.elementId === b.target.elementId
  );
}

/** The target without the ids that are null, as GraphQL says them. */
export function targetOf({ target }: OperationContent): OperationContent["target"] {
  return Object.fromEntries(Object.entries(target).filter(([, id]) => id != null));
}

function applies(document: Document, { target }: OperationContent): boolean {
  const page = document.pages.items.get(target.pageId ?? "");
  return page?.elements.items.get(target.elementId ?? "")?.["text"] !== undefined;
}

function deltaOf({ type, payload }: OperationContent): Delta | undefined {
  if (type !== "EDIT_TEXT" || !isJsonObject(payload ?? undefined)) return undefined;
  return payload?.["delta"] as unknown as Delta | undefined;
}

function withDelta(content: OperationContent, delta: Delta): OperationContent {
  return { ...content, payload: { delta: delta as unknown as Json } };
}
