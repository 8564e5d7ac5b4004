/** Reads heads of templates, those asked for at about the same time in one query, one query at a time. */
import type { TemplateHead, TemplateStore } from "../storage/templateStore.js";

interface Waiting {
  readonly promise: Promise<TemplateHead | undefined>;
  readonly resolve: (head: TemplateHead | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class HeadReader {
  readonly #store: Pick<TemplateStore, "heads">;
  readonly #defer: (task: () => void) => void;
  #waiting = new Map<string, Waiting>();
  #reading = false;
  #soon = false;

  constructor(store: Pick<TemplateStore, "heads">, defer: (task: () => void) => void) {
    this.#store = store;
    this.#defer = defer;
  }

  /** The head as of this call or later; undefined where there is no such template. Rejects as the store does. */
  read(templateId: string): Promise<TemplateHead | undefined> {
    const waiting = this.#waiting.get(templateId) ?? newWaiting();
    this.#waiting.set(templateId, waiting);
    this.#readSoon();
    return waiting.promise;
  }

  #readSoon(): void {
    if (this.#soon || this.#reading) return;
    this.#soon = true;
    this.#defer(() => {
      this.#soon = false;
      void this.#readAll();
    });
  }

  async #readAll(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = new Map();
    this.#reading = true;
    try {
      const heads = await this.#store.heads([...batch.keys()]);
      for (const [templateId, waiting] of batch) waiting.resolve(heads.get(templateId));
    } catch (error) {
      for (const waiting of batch.values()) waiting.reject(error);
    } finally {
      this.#reading = false;
      if (this.#waiting.size > 0) this.#readSoon();
    }
  }
}

function newWaiting(): Waiting {
  let resolve: Waiting["resolve"] = () => undefined;
  let reject: Waiting["reject"] = () => undefined;
  const promise = new Promise<TemplateHead | undefined>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
