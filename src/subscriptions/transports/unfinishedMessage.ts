/**
 * How much of a message has come whose end has not: it is held in memory until then, so it must come in time. Told from the
 * bytes that the wire has read since the last whole message, since the library says nothing of what it holds.
 */
import type { Duplex } from "node:stream";

/** What control frames and the beginning of the next message add up to stays well below this. */
const UNFINISHED_BYTES_MIN = 4_096;

/** The largest header of a control frame. */
const FRAME_HEADER_BYTES = 14;

export class UnfinishedMessage {
  readonly #wire: { readonly bytesRead?: number };
  #accounted: number;
  #since: number | undefined;

  constructor(wire: Duplex) {
    this.#wire = wire as unknown as { readonly bytesRead?: number };
    this.#accounted = this.#read;
  }

  get #read(): number {
    return this.#wire.bytesRead ?? 0;
  }

  /** A whole message has come. */
  ended(): void {
    this.#accounted = this.#read;
    this.#since = undefined;
  }

  /** A control frame has come, which may stand between the parts of a message. */
  controlled(bytes: number): void {
    this.#accounted += bytes + FRAME_HEADER_BYTES;
  }

  /** Bytes that have come of it. */
  get bytes(): number {
    const bytes = this.#read - this.#accounted;
    return bytes < UNFINISHED_BYTES_MIN ? 0 : bytes;
  }

  /** For how long its end has been missing, in milliseconds; 0 where nothing is missing. `now` is by the monotonic clock. */
  waitedMs(now: number): number {
    if (this.bytes === 0) this.#since = undefined;
    else this.#since ??= now;
    return this.#since === undefined ? 0 : now - this.#since;
  }
}
