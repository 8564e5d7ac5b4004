/** How many of something each person or address has now. */
export class Counts {
  readonly #counts = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** One more, unless it is one too many; the function that is given takes it away again, once. */
  enter(key: string): (() => void) | undefined {
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.max) return undefined;
    this.#counts.set(key, count + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave(key);
    };
  }

  /** Keys that have any. */
  get size(): number {
    return this.#counts.size;
  }

  #leave(key: string): void {
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}
