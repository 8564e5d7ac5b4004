/**
 * The documents of a template at the newest versions where events begin and end, for subscribers with a viewport:
 * read once, when the first of them comes, and then followed operation by operation. Few are kept, because each holds
 * on to the elements that later operations replaced. A version whose document is not here costs a subscriber a
 * complete viewport instead of what changed in it, and nothing else.
 */
import type { Document } from "../../domain/document/document.js";
import { unbounded } from "../../domain/limits.js";
import { applyOperation } from "../../domain/operations/registry.js";
import type { ChangeOperation } from "../../bus/changeBus.js";
import type { ChangeRing } from "./changeRing.js";
import type { FeedSource, State } from "./feedSource.js";

const KEPT_MAX = 16;

/** What the documents tell their feed. */
export interface DocumentsOwner {
  /** The documents are there now; whoever waited for them may go on. */
  ready(): void;
  /** The state cannot be read now: `start` is called again later. */
  failed(error: unknown): void;
}

export class RecentDocuments {
  readonly #templateId: string;
  readonly #ring: ChangeRing;
  readonly #source: FeedSource;
  readonly #owner: DocumentsOwner;
  /** The document that is followed; undefined until it was read. */
  #newest: State | undefined;
  readonly #kept = new Map<number, Document>();
  #starting = false;

  constructor(templateId: string, ring: ChangeRing, source: FeedSource, owner: DocumentsOwner) {
    this.#templateId = templateId;
    this.#ring = ring;
    this.#source = source;
    this.#owner = owner;
  }

  /** Whether documents are followed; until then those who need them wait. */
  get ready(): boolean {
    return this.#newest !== undefined;
  }

  /** The document at the version, where it is kept. */
  at(version: number): Document | undefined {
    return this.#kept.get(version);
  }

  /** Reads the state to follow from, unless that is done or under way. */
  start(): void {
    if (this.ready || this.#starting) return;
    this.#starting = true;
    this.#source
      .readState(this.#templateId)
      .then(
        (state) => this.#followFrom(state),
        (error: unknown) => this.#owner.failed(error),
      )
      .finally(() => {
        this.#starting = false;
        if (this.ready) this.#owner.ready();
      });
  }

  /** Takes in operations that were just added to the ring; an event may end after them. */
  follow(operations: readonly ChangeOperation[]): void {
    if (this.#newest === undefined) return;
    for (const operation of operations) {
      if (!this.#apply(operation)) return this.stop();
    }
    this.#keep();
  }

  /** Lets go of everything: nobody needs it, or the ring does not lead on. Who needs it again calls `start`. */
  stop(): void {
    this.#newest = undefined;
    this.#kept.clear();
  }

  #followFrom(state: State): void {
    this.#newest = state;
    this.#keep();
    while (this.#newest !== undefined && this.#newest.version < this.#ring.toVersion) {
      const operations = this.#ring.after(this.#newest.version, this.#source.settings);
      if (operations === undefined) return this.stop();
      this.follow(operations);
    }
  }

  /** Whether the operation is in the document now. */
  #apply(operation: ChangeOperation): boolean {
    const { version, document } = this.#newest!;
    if (operation.resultingVersion <= version) return true;
    if (operation.resultingVersion !== version + 1) return false;
    const applied = applyOperation(document, operation, unbounded);
    if (!applied.ok) return false;
    this.#newest = { version: operation.resultingVersion, document: applied.value };
    return true;
  }

  #keep(): void {
    const { version, document } = this.#newest!;
    this.#kept.set(version, document);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }
}
