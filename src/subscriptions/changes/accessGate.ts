/**
 * Whether what happens on a template may be delivered: not from a hint that access changed until everybody who follows
 * it was asked about after that hint. A hint is a message, or a revision of the grants that is newer than what they were
 * asked about under.
 */
export class AccessGate {
  #epoch = 0;
  #answered = 0;
  /** The newest revision that was heard of; none before somebody comes. */
  #revision = -1;

  /** Grows with every hint; what was read before a hint does not answer it. */
  get epoch(): number {
    return this.#epoch;
  }

  get isClosed(): boolean {
    return this.#answered !== this.#epoch;
  }

  /** Closes until there is an answer. */
  hint(): void {
    this.#epoch += 1;
  }

  /** Whether the revision is newer than all that was heard of. */
  isNews(revision: number | undefined): boolean {
    if (revision === undefined || revision <= this.#revision) return false;
    this.#revision = revision;
    return true;
  }

  /** Somebody comes whose access was checked under the revision: closes where that is not the newest. */
  admit(revision: number): void {
    const isFirst = this.#revision < 0;
    if (revision < this.#revision || (this.isNews(revision) && !isFirst)) this.hint();
  }

  /** Everybody was asked about at the epoch, under the revision or a later one. */
  answer(epoch: number, revision: number): void {
    if (epoch === this.#epoch) this.#answered = epoch;
    this.#revision = Math.max(this.#revision, revision);
  }
}
