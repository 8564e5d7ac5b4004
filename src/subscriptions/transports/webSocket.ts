/**
 * GraphQL over WebSocket, protocol graphql-transport-ws: who may connect, what an operation opens, and how sockets end.
 * The protocol itself is in socketProtocol, events of subscriptions in socketSubscription.
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";
import { OperationTypeNode, type ExecutionResult } from "graphql";
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols, type SubscribePayload } from "graphql-ws";
import { WebSocketServer, type WebSocket } from "ws";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Admission, Place } from "../../limits/admission.js";
import { tooMany, tooMuchUnread, unavailable } from "../../limits/rates/rateLimited.js";
import type { Clock } from "../../platform/clock.js";
import type { Paced } from "../../live/pace.js";
import { formatted, type SharedExecution, type SubscribeRequest } from "../sharedExecution.js";
import type { Warn } from "../../platform/logging.js";
import { closeCodes } from "./closeCodes.js";
import { openSubscription, type OpeningParts, type Proof } from "./openSubscription.js";
import type { Prepare } from "./prepare.js";
import {
  refusedUpgrade,
  requestRefusal,
  takePlace,
  upgradeRefusal,
  type UpgradeRefusal,
} from "./socketAdmission.js";
import { SocketConnection, type SocketLimits } from "./socketConnection.js";
import { SocketMessages } from "./socketMessages.js";
import { parseMessageBytes } from "./messageBytes.js";
import { SocketProtocol, type Opening, type Operation } from "./socketProtocol.js";
import { SocketSubscription } from "./socketSubscription.js";
import { Sweep } from "./sweep.js";

export interface WebSocketParts {
  readonly prepare: Prepare;
  readonly shared: SharedExecution;
  /**
   * Takes the `Authorization` of the connection's parameters; rejects where it is not valid, and where that cannot be
   * told now, with an error that says when to come again.
   */
  readonly authenticate: (authorization: string | undefined) => Promise<Proof>;
  /** Where the request that became a connection came from. */
  readonly originOf: (request: IncomingMessage) => RequestOrigin;
  /** Why the page that asks may not connect; undefined where it may, or where no page asks. */
  readonly refusedPage: (
    request: IncomingMessage,
  ) => Pick<UpgradeRefusal, "code" | "message"> | undefined;
  /** Answers a request that does not become a connection. */
  readonly refuse: (socket: Duplex, refusal: UpgradeRefusal) => void;
  readonly admission: Admission;
  /** Told of each request's errors. */
  readonly answered: OpeningParts["answered"];
  readonly debugOf: OpeningParts["debugOf"];
  /** The headers of the answer to a request that becomes a connection. */
  readonly upgradeHeaders: (request: IncomingMessage) => readonly string[];
  readonly limits: SocketLimits;
  readonly clock: Clock;
  readonly pace: Paced;
  readonly warn: Warn;
}

/** How long a peer has to answer a close frame. */
const closeTimeoutMs = 5_000;

export class WebSocketTransport {
  readonly #parts: WebSocketParts;
  readonly #sockets: WebSocketServer;
  readonly #connections = new Set<SocketConnection>();
  readonly #sweep: Sweep;
  #closing = false;
  #emptied: (() => void) | undefined;

