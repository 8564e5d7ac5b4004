/** What has to be brought back for the operations of one batch that won over committed ones, each thing once. */
import type { Document } from "../document/document.js";
import type { OperationContent } from "../operations/operation.js";
import type { Collision } from "./collide.js";
import type { WholeOperation } from "./merge.js";
import type { OthersHistory } from "./othersHistory.js";
import type { Restoring } from "./placedRows.js";
import { formerGroups, formerValues, removal, restorationOf } from "./restore.js";

export class Restorations {
  private readonly restored = new Set<string>();

  constructor(
    private readonly others: OthersHistory,
    /** A committed operation, undefined where it has to be read first. */
    private readonly whole: (operationId: string) => WholeOperation | undefined,
  ) {}

  /** What brings back the things that beaten operations deleted or replaced, as far as they were read. */
  before(winner: OperationContent, beaten: readonly Collision[]): readonly Restoring[] {
    const contents: Restoring[] = [];
    for (const collision of this.newestFirst(beaten)) {
      const { footprint } = this.others.entry(collision.serverOperation);
      const restoration = restorationOf(collision, winner, footprint);
      if (restoration === "remove") contents.push(removal(collision));
      if (restoration !== "inverse" && restoration !== "value") continue;
      const committed = this.whole(collision.serverOperation);
      const undone = `${committed?.id} ${restoration === "value" ? collision.properties.join() : ""}`;
      if (committed === undefined || this.restored.has(undone)) continue;
      this.restored.add(undone);
      const inverse =
        restoration === "inverse" ? committed.inverse : formerValues(collision, committed);
      for (const content of inverse) contents.push({ ...content, restores: committed.id });
    }
    return contents;
  }

  /** The groups around a new parent as its client saw them, for a move that closes a cycle with those that won over. */
  formerGroups(
    content: OperationContent,
    beaten: readonly Collision[],
    document: Document,
  ): readonly OperationContent[] {
    const footprint = (id: string) => this.others.entry(id).footprint;
    return formerGroups(content, this.newestFirst(beaten), footprint, document);
  }

  /** In the order in which they are undone: what each left is what the one before it is undone on. */
  private newestFirst(collisions: readonly Collision[]): readonly Collision[] {
    const turnOf = ({ serverOperation }: Collision) => this.others.turn(serverOperation);
    return collisions.toSorted((a, b) => turnOf(b) - turnOf(a));
  }
}
