/** What has to be brought back for the operations of one batch that won over committed ones, each thing once. */
import type { Document } from "../../document/document.js";
import type { Json } from "../../json.js";
import type { OperationContent } from "../../operations/operation.js";
import { deletersOf, type Collision } from "../collide.js";
import { deletionOf, regroupingOf, updateOf } from "../../operations/nodeOperations.js";
import { pathOfTarget, targetOfPath } from "../../operations/paths.js";
import { deletedPath, incrementalProperty, regroups } from "../../operations/traits.js";
import type { Footprint, NodePath } from "../../operations/footprint.js";
import type { Restoring } from "../places/placedRows.js";
import { Restorer, type Others } from "./restorer.js";
import type { WholeOperation } from "../../history/logEntry.js";

/** What the operations of one batch take before they apply. */
export class Restorations {
  private readonly restorer: Restorer;
  /** The values that were given back, by node and property: what the batch made of them since stays. */
  private readonly values = new Set<string>();

  constructor(
    private readonly others: Others,
    /** A committed operation, undefined where it has to be read first. */
    private readonly whole: (operationId: string) => WholeOperation | undefined,
  ) {
    this.restorer = new Restorer(others, whole);
  }

  /** What makes the winner apply to the document over what it beat, as far as that was read. */
  before(
    winner: OperationContent,
    beaten: readonly Collision[],
    document: Document,
  ): readonly Restoring[] {
    this.restorer.begin(document);
    for (const collision of this.newestFirst(beaten)) {
      const { footprint } = this.others.entry(collision.serverOperation);
      switch (collision.kind) {
        case "DUPLICATE_ID":
          this.restorer.push(deletionOf(targetOfPath(collision.path)));
          break;
        case "DELETED_TARGET":
          // What deletes needs nothing of what others deleted.
          if (deletedPath(winner) !== undefined || !this.isDeletion(collision)) break;
          this.bringBack(collision.path, winner);
          break;
        case "CONCURRENT_EDIT":
          if (isWrittenBy(collision, footprint)) this.giveBackValue(collision, winner);
      }
    }
    return this.restorer.contents;
  }

  /** The groups around a new parent as its client saw them, for a move that closes a cycle with those that won over. */
  formerGroups(
    operation: OperationContent,
    beaten: readonly Collision[],
    document: Document,
  ): readonly OperationContent[] {
    if (!regroups(operation)) return [];
    const moved = pathOfTarget(operation.target);
    return this.newestFirst(beaten.filter(({ path }) => path !== moved)).flatMap((collision) => {
      const { footprint } = this.others.entry(collision.serverOperation);
      return formerGroup(collision, footprint, document);
    });
  }

  /** Whether the other side deleted, and not the winner. */
  private isDeletion({ path, serverOperation }: Collision): boolean {
    return deletersOf(this.others.index, path).includes(serverOperation);
  }

  private bringBack(path: NodePath, winner: OperationContent): void {
    const { restorer } = this;
    const isAbout = path === pathOfTarget(winner.target);
    const isAnother = restorer.isHere(path) && restorer.isAnother(path);
    restorer.bring(path, isAbout);
    const property = isAbout && isAnother ? incrementalProperty(winner) : undefined;
    if (property === undefined) return;
    // It goes on from a value of what was deleted, and finds something else in its place.
    const former = restorer.formerNode(path)?.content.payload;
    this.pushOnce(setting(path, property, former?.[property] ?? null), property, "");
  }

  /** The value that a text delta or appended points were made on, as it was before the committed operation. */
  private giveBackValue(
    { path, properties, serverOperation }: Collision,
    winner: OperationContent,
  ): void {
    const property = incrementalProperty(winner);
    if (property === undefined || !properties.includes(property)) return;
    const deleter = this.restorer.firstDeleter(path);
    const { others } = this;
    // What was written after the element was deleted is about another one.
    if (deleter !== undefined && others.turn(deleter) < others.turn(serverOperation)) return;
    for (const { type, payload } of this.whole(serverOperation)?.inverse ?? []) {
      const value = payload?.[property];
      if (value === undefined) continue;
      // The end of a stroke goes where it was; another value is set, and nothing that was set beside it.
      const content =
        incrementalProperty({ type }) === property
          ? { type, target: targetOfPath(path), payload }
          : setting(path, property, value);
      this.pushOnce(content, property, serverOperation);
    }
  }

  private pushOnce(content: OperationContent, property: string, operationId: string): void {
    const key = JSON.stringify([content.target, property, operationId]);
    if (this.values.has(key)) return;
    this.values.add(key);
    this.restorer.push(content);
  }

  /** In the order in which they are undone: what each left is what the one before it is undone on. */
  private newestFirst(collisions: readonly Collision[]): readonly Collision[] {
    const turnOf = ({ serverOperation }: Collision) => this.others.turn(serverOperation);
    return collisions.toSorted((a, b) => turnOf(b) - turnOf(a));
  }
}

function setting(path: NodePath, property: string, value: Json): OperationContent {
  return updateOf(targetOfPath(path), { [property]: value });
}

function isWrittenBy({ path, properties }: Collision, footprint: Footprint): boolean {
  return footprint.some(
    (touch) =>
      touch.kind === "write" &&
      touch.path === path &&
      touch.properties.some((name) => properties.includes(name)),
  );
}

/** The element back in the group that the committed operation took it out of; out of all where that is gone. */
function formerGroup(
  { path }: Collision,
  committed: Footprint,
  document: Document,
): readonly OperationContent[] {
  const target = targetOfPath(path);
  const page = document.pages.items.get(target.pageId ?? "");
  if (target.elementId === undefined || page?.elements.items.has(target.elementId) !== true)
    return [];
  return committed.flatMap((touch): OperationContent[] => {
    if (touch.kind !== "write" || touch.path !== path || touch.formerParentId === undefined)
      return [];
    const former = touch.formerParentId;
    const parentId = former !== null && page.elements.items.has(former) ? former : null;
    return [regroupingOf(target, parentId)];
  });
}
