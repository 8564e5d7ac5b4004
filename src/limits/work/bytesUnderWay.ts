/**
 * Bytes that are on their way, by person (or address) and on the node: what was answered and is not read yet, and bodies of
 * requests that have not come whole. They are in this process' memory, so they are bounded, however fast clients are.
 */

/** Up to this size anything passes: what a refusal would save is little. */
export const SMALL_BYTES = 65_536;

export interface UnderWayBounds {
  readonly ofOneMax: number;
  readonly ofAllMax: number;
}

export class BytesUnderWay {
  readonly #bounds: UnderWayBounds;
  readonly #of = new Map<string, number>();
  #all = 0;

  constructor(bounds: UnderWayBounds) {
    this.#bounds = bounds;
  }

  /** Whether so many bytes more may be on their way. The first of anybody may be of any size, if the node has room. */
  hasRoom(who: string, bytes: number): boolean {
    if (bytes <= SMALL_BYTES) return true;
    const own = this.#of.get(who) ?? 0;
    const { ofOneMax, ofAllMax } = this.#bounds;
    return (own === 0 || own + bytes <= ofOneMax) && this.#all + bytes <= ofAllMax;
  }

  /** Whether so much is on its way that nothing more should be begun; never where nothing of this person is. */
  isFull(who: string): boolean {
    const own = this.#of.get(who) ?? 0;
    const { ofOneMax, ofAllMax } = this.#bounds;
    return own >= ofOneMax || (own > 0 && this.#all >= ofAllMax);
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
