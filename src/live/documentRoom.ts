/**
 * Room for documents in memory: those of live templates and those that are being read, old versions too. Whoever reads a
 * document reserves what it will take before it is parsed; for that, templates that nobody uses leave, and where they are
 * not enough, the reader waits.
 */
import type { Clock } from "../platform/clock.js";
import { QueueFull } from "./liveTemplates.js";

const RETRY_AFTER_MS = 1_000;
/** What is smaller waits for nobody: connections to the database bound how many are read at once. */
const SMALL_BYTES_MAX = 1_000_000;
/** Readers in line, and how long each waits. */
const WAITING_MAX = 1_000;
const WAIT_MS_MAX = 10_000;

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

export class DocumentRoom {
  #reserved = 0;
  readonly #waiting = new Set<Waiting>();

  /** `makeRoom` lets go of what it can where the bytes are wanted, and tells how many bytes are held still. */
  constructor(
    private readonly bytesMax: number,
    private readonly clock: Pick<Clock, "after">,
    private readonly makeRoom: (wantedBytes: number) => number,
  ) {}

  /** Does work that holds so many bytes until it is done. Rejects with QueueFull where there is no room in time. */
  async holding<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    // What is larger than all room can be read still, when there is some.
    const wanted = Math.min(bytes, this.bytesMax / 2);
    await this.#enter(wanted);
    try {
      return await work();
    } finally {
      this.#reserved -= wanted;
      this.admit();
    }
  }

  /** Lets in who waits, where there is room now. */
  admit(): void {
    for (const waiting of this.#waiting) {
      if (!this.#fits(waiting.bytes)) return;
      this.#waiting.delete(waiting);
      this.#reserved += waiting.bytes;
      waiting.enter();
    }
  }

  async #enter(bytes: number): Promise<void> {
    const isNext = this.#waiting.size === 0 && this.#fits(bytes);
    if (isNext || bytes < SMALL_BYTES_MAX) {
      this.#reserved += bytes;
      return;
    }
    if (this.#waiting.size >= WAITING_MAX) throw noRoom();
    await new Promise<void>((resolve, reject) => {
      const waiting = {
        bytes,
        enter: () => {
          cancel();
          resolve();
        },
      };
      const cancel = this.clock.after(WAIT_MS_MAX, () => {
        this.#waiting.delete(waiting);
        reject(noRoom());
      });
      this.#waiting.add(waiting);
    });
  }

  #fits(bytes: number): boolean {
    const wanted = this.#reserved + bytes;
    return this.makeRoom(wanted) + wanted <= this.bytesMax;
  }
}

function noRoom(): QueueFull {
  return new QueueFull(RETRY_AFTER_MS, "the node has no memory for the document at present");
}
