/**
 * GraphQL over server-sent events, one operation per request ("distinct connections"): `next` events, then `complete`.
 * A stream that ends without `complete` was cut, by a restart or an expired token: its client asks again. Events that
 * can be resumed after have ids, which it names then as `Last-Event-ID`.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { GraphQLError, OperationTypeNode, type ExecutionResult } from "graphql";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Admission, Leave } from "../../limits/admission.js";
import {
  PLACE_RETRY_AFTER_MS,
  tooMany,
  tooManyConnections,
  tooMuchUnread,
  unavailable,
} from "../../limits/rates/rateLimited.js";
import type { Clock } from "../../platform/clock.js";
import {
  formatted,
  type Rendering,
  type SharedExecution,
  type SubscribeRequest,
} from "../sharedExecution.js";
import type { EventSink, EndReason, LiveSubscription } from "../subscription.js";
import { openSubscription, type OpeningParts, type Proof } from "./openSubscription.js";
import type { GraphQLRequest, Prepare } from "./prepare.js";
import { Sweep, type Swept } from "./sweep.js";
import { WriteProgress } from "./writeProgress.js";

export interface EventStreamLimits {
  /** Bytes waiting to be written, beyond which a subscriber is served from the log. */
  readonly bufferBytesMax: number;
  /** How often a stream without news gets a comment, so that proxies keep it open. */
  readonly keepAliveMs?: number;
  /** How long a client may take nothing of what waits for it. */
  readonly stalledMs?: number;
}

export interface EventStreamParts {
  readonly prepare: Prepare;
  readonly shared: SharedExecution;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly answered: OpeningParts["answered"];
  readonly debugOf: OpeningParts["debugOf"];
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
    { method, headers }: IncomingMessage,
    response: ServerResponse,
    request: GraphQLRequest,
    proof: Proof,
    origin: RequestOrigin,
  ): Promise<void> => {
    const { prepare, admission } = this.#parts;
    const { viewer } = proof;
    const prepared = await prepare(viewer, request, origin);
    if ("errors" in prepared) return refuse(response, 400, prepared.errors);
    const { operation } = prepared;
    if (method === "GET" && operation === OperationTypeNode.MUTATION) {
      return refuse(response, 405, [getChangesNothing()], { allow: "POST" });
    }
    const leave = admission.connection(viewer, origin);
    if (leave === undefined) {
      const headers = { "retry-after": PLACE_RETRY_AFTER_MS / 1_000 };
      return refuse(response, 429, [tooMany(tooManyConnections)], headers);
    }
    const account: Account = {
      sent: (bytes) => admission.answer(viewer, origin, bytes),
      isFull: () => admission.hasUnread(viewer, origin),
      mayAnswer: (bytes) => admission.mayAnswer(viewer, origin, bytes),
    };
    const stream = this.#begin(response, proof, leave, account);
    if (operation !== OperationTypeNode.SUBSCRIPTION) {
      return stream.finish(await prepared.execute());
    }
    const { document } = prepared;
    const lastEventId = lastEventIdOf(headers);
    await this.#follow(stream, { ...request, document, viewer, origin, lastEventId });
  };

  #begin(
    response: ServerResponse,
    { deadline, watch }: Proof,
    leave: Leave,
    account: Account,
  ): EventStream {
    const { limits, clock } = this.#parts;
    const stream = new EventStream(response, limits, clock, deadline, account, () => {
      this.#streams.delete(stream);
      this.#sweep.remove(stream);
      unwatch?.();
      leave();
    });
    const unwatch = watch?.(() => stream.cut());
    this.#streams.add(stream);
    this.#sweep.add(stream);
    // Its client may be gone already: then nothing tells so any more.
    if (response.closed || response.destroyed) stream.cut();
    return stream;
  }

  async #follow(stream: EventStream, request: SubscribeRequest): Promise<void> {
    const opened = await openSubscription(this.#parts, request, (task) => stream.whenLeft(task));
    if (opened.kind === "refused") return stream.finish(opened.result);
    stream.begin(() => opened.source.attach(opened.renderer, stream));
  }

  /** Ends all streams so that their clients ask again. */
  close(): void {
    for (const stream of this.#streams) stream.cut();
  }
}

