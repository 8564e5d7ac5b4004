/**
 * What has come of a message and was not read yet takes room with the bodies of HTTP requests, of its sender and of the
 * node, whatever the connections that it comes on.
 */
import { SMALL_BYTES } from "../../limits/work/bytesUnderWay.js";
import type { Leave } from "../../limits/admission.js";

/** Room is taken for so many bytes at a time. */
const PART_BYTES = 4 * SMALL_BYTES;

export class ArrivingBytes {
  readonly #enter: (bytes: number) => Leave | undefined;
  #parts: Leave[] = [];
  #bytes = 0;

  /** `enter` takes room; undefined where there is none. */
  constructor(enter: (bytes: number) => Leave | undefined) {
    this.#enter = enter;
  }

  /** Takes room for so many bytes in all, beside what was taken already; false where there is none. */
  holds(bytes: number): boolean {
    const missing = bytes > SMALL_BYTES ? bytes - this.#bytes : 0;
    if (missing <= 0) return true;
    const part = Math.ceil(missing / PART_BYTES) * PART_BYTES;
    const leave = this.#enter(part);
    if (leave === undefined) return false;
    this.#parts.push(leave);
    this.#bytes += part;
    return true;
  }

  /** The message is whole: gives back its room when the returned function is called. What comes next begins anew. */
  taken(): Leave {
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    return () => {
      for (const leave of parts.splice(0)) leave();
    };
  }
}
