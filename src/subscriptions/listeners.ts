/** The listeners of one node by template: what every bus adapter serves directly, whatever lies behind it. */
import type { BusListener, BusMessage } from "./changeBus.js";
import type { Warn } from "./warn.js";

export class Listeners {
  readonly #byTemplate = new Map<string, Set<BusListener>>();
  readonly #warn: Warn;

  constructor(warn: Warn) {
    this.#warn = warn;
  }

  /** The templates that somebody listens to. */
  get templateIds(): IterableIterator<string> {
    return this.#byTemplate.keys();
  }

  has(templateId: string): boolean {
    return this.#byTemplate.has(templateId);
  }

  /** Adds a listener; true where it is the first one of its template. */
  add(templateId: string, listener: BusListener): boolean {
    const present = this.#byTemplate.get(templateId);
    if (present !== undefined) {
      present.add(listener);
      return false;
    }
    this.#byTemplate.set(templateId, new Set([listener]));
    return true;
  }

  /** Removes a listener; true where it was the last one of its template. */
  remove(templateId: string, listener: BusListener): boolean {
    const present = this.#byTemplate.get(templateId);
    if (present === undefined || !present.delete(listener) || present.size > 0) return false;
    this.#byTemplate.delete(templateId);
    return true;
  }

  /** Hands the message to each listener of its template; what one throws is reported and harms no other. */
  serve(message: BusMessage): void {
    for (const listener of this.#byTemplate.get(message.templateId) ?? []) {
      try {
        listener(message);
      } catch (error) {
        this.#warn("a listener of the change bus failed", error);
      }
    }
  }

  clear(): void {
    this.#byTemplate.clear();
  }
}
