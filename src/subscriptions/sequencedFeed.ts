/**
 * Followers of one list that grows by numbers, on one node. The table is the truth: each follower is the number of the last
 * entry it knows, and is told what the table holds after that; a message only says that there is something. Nothing is
 * queued for who does not read.
 */
import type { EndReason } from "./subscription.js";
import type { Warn } from "../platform/logging.js";

/** One follower. */
export interface SequencedMember {
  /** Whether it can take an event now. */
  readonly ready: boolean;
  /** The number of the last entry that it knows. */
  readonly sequence: number;
  end(reason: EndReason): void;
}

export abstract class SequencedFeed<M extends SequencedMember> {
  protected readonly members = new Set<M>();
  /** Followers below this number may have something to be told; undefined where nothing is to be done. */
  #wanted: number | undefined;
  #working = false;
  #failed = false;

  protected constructor(
    private readonly warn: Warn,
    /** What is said where the list could not be read. */
    private readonly unreadable: string,
    /** The last follower left. */
    private readonly deserted: () => void,
  ) {}

  /** Tells those who are behind what the table holds. Rejects where it cannot be read. */
  protected abstract round(behind: readonly M[]): Promise<void>;

  /** There are entries through this number. */
  news(sequence: number): void {
    this.#wanted = Math.max(this.#wanted ?? 0, sequence);
    if (!this.#working) void this.#work();
  }

  /** Anything may have happened. */
  look(): void {
    this.news(Infinity);
  }

  /** Looks again where the last look found no answer. */
  retry(): void {
    if (this.#failed) this.look();
  }

  resumed(): void {
    this.look();
  }

  left(member: M): void {
    this.members.delete(member);
    if (this.members.size === 0) this.deserted();
  }

  shutDown(): void {
    for (const member of [...this.members]) member.end("shutdown");
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      while (this.#wanted !== undefined) {
        const wanted = this.#wanted;
        this.#wanted = undefined;
        await this.round(
          [...this.members].filter((member) => member.ready && member.sequence < wanted),
        );
      }
      this.#failed = false;
    } catch (error) {
      // The database is away: followers stay, and it is asked again.
      if (!this.#failed) this.warn(this.unreadable, error);
      this.#failed = true;
    } finally {
      this.#working = false;
    }
  }
}
