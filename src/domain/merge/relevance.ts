/**
 * Which touches of a long history can matter to a batch, told from footprints alone, so that a history of any length is
 * read through while only the part that matters is kept. It keeps rather too much than too little: a merge over what
 * is left decides as one over all of it.
 */
import type { Document } from "../document/document.js";
import type { OperationContent } from "../operations/operation.js";
import { footprintOf } from "../operations/registry.js";
import { intendedPages } from "./intent.js";
import { deletionOf } from "../operations/nodeOperations.js";
import { deletedPath } from "../operations/traits.js";
import {
  ancestorsOf,
  nodePath,
  segmentsOf,
  type Footprint,
  type NodePath,
  type Touch,
} from "../operations/footprint.js";

/** The place in an order, as footprints name it. */
const ORDER = "order";

export class Relevance {
  /** The nodes that the batch touches or names. */
  private readonly nodes = new Set<NodePath>();
  /** Nodes of which the batch touches all that is in them. */
  private readonly whole = new Set<NodePath>();
  /** What the nodes are in. */
  private readonly around = new Set<NodePath>();
  /** Lists in which the batch puts or changes things: their order tells the place of what is, or stood above what is, gone. */
  private readonly places = new Set<NodePath>();
  /** Pages of which it matters what was on them, and in what. */
  private readonly pages: ReadonlySet<string>;

  /** Elements that were in a group at some time of the history, and are not in that any more. */
  private readonly left = new Set<NodePath>();

  /** `document`: a state at or after the history's end. */
  constructor(
    private readonly document: Document,
    operations: readonly OperationContent[],
  ) {
    this.pages = intendedPages(operations);
    for (const operation of operations) this.addOperation(operation);
    this.goAround();
  }

  /**
   * Takes in what turned out while the history was read: a group that the batch deletes held these, too. Whether the history
   * has to be read once more for it.
   */
  widen(): boolean {
    const found = [...this.left].filter((path) => !this.nodes.has(path));
    this.left.clear();
    for (const path of found) {
      const [, pageId = "", , elementId = ""] = segmentsOf(path);
      this.addOperation(deletionOf({ pageId, elementId }));
    }
    this.goAround();
    return found.length > 0;
  }

  /** The part of a committed footprint that matters; none for most. */
  of(footprint: Footprint): Footprint {
    return footprint.filter((touch) => this.matters(touch));
  }

  private addOperation(operation: OperationContent): void {
    for (const touch of footprintOf(this.document, operation)) this.add(touch);
    this.addNamed(operation);
  }

  private goAround(): void {
    for (const path of this.nodes) {
      for (const ancestor of ancestorsOf(path)) this.around.add(ancestor);
    }
  }

  private add(touch: Touch): void {
    this.nodes.add(touch.path);
    if (touch.kind === "delete") this.whole.add(touch.path);
  }

  /** What an operation is about, also where it is not there any more. */
  private addNamed(operation: OperationContent): void {
    const { pageId, elementId, audioLayerId, clipId } = operation.target;
    const paths = [
      pageId !== undefined && elementId !== undefined
        ? nodePath("pages", pageId, "elements", elementId)
        : undefined,
      audioLayerId !== undefined && clipId !== undefined
        ? nodePath("audioLayers", audioLayerId, "clips", clipId)
        : undefined,
    ];
    for (const path of paths) if (path !== undefined) this.add({ kind: "read", path });
    // What is brought back for it looks for its former place, as what is put above something does.
    if (pageId !== undefined) this.places.add("/pages");
    if (audioLayerId !== undefined) this.places.add("/audioLayers");
    this.places.add(listOf(operation));
    const deleted = deletedPath(operation);
    if (deleted !== undefined) this.add({ kind: "delete", path: deleted });
  }

  private matters(touch: Touch): boolean {
    const { kind, path } = touch;
    if (this.pages.size > 0 && this.isOfMeantTree(touch)) return true;
    if (this.nodes.has(path)) return true;
    if (kind === "create" || kind === "delete") {
      if (this.around.has(path)) return true;
    }
    if (changesOrder(touch) && this.places.has(path.slice(0, path.lastIndexOf("/")))) return true;
    if (this.whole.size > 0) {
      for (const ancestor of ancestorsOf(path)) if (this.whole.has(ancestor)) return true;
    }
    return false;
  }

  /** Whether it brings, takes or moves something on a page of which the batch means what was on it. */
  private isOfMeantTree(touch: Touch): boolean {
    const { kind } = touch;
    const changesTree =
      kind === "create" ||
      kind === "delete" ||
      (kind === "write" && touch.formerParentId !== undefined);
    if (!changesTree) return false;
    const [collection, pageId = ""] = segmentsOf(touch.path);
    if (collection !== "pages" || !this.pages.has(pageId)) return false;
    if (kind !== "create" && typeof touch.formerParentId === "string") this.left.add(touch.path);
    return true;
  }
}

/** Whether it brings, takes or moves something in the order of its list. */
function changesOrder(touch: Touch): boolean {
  const { kind } = touch;
  if (kind === "create" || kind === "delete") return true;
  return kind === "blend" && touch.properties.includes(ORDER);
}

/** The path of the list that the operation's target is in, without its id. */
function listOf({ target }: OperationContent): NodePath {
  const { pageId = "", elementId, audioLayerId, clipId } = target;
  if (audioLayerId !== undefined) {
    return clipId === undefined ? "/audioLayers" : `${nodePath("audioLayers", audioLayerId)}/clips`;
  }
  return elementId === undefined ? "/pages" : `${nodePath("pages", pageId)}/elements`;
}
