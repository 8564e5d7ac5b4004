/** A template's locks as presence shows them: read once for all subscribers when they may have changed. */
import type { Lock } from "../../domain/locks/lock.js";

export class ShownLocks {
  readonly #read: () => Promise<readonly Lock[]>;
  readonly #changed: () => void;
  /** The revision of the roster at which they were shown last. */
  revision = 0;
  #locks: readonly Lock[] | undefined;
  #started = false;
  #reading = false;
  #wanted = false;

  /** `changed` is called when they were read and differ. */
  constructor(read: () => Promise<readonly Lock[]>, changed: () => void) {
    this.#read = read;
    this.#changed = changed;
  }

  /** Whether nobody can be told yet what is locked: a first event tells it. */
  get areUnknown(): boolean {
    return this.#locks === undefined;
  }

  /** The locks where they changed after the revision, else null. */
  since(revision: number): readonly Lock[] | null {
    return this.#locks !== undefined && this.revision > revision ? this.#locks : null;
  }

  /** Somebody looks. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.changed();
  }

  /** Nobody looks any more. */
  stop(): void {
    this.#started = false;
    this.#wanted = false;
    this.#locks = undefined;
  }

  /** They may have changed. */
  changed(): void {
    if (!this.#started) return;
    this.#wanted = true;
    if (!this.#reading) void this.#readAll();
  }

  /** Reads again where that failed. */
  retry(): void {
    if (this.#wanted) this.changed();
  }

  async #readAll(): Promise<void> {
    this.#reading = true;
    while (this.#wanted) {
      this.#wanted = false;
      try {
        const locks = await this.#read();
        if (!this.#started) break;
        const isSame = JSON.stringify(locks) === JSON.stringify(this.#locks);
        this.#locks = locks;
        if (!isSame) this.#changed();
      } catch {
        this.#wanted = this.#started;
        break;
      }
    }
    this.#reading = false;
  }
}
