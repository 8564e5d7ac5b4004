/**
 * What somebody may edit who may not edit everything, told from footprints: so each operation type is under it. Whoever
 * is restricted to elements or to their types edits these alone, not pages, canvas or audio, and leaves single elements where
 * they are; whoever is restricted to pages, what is on them and their properties. Which pages there are, and in which order, is the template's: none of them makes,
 * deletes or moves pages. Whoever is restricted to operation types edits by these alone.
 */
import type { Document } from "../document/document.js";
import { unbounded } from "../limits.js";
import { targetOfPath } from "../operations/paths.js";
import type { Footprint, NodePath, Touch } from "../operations/footprint.js";
import { isElementUpdate } from "../operations/nodeOperations.js";
import { isNoOp } from "../operations/noOp.js";
import { propertiesChangedBy } from "../operations/traits.js";
import type { LoggedOperation, OperationTarget, OperationType } from "../operations/operation.js";
import { applySteps, targetIds } from "../operations/registry.js";
import type { Restriction } from "./grant.js";
import type { Steps } from "../steps.js";
import { parentOf } from "../document/elementTree.js";

/**
 * The place of the first of the operations that changes what no restriction lets through; undefined where none does, or
 * nothing is restricted. The document is the one before them, to which they apply.
 */
export function* firstBeyondGrant(
  document: Document,
  operations: readonly LoggedOperation[],
  restrictions: readonly Restriction[],
): Steps<number | undefined> {
  if (restrictions.length === 0) return undefined;
  let before = document;
  for (const [index, operation] of operations.entries()) {
    if (isNoOp(operation)) continue;
    const applied = yield* applySteps(before, operation, unbounded);
    if (!applied.ok)
      throw new Error(`operation ${operation.id} does not apply where it was decided`);
    const after = applied.value;
    const isInverse = operation.undoes != null || operation.redoes != null;
    const asked = { ...operation, isInverse };
    if (!isEditWithinGrant([before, after], asked, restrictions)) return index;
    before = after;
  }
  return undefined;
}

/** What an operation is asked about. */
export interface AskedOperation extends TypedOperation {
  readonly footprint: Footprint;
}

/** Whether the restrictions let the operation through, by what there is in the documents before and after. */
export function isEditWithinGrant(
  documents: readonly Document[],
  operation: AskedOperation,
  restrictions: readonly Restriction[],
): boolean {
  if (restrictions.length === 0) return true;
  const parts = restrictions
    .filter((restriction) => letsTypeThrough(restriction, operation))
    .map((restriction) => new GrantedPart(documents, restriction));
  return operation.footprint.every(
    (touch) => touch.kind === "read" || parts.some((part) => part.holds(touch)),
  );
}

/**
 * Whether the node may be kept from others' changes, by what it is in the document. A grant to operation types is one to lock
 * elements or clips that they change; a page or a layer is more than any of them.
 */
export function isLockWithinGrant(
  document: Document,
  path: NodePath,
  restrictions: readonly Restriction[],
): boolean {
  if (restrictions.length === 0) return true;
  return restrictions.some(
    (restriction) =>
      mayLockByType(restriction, targetOfPath(path)) &&
      new GrantedPart([document], restriction).holdsNode(path),
  );
}

function mayLockByType({ operationTypes }: Restriction, target: OperationTarget): boolean {
  if (operationTypes.length === 0) return true;
  const innermost = (["elementId", "clipId"] as const).find((id) => target[id] !== undefined);
  return innermost !== undefined && operationTypes.some((type) => targetIds(type).has(innermost));
}

/** Where one restriction lets somebody edit. */
class GrantedPart {
  readonly #named: readonly NamedElements[];

  constructor(
    private readonly documents: readonly Document[],
    private readonly restriction: Restriction,
  ) {
    const ids = new Set(restriction.elementIds);
    this.#named = documents.map((document) => new NamedElements(document, ids));
  }

  holds(touch: Touch): boolean {
    const { pageIds, elementTypes, elementIds } = this.restriction;
    const isOfPart = pageIds.length + elementTypes.length + elementIds.length > 0;
    if (isOfPart && isPageItself(touch)) return false;
    if (elementIds.length > 0 && this.#comesOrGoes(touch)) return this.#isInsideNamed(touch.path);
    return this.holdsNode(touch.path);
  }

  /** Whether an element is added, deleted, or put into another group or out of its own. */
  #comesOrGoes(touch: Touch): boolean {
    if (touch.kind === "create" || touch.kind === "delete") return true;
    if (touch.kind !== "write" || !touch.properties.includes("parentId")) return false;
    const { pageId, elementId } = targetOfPath(touch.path);
    if (pageId === undefined || elementId === undefined) return false;
    const parents = this.#named.map((named) => named.parentOf(pageId, elementId));
    return parents.some((parentId) => parentId !== parents[0]);
  }

