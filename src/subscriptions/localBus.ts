/** The change bus of a single node: listeners are called by `publish`, and nothing leaves the process. */
import type { BusListener, BusMessage, ChangeBus } from "./changeBus.js";
import { Listeners } from "./listeners.js";
import type { Warn } from "./warn.js";

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

  subscribe(templateId: string, listener: BusListener): () => void {
    // A function of its own, so that one listener added twice is heard twice and removed once each.
    const own: BusListener = (message) => listener(message);
    this.#listeners.add(templateId, own);
    return () => void this.#listeners.remove(templateId, own);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}
