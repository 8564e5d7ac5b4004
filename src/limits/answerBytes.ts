/**
 * Bytes of answers and events that are on their way: what their clients have not read, by person and on the node. They
 * are in this process' memory, so they are bounded, whatever clients read.
 */
import type { RateSettings } from "./rateSettings.js";

/** Answers up to this size are always sent: what a refusal would save is little. */
export const SMALL_ANSWER_BYTES = 65_536;

export class AnswerBytes {
  readonly #settings: RateSettings;
  readonly #of = new Map<string, number>();
  #all = 0;

  constructor(settings: RateSettings) {
    this.#settings = settings;
  }

  /** Whether so many bytes more may be on their way. Of somebody who reads everything any answer may, if the node has room. */
  hasRoom(who: string, bytes: number): boolean {
    if (bytes <= SMALL_ANSWER_BYTES) return true;
    const own = this.#of.get(who) ?? 0;
    const { answerBytesPerUserMax, answerBytesMax } = this.#settings;
    return (
      (own === 0 || own + bytes <= answerBytesPerUserMax) && this.#all + bytes <= answerBytesMax
    );
  }

  /** Whether so much is on its way that nothing more should be begun; never for who has read everything. */
  isFull(who: string): boolean {
    const own = this.#of.get(who) ?? 0;
    const { answerBytesPerUserMax, answerBytesMax } = this.#settings;
    return own >= answerBytesPerUserMax || (own > 0 && this.#all >= answerBytesMax);
  }

  /** So many bytes are on their way, until the function that is given is called. */
  enter(who: string, bytes: number): () => void {
    this.#add(who, bytes);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#add(who, -bytes);
    };
  }

  /** Bytes on their way, of everybody. */
  get bytes(): number {
    return this.#all;
  }

  #add(who: string, bytes: number): void {
    this.#all += bytes;
    const own = (this.#of.get(who) ?? 0) + bytes;
    if (own > 0) this.#of.set(who, own);
    else this.#of.delete(who);
  }
}
