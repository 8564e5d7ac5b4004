/**
 * One WebSocket: who it belongs to, whether it is alive, and how much waits to be written. What lies in between,
 * the protocol, is graphql-ws'. An idle connection is this object, the socket and graphql-ws' own state.
 */
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Viewer } from "../../domain/access/access.js";
import type { Duplex } from "node:stream";
import type { Admission, Place } from "../../limits/admission.js";
import { SMALL_BYTES } from "../../limits/work/bytesUnderWay.js";
import type { WebSocket } from "ws";
import type { Leave } from "../../limits/admission.js";
import { ArrivingBytes } from "./arrivingBytes.js";
import { closeCodes } from "./closeCodes.js";
import type { Swept } from "./sweep.js";
import { UnfinishedMessage } from "./unfinishedMessage.js";
import { WriteProgress } from "./writeProgress.js";

/** Bounds on connections; the names carry the unit. */
export interface SocketLimits {
  readonly webSocketMessageBytesMax: number;
  /** The same where nobody is signed in. */
  readonly webSocketAnonymousMessageBytesMax?: number;
  /** JSON values in one message. */
  readonly webSocketMessageValuesMax?: number;
  /** Time for a message, from its first byte to its last. */
  readonly webSocketMessageMs?: number;
  /** Time for `connection_init`. */
  readonly webSocketInitMs: number;
  /** Subscriptions and requests under way on one socket. */
  readonly webSocketSubscriptionsMax: number;
  /** Bytes waiting to be written, beyond which a subscriber is served from the log. */
  readonly webSocketBufferBytesMax: number;
  /** How often a socket is pinged; one that did not answer until the next time is gone. */
  readonly webSocketPingMs?: number;
  /** How long a client may take nothing of what waits for it. */
  readonly webSocketStalledMs?: number;
}

export interface SocketParts {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly wire: Duplex;
  readonly origin: RequestOrigin;
  /** Where it is counted. */
  readonly place: Place;
  /** Where what its client has not read is counted. */
  readonly admission: Admission;
  readonly limits: SocketLimits;
}

const nothing = Buffer.alloc(0);

/** What may have come of further messages while one is taken, and headers of its parts. */
const UNREAD_BYTES_MAX = 4 * SMALL_BYTES;

export class SocketConnection implements Swept {
  viewer: Viewer = { kind: "anonymous" };
  /** When it is closed unless something happens before: `connection_init`, then the end of the token. */
  deadline: number;
  acknowledged = false;
  /** Stops the watch over what its token proves. */
  unwatch: () => void = () => undefined;
  #alive = true;
  #pingAt: number;
  readonly #progress: WriteProgress;
  readonly #unfinished: UnfinishedMessage;
  readonly #arriving: ArrivingBytes;
  #paused = false;
  /** Who goes on when what waits is written; made when first needed. */
  #waiting: Set<() => void> | undefined;

  readonly socket: WebSocket;
  readonly origin: RequestOrigin;
  readonly place: Place;
  readonly limits: SocketLimits;
  readonly #admission: Admission;

  /** `now` is by the monotonic clock. */
  constructor({ socket, wire, origin, place, admission, limits }: SocketParts, now: number) {
    this.socket = socket;
    this.origin = origin;
    this.place = place;
    this.limits = limits;
    this.#admission = admission;
    this.#progress = new WriteProgress(wire);
    this.#unfinished = new UnfinishedMessage(wire);
    this.#arriving = new ArrivingBytes((bytes) => admission.body(this.viewer, origin, bytes));
    this.deadline = now + limits.webSocketInitMs;
    this.#pingAt = now + (limits.webSocketPingMs ?? 30_000);
  }

  /** The peer sent a whole message; what it holds of the room for messages is given back by the returned function. */
  heard(): Leave {
    this.#alive = true;
    this.#unfinished.ended();
    return this.#arriving.taken();
  }

  /** Bytes have come: those of a message whose end is missing are held in memory, which is bounded. */
  arrived(): void {
    const { bytes } = this.#unfinished;
    if (bytes === 0 || this.socket.readyState !== this.socket.OPEN) return;
    if (bytes > this.messageBytesMax + UNREAD_BYTES_MAX) {
      this.close(closeCodes.messageTooLong, "Message too long");
    } else if (!this.#arriving.holds(bytes)) {
      this.close(closeCodes.tryLater, "Too many bytes are being sent concurrently");
    }
  }

  /** The socket is closed: nothing more comes. */
  gone(): void {
    this.unwatch();
    this.#arriving.taken()();
  }

  /** The peer sent a control frame of so many bytes. */
  heardControl(bytes: number): void {
    this.#alive = true;
    this.#unfinished.controlled(bytes);
  }

  /** Bytes of a message that may be sent on this connection. */
  get messageBytesMax(): number {
    const { webSocketMessageBytesMax: all, webSocketAnonymousMessageBytesMax: anonymous = all } =
      this.limits;
    return this.viewer.kind === "user" ? all : Math.min(all, anonymous);
  }

  /** Writes a message of the protocol; a client that sends more than it reads is not read further. */
  send(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.write(text);
    if (this.#paused || !this.full()) return;
    this.#paused = true;
    this.socket.pause();
    this.whenDrained(() => {
      this.#paused = false;
      this.socket.resume();
    });
  }

  /** Writes a frame, however much waits. */
  write(text: string): void {
    // Of texts that are certainly small the bytes are not counted.
    const bytes = text.length < SMALL_BYTES / 3 ? 0 : Buffer.byteLength(text);
    this.socket.send(text, this.#admission.answer(this.viewer, this.origin, bytes));
  }

  /** Whether too much waits to be written, here or on all connections of its person. */
  full(): boolean {
    const { viewer, origin, limits, socket } = this;
    if (socket.bufferedAmount > limits.webSocketBufferBytesMax) return true;
    return this.#admission.hasUnread(viewer, origin);
  }

  /** Calls the task once when what waits now is written; a task that waits already is not added again. */
  whenDrained(task: () => void): void {
    this.#waiting ??= new Set();
    const isFirst = this.#waiting.size === 0;
    this.#waiting.add(task);
    // Where others of its person's connections are full, the sweep looks whether they still are.
    if (!isFirst || this.socket.bufferedAmount === 0) return;
    // Frames are written in order: when this one is, all before it are.
    this.socket.ping(nothing, false, () => this.#drained());
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
    // Without a reader neither the farewell nor its answer gets through.
    if (this.#paused) this.socket.resume();
  }

  sweep(now: number): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (now >= this.deadline) return this.#expire();
    if (this.#progress.stalledMs(now) >= (this.limits.webSocketStalledMs ?? 60_000)) {
      return this.close(closeCodes.slowReader, "The client does not read");
    }
    if (this.#unfinished.waitedMs(now) >= (this.limits.webSocketMessageMs ?? 30_000)) {
      return this.close(closeCodes.tryLater, "The message was not complete in time");
    }
    if (this.#waiting !== undefined && !this.full()) this.#drained();
    // A ping behind what a slow client still reads could not be answered in time.
    if (this.#progress.isWaiting) this.#alive = true;
    if (now < this.#pingAt) return;
    if (!this.#alive) return this.socket.terminate();
    this.#alive = false;
    this.#pingAt = now + (this.limits.webSocketPingMs ?? 30_000);
    this.socket.ping();
  }

  #expire(): void {
    if (this.acknowledged) this.close(closeCodes.forbidden, "The token has expired");
    else this.close(closeCodes.initTimeout, "Connection initialisation timeout");
  }

  #drained(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.socket.readyState !== this.socket.OPEN) return;
    for (const task of waiting ?? []) task();
  }
}
