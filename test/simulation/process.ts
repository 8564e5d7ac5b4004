/** A process that may die: what it waits for never comes then, and what it says is not heard. */
export class SimulatedProcess {
  #died: () => void = () => undefined;
  /** Resolves when the process dies. */
  readonly death: Promise<void>;
  alive = true;

  constructor(readonly name: string) {
    this.death = new Promise((resolve) => {
      this.#died = resolve;
    });
  }

  die(): void {
    this.alive = false;
    this.#died();
  }
}
