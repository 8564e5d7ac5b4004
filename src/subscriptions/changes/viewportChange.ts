/**
 * A change as it shows through a viewport. A client holds the elements that the viewport shows; operations alone
 * cannot lead it on, because they name elements and neighbours that it never had. So what comes to show, and what was
 * put elsewhere, is sent whole with its place, and what no longer shows is named.
 */
import type { Document, Page } from "../../domain/document/document.js";
import {
  nodePath,
  PLACE,
  registersOf,
  segmentsOf,
  type Footprint,
  type Touch,
} from "../../domain/operations/footprint.js";
import { targetOfPath } from "../../domain/operations/paths.js";
import { idsDrawnWith } from "../../domain/viewport/drawnWith.js";
import { isShown, pageOfViewport, type Viewport } from "../../domain/viewport/viewport.js";
import type { ChangeOperation } from "../../bus/changeBus.js";
import type { EnteredElement, SharedChange } from "./sharedChange.js";

/** The change from one document to another, without what only concerns elements that show in neither. */
export function seenThrough(
  viewport: Viewport,
  change: SharedChange,
  before: Document,
  after: Document,
): SharedChange {
  if (change.operations.some((operation) => replacesPage(viewport, operation))) {
    return seenCompletely(viewport, change, after);
  }
  const pages = [pageOfViewport(viewport, before), pageOfViewport(viewport, after)] as const;
  const touched = new Touched(viewport, change.operations, pages);
  const shownBefore = shownOf(viewport, pages[0], touched.ids);
  const shownAfter = shownOf(viewport, pages[1], touched.ids);
  const left = [...shownBefore].filter((id) => !shownAfter.has(id));
  const entering = new Set(
    [...shownAfter].filter((id) => !shownBefore.has(id) || touched.isPlaced(id)),
  );
  const operations = change.operations.filter((operation) =>
    concerns(viewport, operation, (id) => shownBefore.has(id) || shownAfter.has(id)),
  );
  const entered = enteredOf(viewport, pages[1], entering);
  return { ...change, operations, viewport: { entered, left, complete: false } };
}

/** The change with all that shows at its end, for a client of which it is not known what it holds. */
export function seenCompletely(
  viewport: Viewport,
  change: SharedChange,
  after: Document,
): SharedChange {
  const page = pageOfViewport(viewport, after);
  const entered = enteredOf(viewport, page, new Set(page?.elements.order));
  return { ...onPage(viewport, change), viewport: { entered, left: [], complete: true } };
}

/** The change without what concerns the elements of other pages: all that can be said without its documents. */
export function onPage(viewport: Viewport, change: SharedChange): SharedChange {
  if (change.kind !== "OPERATIONS") return change;
  const operations = change.operations.filter((operation) =>
    concerns(viewport, operation, () => true),
  );
  return { ...change, operations };
}

/** Canvas, audio and the list of pages concern every viewer; what is on another page does not. */
function concerns(
  viewport: Viewport,
  { target, footprint }: ChangeOperation,
  shows: (elementId: string) => boolean,
): boolean {
  const { pageId, elementId } = target;
  if (pageId === undefined || pageId === viewport.pageId) {
    return elementId === undefined || shows(elementId);
  }
  return elementId === undefined && footprint.some(isOfMoreThanElements);
}

/** Whether it changes something that is no element. */
function isOfMoreThanElements({ kind, path }: Touch): boolean {
  return kind !== "read" && targetOfPath(path).elementId === undefined;
}

/** The page comes or goes with all that is on it. */
function replacesPage({ pageId }: Viewport, { footprint }: ChangeOperation): boolean {
  const page = nodePath("pages", pageId);
  return footprint.some(
    ({ kind, path }) => (kind === "create" || kind === "delete") && path === page,
  );
}

/** Whether it only changes properties of elements where they are: whoever holds them can apply it. */
function isInPlace(footprint: Footprint): boolean {
  return footprint.every((touch) => {
    if (touch.kind === "create" || touch.kind === "delete") return false;
    return touch.kind === "read" || !registersOf(touch).some((name) => placesElement.has(name));
  });
}

const placesElement: ReadonlySet<string> = new Set([PLACE, "parentId"]);

/** The elements of the viewport's page that operations may have made show, not show, or stand elsewhere. */
class Touched {
  readonly ids = new Set<string>();
  readonly #placed = new Set<string>();

  constructor(
    { pageId }: Viewport,
    operations: readonly ChangeOperation[],
    pages: readonly (Page | undefined)[],
  ) {
    const here = operations.filter(({ target }) => target.pageId === pageId);
    for (const operation of here) this.#take(operation);
    const touched = [...this.ids];
    for (const page of pages) {
      if (page === undefined) continue;
      for (const id of idsDrawnWith(page, touched)) this.ids.add(id);
    }
  }

  /** Whether the element may stand elsewhere, or is another one with the same id. */
  isPlaced(id: string): boolean {
    return this.#placed.has(id);
  }

  #take({ target, footprint }: ChangeOperation): void {
    const { elementId } = target;
    const inPlace = isInPlace(footprint);
    if (elementId !== undefined) this.#touch(elementId, !inPlace);
    for (const { kind, path } of footprint) {
      const [, page, , id] = segmentsOf(path);
      if (page !== target.pageId || id === undefined) continue;
      // Of an operation that changes several elements a client may hold only some, and so not be able to apply it.
      this.#touch(id, kind !== "read" && !(inPlace && id === elementId));
    }
  }

  #touch(id: string, isPlaced: boolean): void {
    this.ids.add(id);
    if (isPlaced) this.#placed.add(id);
  }
}

function shownOf(
  viewport: Viewport,
  page: Page | undefined,
  ids: ReadonlySet<string>,
): ReadonlySet<string> {
  const shown = new Set<string>();
  for (const id of page === undefined ? [] : ids) {
    const element = page!.elements.items.get(id);
    if (element !== undefined && isShown(viewport, page!, element)) shown.add(id);
  }
  return shown;
}

/** Those of the ids that show, each with the shown one below it. */
function enteredOf(
  viewport: Viewport,
  page: Page | undefined,
  ids: ReadonlySet<string>,
): EnteredElement[] {
  const entered: EnteredElement[] = [];
  if (page === undefined || ids.size === 0) return entered;
  let below: string | null = null;
  for (const id of page.elements.order) {
    const element = page.elements.items.get(id)!;
    if (!isShown(viewport, page, element)) continue;
    if (ids.has(id)) entered.push({ element, afterElementId: below });
    below = id;
  }
  return entered;
}
