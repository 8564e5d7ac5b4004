/** What the operation types that set properties of one element have in common. */
import type { DesignElement } from "../../document/design.js";
import type { Document, Page } from "../../document/document.js";
import { withElementProperties } from "../../document/edit.js";
import { parentOf } from "../../document/elementTree.js";
import { findElement, known } from "../find.js";
import { previousProperties } from "../../document/properties.js";
import type { JsonObject } from "../../json.js";
import type { DomainLimits } from "../../limits.js";
import { nodePath } from "../footprint.js";
import type { NodePath, Touch } from "../footprint.js";
import type { OperationContent, OperationResult } from "../operation.js";
import { tooManyProperties } from "../openProperties.js";
import type { ElementTarget } from "../targets.js";

/** The document with properties of an element set; null removes one. */
export function changeElement(
  document: Document,
  target: ElementTarget,
  changes: JsonObject,
  limits: DomainLimits,
): OperationResult<Document> {
  const found = findElement(document, target.pageId, target.elementId);
  if (!found.ok) return found;
  const { page, element } = found.value;
  const refusal = tooManyProperties(element, changes, limits);
  if (refusal !== undefined) return refusal;
  return {
    ok: true,
    value: withElementProperties(document, page, element, changes),
  };
}

/** The element of an operation that is known to apply. */
export function elementOf(document: Document, target: ElementTarget): DesignElement {
  return known(findElement(document, target.pageId, target.elementId)).element;
}

/** Gives the named properties back what they are on the document. */
export function restoreProperties(
  document: Document,
  target: ElementTarget,
  changes: JsonObject,
): readonly OperationContent[] {
  const payload = previousProperties(elementOf(document, target), changes);
  return [{ type: "UPDATE_ELEMENT_PROPS", target, payload }];
}

/** The touch of an element that is deleted from the page, where there is one. */
export function deletion(page: Page | undefined, target: ElementTarget): Touch {
  const path = elementNode(target);
  const element = page?.elements.items.get(target.elementId);
  if (element === undefined) return { kind: "delete", path };
  return { kind: "delete", path, formerParentId: parentOf(element) };
}

/** The element's path in footprints. */
export function elementNode({ pageId, elementId }: ElementTarget): NodePath {
  return nodePath("pages", pageId, "elements", elementId);
}
