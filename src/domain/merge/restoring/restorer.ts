/**
 * Brings back what operations that won over deletions need, and nothing else of what was deleted with it. What an
 * operation is about comes back with all that was deleted in it; what it only needs, the page, layer and groups around
 * that, comes back without the rest of its contents.
 */
import { holds } from "../../operations/find.js";
import type { Document } from "../../document/document.js";
import type { Json, JsonObject } from "../../json.js";
import { unbounded } from "../../limits.js";
import type { OperationContent } from "../../operations/operation.js";
import { applyOperation } from "../../operations/registry.js";
import { deletersOf, type CollisionIndex } from "../collide.js";
import { isAtOrUnder, targetOfPath } from "../../operations/paths.js";
import { contentsAdded } from "../../operations/traits.js";
import { segmentsOf, type NodePath } from "../../operations/footprint.js";
import { formerNodes, type FormerNode, type FormerNodes } from "./formerNodes.js";
import type { Restoring } from "../places/placedRows.js";
import type { HistoryEntry, WholeOperation } from "../../history/logEntry.js";

/** What was committed since the base. */
export interface Others {
  readonly index: CollisionIndex;
  /** The place of a committed operation in the history. */
  readonly turn: (operationId: string) => number;
  entry(operationId: string): HistoryEntry;
}

export class Restorer {
  /** What this batch brought back. */
  private readonly restored = new Set<NodePath>();
  /** The pages and layers among that which came back in one piece. */
  private readonly inOnePiece = new Set<NodePath>();
  private readonly read = new Map<string, FormerNodes>();
  /** What came back of what was deleted with each page or layer, in the order of ranks. */
  private readonly placed = new Map<string, { readonly rank: number; readonly path: NodePath }[]>();
  private made: Restoring[] = [];
  private document: Document | undefined;

  constructor(
    private readonly others: Pick<Others, "index" | "turn">,
    /** A committed operation, undefined where it has to be read first. */
    private readonly whole: (operationId: string) => WholeOperation | undefined,
  ) {}

  /** Begins for the next operation of the batch, on the document that it is to apply to. */
  begin(document: Document): void {
    this.made = [];
    this.document = document;
  }

  /** What was made since it began. */
  get contents(): readonly Restoring[] {
    return this.made;
  }

  /** Adds an operation, unless it does not apply; `restores` is the one of whose inverse it is a part. */
  push(content: OperationContent, restores?: string): void {
    const applied = applyOperation(this.document!, content, unbounded);
    if (!applied.ok) return;
    this.document = applied.value;
    this.made.push(restores === undefined ? content : { ...content, restores });
  }

  isHere(path: NodePath): boolean {
    return holds(this.document!, targetOfPath(path));
  }

  /** Whether the node, which is there, is another one than the one that was deleted: others put it in its place. */
  isAnother(path: NodePath): boolean {
    return !this.restored.has(path) && !isAtOrUnder(path, this.inOnePiece);
  }

  /** The node as it was when it was first deleted, since when the client knows nothing of it. */
  formerNode(path: NodePath): FormerNode | undefined {
    const deleter = this.firstDeleter(path);
    return deleter === undefined ? undefined : this.nodesOf(deleter)?.get(path);
  }

  /** The first operation that deleted the node, or one it is in. */
  firstDeleter(path: NodePath): string | undefined {
    const { index, turn } = this.others;
    const [first] = deletersOf(index, path).toSorted((a, b) => turn(a) - turn(b));
    return first;
  }

  /** Brings back the node; `isAbout` says whether the operation is about it. */
  bring(path: NodePath, isAbout: boolean): void {
    if (this.isHere(path) && this.isAnother(path)) return;
    for (const missing of this.missingAround(path)) {
      this.addAgain(missing, isAbout && missing.path === path);
    }
    if (!isAbout) return;
    const paths = [path];
    for (let next = 0; next < paths.length; next += 1) {
      const node = paths[next]!;
      const former = this.inOnePiece.has(node) ? undefined : this.formerNode(node);
      for (const inner of former?.inside ?? []) {
        for (const missing of this.missingAround(inner)) this.addAgain(missing, false);
        paths.push(inner);
      }
      for (const content of former?.regrouping ?? []) this.putBack(content);
    }
  }

  /** The node and what is around it, as far as it is not there: outermost first. */
  private missingAround(path: NodePath): FormerNode[] {
    const missing = new Map<NodePath, FormerNode>();
    let container: NodePath | undefined;
    let current: NodePath | undefined = path;
    // Groups that were deleted at different times need not be without a cycle.
    while (current !== undefined && !missing.has(current) && !this.isHere(current)) {
      const former: FormerNode | undefined = this.formerNode(current);
      if (former === undefined) break;
      missing.set(current, former);
      ({ container } = former);
      current = former.group;
    }
    const around = container === undefined ? [] : this.missingAround(container);
    return [...around, ...[...missing.values()].toReversed()];
  }

  private addAgain(former: FormerNode, isAbout: boolean): void {
    const { path, content, group } = former;
    const { type, target } = content;
    const payload: Record<string, Json> = { ...content.payload };
    const inside = contentsAdded(content);
    if (inside !== null && isAbout) this.inOnePiece.add(path);
    else if (inside !== null) {
      this.inOnePiece.delete(path);
      delete payload[inside];
    }
    if (group !== undefined && !this.isHere(group)) delete payload["parentId"];
    const place = former.rank === undefined ? {} : this.placeIn(former);
    this.push({ type, target, payload: { ...payload, ...place } }, this.firstDeleter(path));
    this.restored.add(path);
  }

  /** What only left the group goes back into it, unless others put it into another one. */
  private putBack(content: OperationContent): void {
    const { pageId = "", elementId = "" } = content.target;
    const element = this.document?.pages.items.get(pageId)?.elements.items.get(elementId);
    if (element === undefined || typeof element["parentId"] === "string") return;
    this.push(content);
  }

  /** On a page or layer that comes back: above the nearest thing that was below and is there again. */
  private placeIn({ path, container, rank = 0 }: FormerNode): JsonObject {
    const placed = this.placed.get(container!) ?? [];
    this.placed.set(container!, placed);
    let low = 0;
    for (let high = placed.length; low < high;) {
      const middle = (low + high) >> 1;
      if (placed[middle]!.rank < rank) low = middle + 1;
      else high = middle;
    }
    let below = low - 1;
    while (below >= 0 && !this.isHere(placed[below]!.path)) below -= 1;
    placed.splice(low, 0, { rank, path });
    const neighbour = placed[below];
    return { afterId: neighbour === undefined ? null : segmentsOf(neighbour.path).at(-1)! };
  }

  private nodesOf(operationId: string): FormerNodes | undefined {
    const known = this.read.get(operationId);
    if (known !== undefined) return known;
    const inverse = this.whole(operationId)?.inverse;
    if (inverse === undefined) return undefined;
    const nodes = formerNodes(inverse);
    this.read.set(operationId, nodes);
    return nodes;
  }
}
