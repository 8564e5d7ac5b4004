/**
 * Connections of which it is not known yet whose they are, by address. One too many does not shut out the next: it takes
 * the place of the oldest, which had the most time to say who it is. So whoever says nothing keeps nobody away.
 */
export class PendingConnections {
  readonly #pending = new Map<string, Set<() => void>>();

  constructor(private readonly max: number) {}

  /** One more; `evict` ends it where others need its place. The function that is given takes it away. */
  enter(key: string, evict: () => void): () => void {
    const pending = this.#pending.get(key) ?? new Set();
    this.#pending.set(key, pending);
    // A function of its own, as one may be given twice.
    const own = (): void => evict();
    pending.add(own);
    const [oldest] = pending;
    if (pending.size > this.max && oldest !== undefined) {
      pending.delete(oldest);
      oldest();
    }
    return () => {
      pending.delete(own);
      if (pending.size === 0 && this.#pending.get(key) === pending) this.#pending.delete(key);
    };
  }

  /** Addresses that have any. */
  get size(): number {
    return this.#pending.size;
  }
}
