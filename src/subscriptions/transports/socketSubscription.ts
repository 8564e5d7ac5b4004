/**
 * One subscription on a WebSocket. To graphql-ws it is an iterable that never yields and ends with the subscription;
 * events are written past it, straight to the socket, because their payload is text that others share.
 */
import type { ExecutionResult } from "graphql";
import type { Leave } from "../../limits/admission.js";
import type { LiveSource } from "../liveSource.js";
import type { Rendering } from "../sharedExecution.js";
import type { EventSink, EndReason, Renderer, LiveSubscription } from "../subscription.js";
import { closeCodes } from "./closeCodes.js";
import type { SocketConnection } from "./socketConnection.js";

type Ended = IteratorResult<ExecutionResult, undefined>;
const done: Ended = { done: true, value: undefined };

export interface SocketSubscriptionParts {
  readonly connection: SocketConnection;
  readonly operationId: string;
  readonly source: LiveSource;
  readonly renderer: Renderer<Rendering, unknown>;
  /** Called when it ends. */
  readonly leave: Leave;
}

export class SocketSubscription
  implements EventSink<Rendering>, AsyncGenerator<ExecutionResult, undefined>
{
  readonly #connection: SocketConnection;
  /** What stands before the payload in each message. */
  readonly #head: string;
  /** How to begin; gone once it has begun. */
  #begin: (() => LiveSubscription) | undefined;
  #subscription: LiveSubscription | undefined;
  #resolve: ((result: Ended) => void) | undefined;
  #ended = false;

  readonly #leave: Leave;

  constructor({ connection, operationId, source, renderer, leave }: SocketSubscriptionParts) {
    this.#leave = leave;
    this.#connection = connection;
    this.#head = `{"id":${JSON.stringify(operationId)},"type":"next","payload":`;
    this.#begin = () => source.attach(renderer, this);
  }

  /** Begins to deliver, when graphql-ws begins to iterate; settles when the subscription ends. */
  next(): Promise<Ended> {
    if (this.#ended) return Promise.resolve(done);
    const ended = new Promise<Ended>((resolve) => {
      this.#resolve = resolve;
    });
    const begin = this.#begin;
    this.#begin = undefined;
    if (begin === undefined) return ended;
    const subscription = begin();
    // It may have ended while it began.
    if (this.#ended) subscription.close();
    else this.#subscription = subscription;
    return ended;
  }

  /** The client completed the subscription, or its socket closed. */
  return(): Promise<Ended> {
    this.#subscription?.close();
    this.#finish();
    return Promise.resolve(done);
  }

  throw(): Promise<Ended> {
    return this.return();
  }

  deliver({ text }: Rendering): void {
    if (this.#ended) return;
    this.#connection.socket.send(`${this.#head}${text}}`);
  }

  full(): boolean {
    if (!this.#connection.full()) return false;
    this.#connection.whenDrained(this.#resume);
    return true;
  }

  end(reason: EndReason): void {
    if (this.#ended) return;
    // A client that is told to complete does not come back: its socket is closed instead.
    if (reason === "shutdown") this.#connection.close(closeCodes.restart, "Connect again");
    else this.#finish();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.return().then(() => undefined);
  }

  readonly #resume = (): void => this.#subscription?.resume();

  #finish(): void {
    this.#ended = true;
    this.#leave();
    this.#begin = undefined;
    this.#subscription = undefined;
    this.#resolve?.(done);
    this.#resolve = undefined;
  }
}
