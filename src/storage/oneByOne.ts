/** Runs what has one key one after the other, so that it waits here and not in the database, holding a connection each. */
export class OneByOne {
  readonly #last = new Map<string, Promise<unknown>>();

  /** The work's outcome, once all that was asked for before under the key is done. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const outcome = before.then(work, work);
    const settled: Promise<void> = outcome.then(
      () => this.#forget(key, settled),
      () => this.#forget(key, settled),
    );
    this.#last.set(key, settled);
    return outcome;
  }

  #forget(key: string, settled: Promise<unknown>): void {
    if (this.#last.get(key) === settled) this.#last.delete(key);
  }
}
