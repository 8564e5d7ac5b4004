/**
 * The operations of a batch that are left out, and those that mean nothing without them: a change of what a left-out
 * operation would have created, an edit of a text that it would have set, a deletion of what it would have taken
 * elsewhere.
 */
import type { Document } from "../document/document.js";
import type { OperationContent, OperationTarget, SentOperation } from "../operations/operation.js";
import { footprintOf } from "../operations/registry.js";
import { isAtOrUnder, targetOfPath } from "../operations/paths.js";
import type { Footprint, NodePath } from "../operations/footprint.js";
import { deletionBy, incrementalProperties, isAddition } from "../operations/traits.js";

export class LeftOut {
  private readonly ids: Set<string>;
  /** What left-out operations would have created. */
  private readonly created = new Set<NodePath>();
  /** The texts and strokes that they would have changed, by node. */
  private readonly grown = new Map<NodePath, Set<string>>();
  /** The elements that they would have put into another group, or into none. */
  private readonly regrouped = new Set<NodePath>();
  /** The ids of elements and clips that they would have added: perhaps ones that the batch deletes elsewhere. */
  private readonly added = { elements: new Set<string>(), clips: new Set<string>() };

  /** `unwanted` are left out whatever they build on; `document` is the one before the whole batch. */
  constructor(
    private readonly document: Document,
    operations: readonly SentOperation[],
    unwanted: Iterable<string>,
  ) {
    this.ids = new Set(unwanted);
    // What is moved to another page may be deleted from its own before it is added there.
    for (const operation of operations) if (this.ids.has(operation.id)) this.loseAdded(operation);
  }

  /** Takes the batch's next operation. Answers whether it is left out: it is unwanted or builds on what is left out. */
  takes(operation: SentOperation): boolean {
    const footprint = footprintOf(this.document, operation);
    const isLeftOut =
      this.ids.has(operation.id) ||
      this.isBuiltOn(footprint) ||
      this.deletesMoved(operation, footprint);
    if (isLeftOut) this.lose(operation, footprint);
    return isLeftOut;
  }

  /** Leaves out an operation that was taken and was not to be left out by then. */
  add(operation: SentOperation): void {
    this.lose(operation, footprintOf(this.document, operation));
  }

  /** Those of the operations that are left out, in their order. */
  idsAmong(operations: readonly SentOperation[]): string[] {
    return operations.map(({ id }) => id).filter((id) => this.ids.has(id));
  }

  private lose(operation: SentOperation, footprint: Footprint): void {
    this.ids.add(operation.id);
    this.loseAdded(operation);
    for (const touch of footprint) {
      if (touch.kind === "create") this.created.add(touch.path);
      if (touch.kind !== "write" && touch.kind !== "blend") continue;
      for (const name of touch.properties) {
        if (name === "parentId" && touch.kind === "write") this.regrouped.add(touch.path);
        if (incrementalProperties.has(name)) this.grownAt(touch.path).add(name);
      }
    }
  }

  private loseAdded(operation: OperationContent): void {
    if (!isAddition(operation)) return;
    const { elementId, clipId } = operation.target;
    if (elementId !== undefined) this.added.elements.add(elementId);
    if (clipId !== undefined) this.added.clips.add(clipId);
  }

  private isBuiltOn(footprint: Footprint): boolean {
    return footprint.some(
      (touch) =>
        isAtOrUnder(touch.path, this.created) ||
        (touch.kind === "blend" &&
          touch.properties.some((name) => this.grown.get(touch.path)?.has(name) === true)),
    );
  }

  /** Whether it deletes something that a left-out operation would have taken elsewhere: into another group, page or layer. */
  private deletesMoved(operation: OperationContent, footprint: Footprint): boolean {
    const deletion = deletionBy(operation);
    if (deletion === null) return false;
    if (deletion.of === "node") return this.holdsAdded(operation.target);
    const { elements } = this.added;
    return footprint.some(
      ({ kind, path }, index) =>
        kind === "delete" &&
        (elements.has(targetOfPath(path).elementId ?? "") ||
          // What a group holds goes with it; an element that is named goes from whatever group.
          (deletion.of === "elementTree" && index > 0 && this.regrouped.has(path))),
    );
  }

  /** Whether the page or layer holds what a left-out operation would have added, or is a clip of that id. */
  private holdsAdded({ pageId, audioLayerId, clipId }: OperationTarget): boolean {
    const { elements, clips } = this.added;
    if (clipId !== undefined) return clips.has(clipId);
    const page = this.document.pages.items.get(pageId ?? "");
    if (page !== undefined) return anyOf(elements, page.elements.items);
    const layer = this.document.audioLayers.items.get(audioLayerId ?? "");
    return layer !== undefined && anyOf(clips, layer.clips.items);
  }

  private grownAt(path: NodePath): Set<string> {
    const names = this.grown.get(path) ?? new Set();
    this.grown.set(path, names);
    return names;
  }
}

function anyOf(ids: ReadonlySet<string>, items: { has(id: string): boolean }): boolean {
  for (const id of ids) if (items.has(id)) return true;
  return false;
}
