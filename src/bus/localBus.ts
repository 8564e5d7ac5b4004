/** The change bus of a single node: listeners are called by `publish`, and nothing leaves the process. */
import type { BusListener, BusMessage, BusTopic, ChangeBus } from "./changeBus.js";
import { Listeners } from "./listeners.js";
import type { Warn } from "../platform/logging.js";

export class LocalBus implements ChangeBus {
  readonly #listeners: Listeners;

  constructor(warn: Warn) {
    this.#listeners = new Listeners(warn);
  }

  /** Always: there are no other nodes. */
  get healthy(): boolean {
    return true;
  }

  publish(message: BusMessage): void {
    this.#listeners.serve(message);
  }

  subscribe<T extends BusTopic = "changes">(
    templateId: string,
    listener: BusListener<T>,
    topic = "changes" as T,
  ): () => void {
    const { remove } = this.#listeners.add({ templateId, topic }, listener);
    return () => void remove();
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}
