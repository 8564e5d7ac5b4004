/** Whether what waits on a connection to be written moves on: told from what the peer took, not from what was handed over. */
import type { Duplex } from "node:stream";

/** What node's sockets tell, and what their handle knows of a write that the kernel has taken a part of. */
interface Wire {
  readonly bytesWritten?: number;
  readonly writableLength: number;
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

export class WriteProgress {
  readonly #wire: Wire;
  #taken = "";
  #since: number | undefined;

  constructor(wire: Duplex) {
    this.#wire = wire as unknown as Wire;
  }

  /** How long the peer has taken nothing of what waits, in milliseconds; 0 where nothing waits. */
  stalledMs(now: number): number {
    const { bytesWritten = 0, writableLength, _handle: handle } = this.#wire;
    if (writableLength === 0) {
      this.#since = undefined;
      return 0;
    }
    const taken = `${bytesWritten - writableLength} ${handle?.writeQueueSize ?? ""}`;
    if (this.#since === undefined || taken !== this.#taken) {
      this.#taken = taken;
      this.#since = now;
    }
    return now - this.#since;
  }

  /** Whether something waited when it was last looked. */
  get isWaiting(): boolean {
    return this.#since !== undefined;
  }
}