  constructor(parts: WebSocketParts) {
    this.#parts = parts;
    this.#sweep = new Sweep(parts.clock);
    const options: ConstructorParameters<typeof WebSocketServer>[0] & { closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // One message a turn: however many a client sends at once, what others ask is served in between.
      allowSynchronousEvents: false,
      maxPayload: parts.limits.webSocketMessageBytesMax,
      closeTimeout: closeTimeoutMs,
      handleProtocols,
    };
    this.#sockets = new WebSocketServer(options);
    this.#sockets.on("headers", (headers, request) => {
      headers.push(...parts.upgradeHeaders(request));
    });
  }

  /** Connections that are open. */
  get size(): number {
    return this.#connections.size;
  }

  /** Serves the server's upgrade requests for the path; others are refused. */
  attach(server: HttpServer, path: string): void {
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on("error", () => socket.destroy());
      void this.#upgrade(request, socket, head, request.url?.split("?")[0] === path);
    });
    this.#sockets.on("wsClientError", (error: Error, socket: Duplex) => {
      this.#parts.refuse(socket, { status: 400, code: "BAD_REQUEST", message: error.message });
    });
  }

  async #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    isOurs: boolean,
  ): Promise<void> {
    const { refusedPage, originOf, admission, refuse } = this.#parts;
    const refusal = upgradeRefusal(isOurs, this.#closing, () => refusedPage(request));
    if (refusal !== undefined) return refuse(socket, refusal);
    const origin = originOf(request);
    const refused = await refusedUpgrade(admission, origin);
    if (refused !== undefined) return refuse(socket, refused);
    let evict = (): void => void socket.destroy();
    const place: Place = { leave: admission.pendingConnection(origin, () => evict()) };
    // Also where the handshake fails, or the client is gone already.
    socket.once("close", () => place.leave());
    if (socket.destroyed) return place.leave();
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      const connection = this.#opened(opened, socket, origin, place);
      evict = () => connection.close(closeCodes.initTimeout, "Closed for a newer connection");
    });
  }

  /** Takes no new connections and tells those that are open to connect again; resolves when they are closed. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#connections.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    for (const connection of this.#connections) connection.close(closeCodes.restart, "Going away");
    const cancel = this.#parts.clock.after(closeTimeoutMs, () => {
      for (const { socket } of this.#connections) socket.terminate();
    });
    await emptied;
    cancel();
  }

  #opened(socket: WebSocket, wire: Duplex, origin: RequestOrigin, place: Place): SocketConnection {
    const { limits, clock, admission } = this.#parts;
    const accounts = { place, admission };
    const now = clock.monotonic();
    const connection = new SocketConnection({ socket, wire, origin, limits, ...accounts }, now);
    this.#connections.add(connection);
    this.#sweep.add(connection);
    const protocol = this.#protocolOf(connection);
    const messages = new SocketMessages(connection, {
      admit: async (requests) => (await admission.requestsFrom(origin, requests)).ok,
      parse: (data) => parseMessageBytes(data, this.#parts),
      read: (message) =>
        protocol.receive(message).catch((error: unknown) => this.#failed(connection, error)),
    });
    socket.on("message", (data: Buffer) => messages.take(data, connection.heard()));
    wire.on("data", () => connection.arrived());
    // Whatever it sends then is not read.
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      connection.close(closeCodes.badProtocol, "Subprotocol not acceptable");
    }
    socket.on("ping", ({ length }: Buffer) => connection.heardControl(length));
    socket.on("pong", ({ length }: Buffer) => connection.heardControl(length));
    // ws closes the socket itself, with the code that fits.
    socket.on("error", () => undefined);
    socket.once("close", () => {
      this.#connections.delete(connection);
      this.#sweep.remove(connection);
      connection.gone();
      if (this.#connections.size === 0) this.#emptied?.();
      protocol.closed();
    });
    return connection;
  }

  #failed(connection: SocketConnection, error: unknown): void {
    this.#parts.warn("a WebSocket message could not be handled", error);
    connection.close(closeCodes.internalError, "Internal server error");
  }

  #protocolOf(connection: SocketConnection): SocketProtocol {
    const protocol: SocketProtocol = new SocketProtocol({
      send: (text) => connection.send(text),
      close: (code, reason) => connection.close(code, reason),
      connect: (parameters) => this.#connect(connection, parameters),
      open: (operation, payload, underWay) =>
        this.#open(connection, { operation, payload, underWay, complete }),
    });
    const complete = (operation: Operation): void => protocol.complete(operation);
    return protocol;
  }

  async #connect(
    connection: SocketConnection,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    const authorization = parameters["Authorization"] ?? parameters["authorization"];
    if (authorization !== undefined && typeof authorization !== "string") return false;
    try {
      const { viewer, deadline, watch } = await this.#parts.authenticate(authorization);
      if (connection.socket.readyState !== connection.socket.OPEN) return false;
      const ended = () => connection.close(closeCodes.forbidden, "The token was revoked");
      connection.unwatch = watch?.(ended) ?? connection.unwatch;
      if (!takePlace(this.#parts.admission, viewer, connection)) return false;
      connection.viewer = viewer;
      connection.deadline = deadline;
      connection.acknowledged = true;
      return true;
    } catch (error) {
      if (error instanceof Error && "retryAfterMs" in error) {
        connection.close(closeCodes.tryLater, "The token cannot be verified at present");
      } else if (error instanceof Error && error.name === "NoAccount") {
        connection.close(closeCodes.forbidden, error.message);
      }
      return false;
    }
  }

  /** After each wait the operation may have ended: then whatever is answered here is dropped. */
  async #open(connection: SocketConnection, opened: ToOpen): Promise<Opening> {
    const { limits, prepare, admission } = this.#parts;
    const { viewer, origin } = connection;
    if (opened.underWay > limits.webSocketSubscriptionsMax) {
      const message = `a connection has at most ${limits.webSocketSubscriptionsMax} running operations`;
      return this.#refused(origin, tooMany(message));
    }
    if (admission.hasUnread(viewer, origin)) return this.#refused(origin, tooMany(tooMuchUnread));
    const refusal = await requestRefusal(admission, connection);
    if (refusal !== undefined) return this.#refused(origin, refusal);
    const { query, operationName, variables, extensions } = opened.payload;
    const { documentId } = opened.payload as { readonly documentId?: unknown };
    const request = { query, operationName, variables, documentId, extensions };
    const prepared = await prepare(viewer, request, origin);
    if ("errors" in prepared) return errors(prepared.errors);
    if (opened.operation.ended) return errors([]);
    if (prepared.operation !== OperationTypeNode.SUBSCRIPTION) {
      const answer = result(await prepared.execute());
      return admission.mayAnswer(viewer, origin, Buffer.byteLength(answer.text))
        ? answer
        : this.#refused(origin, unavailable(tooMuchUnread));
    }
    const { document } = prepared;
    return this.#follow(connection, opened, {
      ...{ document, operationName, variables, viewer, origin },
    });
  }

  #refused(origin: RequestOrigin, error: Error): Opening {
    this.#parts.answered(origin, [error]);
    return errors([error]);
  }

  async #follow(
    connection: SocketConnection,
    { operation, complete }: ToOpen,
    request: SubscribeRequest,
  ): Promise<Opening> {
    const whenEnded = (task: () => void): void => operation.whenEnded(task);
    const opened = await openSubscription(this.#parts, request, whenEnded);
    if (opened.kind === "refused") return result(opened.result);
    const { source, renderer } = opened;
    const begin = () =>
      SocketSubscription.begin({ connection, operation, source, renderer, complete });
    return { kind: "live", begin };
  }
}

/** What a client asked for, on the way to its opening. */
interface ToOpen {
  readonly operation: Operation;
  readonly payload: SubscribePayload;
  readonly underWay: number;
  readonly complete: (operation: Operation) => void;
}

function errors(found: readonly Error[]): Opening {
  return { kind: "errors", errors: found.map(formatted) };
}

function result({ errors: found, ...rest }: ExecutionResult): Opening & { kind: "result" } {
  const shown = found === undefined ? rest : { ...rest, errors: found.map(formatted) };
  return { kind: "result", text: JSON.stringify(shown) };
}
