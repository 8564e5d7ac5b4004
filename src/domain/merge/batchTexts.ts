/** The texts that one batch edits, each rebased over what others did to it since. */
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import type { Delta } from "../text/delta.js";
import type { Collision, CollisionIndex } from "./collide.js";
import { nodePath, type NodePath } from "../operations/footprint.js";
import { deltaOf, incrementalSetBy, withDelta } from "../operations/traits.js";
import { TextRebase } from "./textRebase.js";

export class BatchTexts {
  private readonly rebases = new Map<NodePath, TextRebase>();

  constructor(
    private readonly index: CollisionIndex,
    /** A committed operation, undefined where it has to be read first. */
    private readonly whole: (id: string) => Pick<LoggedOperation, "type" | "payload"> | undefined,
    private readonly isOwn: (path: NodePath) => boolean,
    /** The place of a committed operation in the history. */
    private readonly turnOf: (id: string) => number,
  ) {}

  /**
   * The operation as it applies at the head; adds the ids of the edits that it met. Undefined where something has
   * to be read first.
   */
  rebased(
    content: OperationContent,
    beaten: readonly Collision[],
    changedBy: Set<string>,
  ): OperationContent | undefined {
    // A text that the batch sets is to its next delta what it was to the client.
    const isSet = incrementalSetBy(content).includes("text");
    if (isSet) this.rebases.set(pathOf(content), new TextRebase());
    const delta = deltaOf(content);
    if (delta === undefined) return content;
    const path = pathOf(content);
    const rebase = this.rebases.get(path) ?? this.rebaseOf(path, beaten);
    if (rebase === undefined) return undefined;
    this.rebases.set(path, rebase);
    const next = rebase.next(delta);
    for (const id of [...next.changedBy, ...next.overrides]) changedBy.add(id);
    return withDelta(content, next.delta);
  }

  /** The text edits since the base; those after a write or deletion that was beaten are undone with it. */
  private rebaseOf(path: NodePath, beaten: readonly Collision[]): TextRebase | undefined {
    if (this.isOwn(path)) return new TextRebase();
    const end = Math.min(...beaten.map(({ serverOperation }) => this.turnOf(serverOperation)));
    const edits: { id: string; delta: Delta }[] = [];
    let isRead = true;
    for (const touch of this.index.at.get(path) ?? []) {
      if (this.turnOf(touch.operationId) >= end) break;
      if (!touch.blends.includes("text")) continue;
      const committed = this.whole(touch.operationId);
      if (committed === undefined) isRead = false;
      const delta = committed && deltaOf(committed);
      if (delta !== undefined) edits.push({ id: touch.operationId, delta });
    }
    return isRead ? new TextRebase(edits) : undefined;
  }
}

function pathOf({ target }: OperationContent): NodePath {
  return nodePath("pages", target.pageId ?? "", "elements", target.elementId ?? "");
}
