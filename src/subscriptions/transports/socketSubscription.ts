/** One subscription on a WebSocket: its events are text that others share, written straight to the socket. */
import type { LiveSource } from "../liveSource.js";
import type { Rendering } from "../sharedExecution.js";
import type { EventSink, EndReason, Renderer, LiveSubscription } from "../subscription.js";
import { closeCodes } from "./closeCodes.js";
import type { SocketConnection } from "./socketConnection.js";
import type { Operation } from "./socketProtocol.js";

export interface SocketSubscriptionParts {
  readonly connection: SocketConnection;
  readonly operation: Operation;
  readonly source: LiveSource;
  readonly renderer: Renderer<Rendering, unknown>;
  /** Tells the client that the operation is over. */
  readonly complete: (operation: Operation) => void;
}

export class SocketSubscription implements EventSink<Rendering> {
  readonly #connection: SocketConnection;
  readonly #operation: Operation;
  readonly #complete: (operation: Operation) => void;
  /** What stands before the payload in each message. */
  readonly #head: string;
  #subscription: LiveSubscription | undefined;

  private constructor({ connection, operation, complete }: SocketSubscriptionParts) {
    this.#connection = connection;
    this.#operation = operation;
    this.#complete = complete;
    this.#head = `{"id":${JSON.stringify(operation.id)},"type":"next","payload":`;
  }

  /** Delivers until the operation ends. */
  static begin(parts: SocketSubscriptionParts): void {
    const sink = new SocketSubscription(parts);
    const subscription = parts.source.attach(parts.renderer, sink);
    sink.#subscription = subscription;
    // It may have ended while it began.
    parts.operation.whenEnded(() => {
      sink.#subscription = undefined;
      subscription.close();
    });
  }

  deliver({ text }: Rendering): void {
    if (this.#operation.ended) return;
    this.#connection.write(`${this.#head}${text}}`);
  }

  full(): boolean {
    if (!this.#connection.full()) return false;
    this.#connection.whenDrained(this.#resume);
    return true;
  }

  end(reason: EndReason): void {
    if (this.#operation.ended) return;
    // A client that is told to complete does not come back: its socket is closed instead.
    if (reason === "shutdown") this.#connection.close(closeCodes.restart, "Reconnect");
    else this.#complete(this.#operation);
  }

  readonly #resume = (): void => this.#subscription?.resume();
}