/** An EventSource that reconnects names the last id it saw, if any. */
function lastEventIdOf({ "last-event-id": id }: IncomingHttpHeaders): string | undefined {
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** What its person has not read, on all connections. */
interface Account {
  /** Counts what is sent until the given function is called. */
  sent(bytes: number): Leave | undefined;
  isFull(): boolean;
  mayAnswer(bytes: number): boolean;
}

/** The words of plain HTTP, which are Yoga's. */
function getChangesNothing(): GraphQLError {
  return new GraphQLError("Can only perform a mutation operation from a POST request.", {
    extensions: { code: "BAD_REQUEST" },
  });
}

function refuse(
  response: ServerResponse,
  status: number,
  errors: readonly GraphQLError[],
  headers: { readonly [name: string]: number | string } = {},
): void {
  response.writeHead(status, {
    ...headers,
    "cache-control": "no-store",
    "content-type": "application/json; charset=utf-8",
  });
  response.end(JSON.stringify({ errors: errors.map(formatted) }));
}

class EventStream implements EventSink<Rendering>, Swept {
  #subscription: LiveSubscription | undefined;
  #whenLeft: (() => void)[] = [];
  #ended = false;
  readonly #progress: WriteProgress;
  /** Its subscriber waits until there is room. */
  #isHeld = false;
  #writtenAt: number;

  constructor(
    private readonly response: ServerResponse,
    private readonly limits: EventStreamLimits,
    private readonly clock: Clock,
    private readonly deadline: number,
    private readonly account: Account,
    private readonly left: () => void,
  ) {
    this.#writtenAt = clock.monotonic();
    this.#progress = new WriteProgress(response.req.socket);
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    });
    // Some clients see the answer only when something of it has arrived.
    response.write(":\n\n");
    response.on("drain", () => this.#subscription?.resume());
    response.on("error", () => undefined);
    response.on("close", () => this.#leave());
  }

  begin(attach: () => LiveSubscription): void {
    if (this.#ended) return;
    const subscription = attach();
    if (this.#ended) subscription.close();
    else this.#subscription = subscription;
  }

  deliver({ text, id }: Rendering): void {
    if (this.#ended) return;
    this.#writtenAt = this.clock.monotonic();
    const idLine = id === undefined ? "" : `id: ${id}\n`;
    const event = Buffer.from(`${idLine}event: next\ndata: ${text}\n\n`);
    const read = this.account.sent(event.length);
    this.response.write(event, () => read?.());
    if (read !== undefined) this.response.once("close", read);
  }

  /** The response drains as soon as a write told it to; one write beyond the mark of node's own is enough for that. */
  full(): boolean {
    const isFull =
      this.response.writableNeedDrain && this.response.writableLength > this.limits.bufferBytesMax;
    this.#isHeld = isFull || this.account.isFull();
    return this.#isHeld;
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

  /** Delivers the one result there is. */
  finish({ errors, ...rest }: ExecutionResult): void {
    const result = errors === undefined ? rest : { ...rest, errors: errors.map(formatted) };
    const text = JSON.stringify(result);
    const mayBeSent = this.account.mayAnswer(Buffer.byteLength(text));
    const refusal = { errors: [formatted(unavailable(tooMuchUnread))] };
    this.deliver({ text: mayBeSent ? text : JSON.stringify(refusal) });
    this.complete();
  }

  /** Calls the task when nobody listens any more. */
  whenLeft(task: () => void): void {
    if (this.#ended) task();
    else this.#whenLeft.push(task);
  }

  /** Ends without saying that it is complete. */
  cut(): void {
    if (this.#ended) return;
    this.#leave();
    this.response.end();
  }

  sweep(now: number): void {
    if (now >= this.deadline) return this.cut();
    if (this.#progress.stalledMs(now) >= (this.limits.stalledMs ?? 60_000)) {
      this.#leave();
      this.response.destroy();
      return;
    }
    // Where others of its person's connections were full, nothing else tells that they no longer are.
    if (this.#isHeld && !this.full()) this.#subscription?.resume();
    if (this.#isHeld || now - this.#writtenAt < (this.limits.keepAliveMs ?? 12_000)) return;
    this.#writtenAt = now;
    this.response.write(":\n\n");
  }

  #leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#subscription?.close();
    this.#subscription = undefined;
    for (const task of this.#whenLeft.splice(0)) task();
    this.left();
  }
}
