/** What was opened and has to be closed, in the reverse order; also where opening the next thing fails. */
export class Closers {
  private readonly steps: (() => Promise<unknown>)[] = [];
  private closing: Promise<void> | undefined;

  /** Adds a step; those added later run earlier. */
  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
  }

  /** Runs every step, also after one that failed; rejects with the first failure. A second call waits for the first. */
  close(): Promise<void> {
    return (this.closing ??= this.run());
  }

  private async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.steps.toReversed()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