  /**
   * Whether the node is and was in a named element, not that element itself: one is granted where it is, so that it is
   * carried to no other page and group.
   */
  #isInsideNamed(path: NodePath): boolean {
    const { pageId, elementId } = targetOfPath(path);
    if (pageId === undefined || elementId === undefined || !this.holdsNode(path)) return false;
    return this.#named.every((named) => named.isInside(pageId, elementId) !== false);
  }

  holdsNode(path: NodePath): boolean {
    const { pageIds, elementTypes, elementIds } = this.restriction;
    const { pageId, elementId } = targetOfPath(path);
    if (pageIds.length > 0 && (pageId === undefined || !pageIds.includes(pageId))) return false;
    if (elementTypes.length + elementIds.length === 0) return true;
    if (pageId === undefined || elementId === undefined) return false;
    return this.#isOfType(pageId, elementId) && this.#isNamed(pageId, elementId);
  }

  #isOfType(pageId: string, elementId: string): boolean {
    const { elementTypes } = this.restriction;
    if (elementTypes.length === 0) return true;
    const types = this.documents.flatMap(
      ({ pages }) => pages.items.get(pageId)?.elements.items.get(elementId)?.type ?? [],
    );
    return types.every((type) => elementTypes.includes(type));
  }

  #isNamed(pageId: string, elementId: string): boolean {
    const { elementIds } = this.restriction;
    if (elementIds.length === 0) return true;
    const covered = this.#named.flatMap((named) => named.covers(pageId, elementId) ?? []);
    return covered.length === 0 ? elementIds.includes(elementId) : covered.every(Boolean);
  }
}

/** Whether a page is made or deleted, which are no edits of what is on it. */
function isPageItself({ kind, path }: Touch): boolean {
  if (kind !== "create" && kind !== "delete") return false;
  const { pageId, elementId } = targetOfPath(path);
  return pageId !== undefined && elementId === undefined;
}

/** An operation as far as its type is asked for; `requested` is what was sent where something else is committed. */
export type TypedOperation = Pick<LoggedOperation, "type" | "payload"> & {
  readonly requested: { readonly type: OperationType } | null;
  /** Whether it takes back what another operation did, or takes that back. */
  readonly isInverse: boolean;
};

/**
 * Whether the restriction lets through operations of this kind, wherever they are. What counts is the type that was sent. Undoing
 * the first rotation of an element, say, removes the property: an inverse that sets nothing but what a type changes counts as of
 * that type.
 */
function letsTypeThrough(
  { operationTypes }: Pick<Restriction, "operationTypes">,
  { type, payload, requested, isInverse }: TypedOperation,
): boolean {
  if (operationTypes.length === 0 || operationTypes.includes(requested?.type ?? type)) return true;
  if (!isInverse) return false;
  if (operationTypes.includes(type)) return true;
  if (!isElementUpdate({ type })) return false;
  const set = Object.keys(payload ?? {});
  return operationTypes.some((granted) =>
    set.every((property) => propertiesChangedBy(granted).includes(property)),
  );
}

/**
 * The elements that a grant to single elements covers: those that it names, and all that is in a group that it names.
 * On one document; what was found out about groups is remembered, however many elements are asked for.
 */
class NamedElements {
  readonly #covered = new Map<string, Map<string, boolean>>();

  constructor(
    private readonly document: Document,
    private readonly ids: ReadonlySet<string>,
  ) {}

  /** Undefined where the document has no such element. */
  covers(pageId: string, elementId: string): boolean | undefined {
    const elements = this.document.pages.items.get(pageId)?.elements.items;
    let element = elements?.get(elementId);
    if (elements === undefined || element === undefined) return undefined;
    const known = this.#coveredOn(pageId);
    const walked: string[] = [];
    let isCovered = false;
    while (element !== undefined) {
      const before = known.get(element.id);
      if (before !== undefined || this.ids.has(element.id)) {
        isCovered = before ?? true;
        if (before === undefined) known.set(element.id, true);
        break;
      }
      walked.push(element.id);
      const parentId = parentOf(element);
      element = parentId === null ? undefined : elements.get(parentId);
    }
    for (const id of walked) known.set(id, isCovered);
    return isCovered;
  }

  /** Whether the element is in another one that is covered; undefined where the document has no such element. */
  isInside(pageId: string, elementId: string): boolean | undefined {
    const parentId = this.parentOf(pageId, elementId);
    if (parentId === undefined) return undefined;
    return parentId !== null && this.covers(pageId, parentId) === true;
  }

  /** The group that the element is in, null for none; undefined where the document has no such element. */
  parentOf(pageId: string, elementId: string): string | null | undefined {
    const element = this.document.pages.items.get(pageId)?.elements.items.get(elementId);
    return element === undefined ? undefined : parentOf(element);
  }

  #coveredOn(pageId: string): Map<string, boolean> {
    const known = this.#covered.get(pageId) ?? new Map<string, boolean>();
    this.#covered.set(pageId, known);
    return known;
  }
}
