/** How the changes of a feed are told through one viewport, as far as their documents are known. */
import type { RecentDocuments } from "./recentDocuments.js";
import type { SharedChange } from "./sharedChange.js";
import { designSeen } from "../../domain/viewport/viewport.js";
import type { FollowedViewport } from "./followedViewport.js";
import { onPage, seenCompletely, seenThrough } from "./viewportChange.js";

/**
 * - `change`: what changed, for who holds what showed before; and all that is told without a viewport
 * - `complete`: all that shows at the end
 * - `page`: the operations of the page, where the document at the end is not known; a `complete` one must follow
 */
export type View = "change" | "complete" | "page";

export class ViewportView {
  readonly #viewport: FollowedViewport;
  readonly #documents: RecentDocuments;

  constructor(viewport: FollowedViewport, documents: RecentDocuments) {
    this.#viewport = viewport;
    this.#documents = documents;
  }

  /** Whether documents are there; where not, they are asked for, and members are woken when they are. */
  ready(): boolean {
    this.#documents.start();
    return this.#documents.ready;
  }

  /** Whether what shows at the version can be told. */
  knows(version: number): boolean {
    return this.#documents.at(version) !== undefined;
  }

  /** How the change is told to who holds what showed before it, or does not. */
  of({ kind, fromVersion, toVersion }: SharedChange, holdsViewport: boolean): View {
    if (kind !== "OPERATIONS") return "change";
    if (!this.knows(toVersion)) return "page";
    return holdsViewport && this.knows(fromVersion) ? "change" : "complete";
  }

  /** The change as it is told; call it right after `of`. */
  render(change: SharedChange, view: View): SharedChange {
    if (change.document !== undefined && this.#viewport.state === true) {
      return { ...change, designData: designSeen(this.#viewport, change.document) };
    }
    if (change.kind !== "OPERATIONS") return change;
    const after = this.#documents.at(change.toVersion);
    if (after === undefined || view === "page") return onPage(this.#viewport, change);
    const before = this.#documents.at(change.fromVersion);
    return view === "complete" || before === undefined
      ? seenCompletely(this.#viewport, change, after)
      : seenThrough(this.#viewport, change, before, after);
  }
}
