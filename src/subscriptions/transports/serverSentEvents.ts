/**
 * GraphQL over server-sent events, one operation per request ("distinct connections"): `next` events, then `complete`.
 * A stream that ends without `complete` was cut, by a restart or an expired token: its client asks again.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { getOperationAST, OperationTypeNode } from "graphql";
import type { RequestOrigin } from "../../limits/requestOrigin.js";
import type { Viewer } from "../../domain/access/access.js";
import type { Clock } from "../../live/clock.js";
import { formatted, type Rendering, type SharedExecution } from "../sharedExecution.js";
import type { EventSink, EndReason, LiveSubscription } from "../subscription.js";
import type { GraphQLRequest, Prepare } from "./prepare.js";
import { Sweep, type Swept } from "./sweep.js";

export interface EventStreamLimits {
  /** Bytes waiting to be written, beyond which a subscriber is served from the log. */
  readonly bufferBytesMax: number;
  /** How often a stream without news gets a comment, so that proxies keep it open. */
  readonly keepAliveMs?: number;
  /** How long a client may leave unread what waits for it. */
  readonly stalledMs?: number;
}

export interface EventStreamParts {
  readonly prepare: Prepare;
  readonly shared: SharedExecution;
  readonly clock: Clock;
  readonly limits: EventStreamLimits;
}

export class EventStreams {
  readonly #parts: EventStreamParts;
  readonly #sweep: Sweep;
  readonly #streams = new Set<EventStream>();

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.#sweep = new Sweep(parts.clock);
  }

  /** Streams that are open. */
  get size(): number {
    return this.#streams.size;
  }

  /** Answers one request; resolves when the stream has begun. What is wrong with the document is a 400 in JSON. */
  readonly serve = async (
    _request: IncomingMessage,
    response: ServerResponse,
    request: GraphQLRequest,
    { viewer, expiresAt }: { readonly viewer: Viewer; readonly expiresAt: number },
    origin: RequestOrigin,
  ): Promise<void> => {
    const { prepare, shared, clock, limits } = this.#parts;
    const prepared = await prepare(viewer, request, origin);
    if ("errors" in prepared) {
      const errors = prepared.errors.map(formatted);
      response.writeHead(400, { "content-type": "application/json; charset=utf-8" });
      return void response.end(JSON.stringify({ errors }));
    }
    const { document } = prepared;
    const stream = new EventStream(response, limits, clock, expiresAt, () => {
      this.#streams.delete(stream);
      this.#sweep.remove(stream);
    });
    this.#streams.add(stream);
    this.#sweep.add(stream);
    const operation = getOperationAST(document, request.operationName);
    if (operation != null && operation.operation !== OperationTypeNode.SUBSCRIPTION) {
      const { errors, ...rest } = await prepared.execute();
      const result = errors === undefined ? rest : { ...rest, errors: errors.map(formatted) };
      stream.deliver({ text: JSON.stringify(result) });
      return stream.complete();
    }
    const { operationName, variables } = request;
    const opened = await shared.open({ document, operationName, variables, viewer, origin });
    if (opened.kind === "opened") {
      stream.begin(() => opened.source.attach(opened.renderer, stream));
      return;
    }
    const { errors = [], ...rest } = opened.result;
    stream.deliver({ text: JSON.stringify({ ...rest, errors: errors.map(formatted) }) });
    stream.complete();
  };

  /** Ends all streams so that their clients ask again. */
  close(): void {
    for (const stream of this.#streams) stream.cut();
  }
}

class EventStream implements EventSink<Rendering>, Swept {
  #subscription: LiveSubscription | undefined;
  #ended = false;
  #fullSince: number | undefined;
  #writtenAt: number;

  constructor(
    private readonly response: ServerResponse,
    private readonly limits: EventStreamLimits,
    private readonly clock: Clock,
    private readonly expiresAt: number,
    private readonly left: () => void,
  ) {
    this.#writtenAt = clock.now();
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    });
    // Some clients see the answer only when something of it has arrived.
    response.write(":\n\n");
    response.on("drain", () => {
      this.#fullSince = undefined;
      this.#subscription?.resume();
    });
    response.on("error", () => undefined);
    response.on("close", () => this.#leave());
  }

  begin(attach: () => LiveSubscription): void {
    if (this.#ended) return;
    const subscription = attach();
    if (this.#ended) subscription.close();
    else this.#subscription = subscription;
  }

  deliver({ text }: Rendering): void {
    if (this.#ended) return;
    this.#writtenAt = this.clock.now();
    this.response.write(`event: next\ndata: ${text}\n\n`);
  }

  /** The response drains as soon as a write told it to; one write beyond the mark of node's own is enough for that. */
  full(): boolean {
    const isFull =
      this.response.writableNeedDrain && this.response.writableLength > this.limits.bufferBytesMax;
    if (isFull) this.#fullSince ??= this.clock.now();
    return isFull;
  }

  end(reason: EndReason): void {
    if (reason === "shutdown") this.cut();
    else this.complete();
  }

  complete(): void {
    if (this.#ended) return;
    this.#leave();
    this.response.end("event: complete\ndata: \n\n");
  }

  /** Ends without saying that it is complete. */
  cut(): void {
    if (this.#ended) return;
    this.#leave();
    this.response.end();
  }

  sweep(now: number): void {
    if (now >= this.expiresAt) return this.cut();
    if (
      this.#fullSince !== undefined &&
      now - this.#fullSince > (this.limits.stalledMs ?? 60_000)
    ) {
      this.#leave();
      this.response.destroy();
      return;
    }
    if (this.full() || now - this.#writtenAt < (this.limits.keepAliveMs ?? 12_000)) return;
    this.#writtenAt = now;
    this.response.write(":\n\n");
  }

  #leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#subscription?.close();
    this.#subscription = undefined;
    this.left();
  }
}
