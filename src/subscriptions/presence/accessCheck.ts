/** Asks who may see a template: one question at a time, whose answer is not older than the reason to ask. */
import type { Viewing } from "../changes/viewing.js";

export class AccessCheck {
  readonly #read: () => Promise<Viewing>;
  readonly #observe: (viewing: Viewing) => boolean;
  /** Grows with each hint that access changed; a head read before the hint does not answer it. */
  #suspected = 0;
  #known = 0;
  #reading = false;
  #wanted = false;

  readonly #answered: () => void;

  /**
   * `observe` is told each answer, and says whether it is one for everybody; then, or where there was no reason to
   * doubt, `answered` is called.
   */
  constructor(
    read: () => Promise<Viewing>,
    observe: (viewing: Viewing) => boolean,
    answered: () => void,
  ) {
    this.#read = read;
    this.#observe = observe;
    this.#answered = answered;
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
        const viewing = await this.#read();
        if (this.#observe(viewing)) this.#known = suspected;
        if (!this.isAsking) this.#answered();
      } catch {
        // The database is away: subscribers stay, and it is asked again.
        this.#wanted = true;
        break;
      }
    }
    this.#reading = false;
  }
}
