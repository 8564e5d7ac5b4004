/** Asks who may see a template: one question at a time, whose answer is not older than the reason to ask. */
import type { TemplateHead } from "../../storage/templateStore.js";

export class AccessCheck {
  readonly #read: () => Promise<TemplateHead | undefined>;
  readonly #observe: (head: TemplateHead | undefined) => void;
  /** Grows with each hint that access changed; a head read before the hint does not answer it. */
  #suspected = 0;
  #known = 0;
  #reading = false;
  #wanted = false;

  /** `observe` is told each answer. */
  constructor(
    read: () => Promise<TemplateHead | undefined>,
    observe: (head: TemplateHead | undefined) => void,
  ) {
    this.#read = read;
    this.#observe = observe;
  }

  /** Whether access may have changed and is not known yet. */
  get isAsking(): boolean {
    return this.#known !== this.#suspected;
  }

  /** Access may have changed. */
  suspect(): void {
    this.#suspected += 1;
    this.look();
  }

  /** Asks, without a reason to doubt. */
  look(): void {
    this.#wanted = true;
    if (!this.#reading) void this.#ask();
  }

  /** Asks again where the last question got no answer. */
  retry(): void {
    if (this.#wanted) this.look();
  }

  async #ask(): Promise<void> {
    this.#reading = true;
    while (this.#wanted) {
      this.#wanted = false;
      const suspected = this.#suspected;
      try {
        const head = await this.#read();
        this.#known = suspected;
        this.#observe(head);
      } catch {
        // The database is away: subscribers stay, and it is asked again.
        this.#wanted = true;
        break;
      }
    }
    this.#reading = false;
  }
}
