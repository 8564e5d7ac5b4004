/**
 * GraphQL over WebSocket, protocol graphql-transport-ws. graphql-ws keeps the protocol: init, subscribe, complete,
 * close codes; queries and mutations run through it. Events of subscriptions are written past it (socketSubscription).
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";
import { type GraphQLError, type ExecutionArgs, type ExecutionResult } from "graphql";
import { handleProtocols, makeServer, type Context, type Server } from "graphql-ws";
import { WebSocketServer, type WebSocket } from "ws";
import type { RequestOrigin } from "../../commands/requestOrigin.js";
import type { Admission, Place } from "../../limits/admission.js";
import { tooMany, tooManySubscriptions } from "../../limits/rateLimited.js";
import type { Clock } from "../../live/clock.js";
import { formatted, type SharedExecution } from "../sharedExecution.js";
import type { Warn } from "../warn.js";
import { closeCodes } from "./closeCodes.js";
import type { GraphQLRequest, Prepare, Prepared } from "./prepare.js";
import type { Proof } from "./proof.js";
import {
  admitUpgrade,
  requestRefusal,
  takePersonsPlace,
  upgradeRefusal,
  type UpgradeRefusal,
} from "./socketAdmission.js";
import { SocketConnection, type SocketLimits } from "./socketConnection.js";
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
  /** Whether a page that asks may. */
  readonly mayConnect: (request: IncomingMessage) => boolean;
  /** Answers a request that does not become a connection. */
  readonly refuse: (socket: Duplex, refusal: UpgradeRefusal) => void;
  readonly admission: Admission;
  readonly limits: SocketLimits;
  readonly clock: Clock;
  readonly warn: Warn;
}

/** What graphql-ws hands from one of its hooks to the next. */
interface SocketOperation extends ExecutionArgs {
  readonly connection: SocketConnection;
  readonly operationId: string;
  readonly prepared: Prepared;
}

type SocketContext = Context<Record<string, unknown>, SocketConnection>;

/** How long a peer has to answer a close frame. */
const closeTimeoutMs = 5_000;

export class WebSocketTransport {
  readonly #parts: WebSocketParts;
  readonly #sockets: WebSocketServer;
  readonly #protocol: Server<SocketConnection>;
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
    this.#protocol = this.#makeProtocol();
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
    const { mayConnect, originOf, admission, refuse } = this.#parts;
    const refusal = upgradeRefusal(isOurs, this.#closing, () => mayConnect(request));
    if (refusal !== undefined) return refuse(socket, refusal);
    const origin = originOf(request);
    const admitted = await admitUpgrade(admission, origin);
    if ("refusal" in admitted) return refuse(socket, admitted.refusal);
    const { place } = admitted;
    // Also where the handshake fails, or the client is gone already.
    socket.once("close", () => place.leave());
    if (socket.destroyed) return place.leave();
    this.#sockets.handleUpgrade(request, socket, head, (opened) =>
      this.#opened(opened, origin, place),
    );
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

  #opened(socket: WebSocket, origin: RequestOrigin, place: Place): void {
    const { limits, clock } = this.#parts;
    const connection = new SocketConnection(socket, origin, place, limits, () => clock.monotonic());
    this.#connections.add(connection);
    this.#sweep.add(connection);
    let receive: (text: string) => Promise<void> = () => Promise.resolve();
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => connection.send(text),
        close: (code, reason) => connection.close(code ?? 1000, reason ?? ""),
        onMessage: (listener) => {
          receive = listener;
        },
      },
      connection,
    );
    const handle = (text: string): Promise<void> =>
      receive(text).catch((error: unknown) => this.#failed(connection, error));
    // What a client sends before it has its answer to connection_init waits for that.
    let beforeInit: Promise<void> | undefined = Promise.resolve();
    socket.on("message", (data: Buffer) => {
      connection.heard();
      // Whoever was shut out may not answer the farewell, and write on.
      if (socket.readyState !== socket.OPEN) return;
      const text = data.toString();
      if (beforeInit === undefined) return void handle(text);
      const turn: Promise<void> = beforeInit.then(() => {
        if (!connection.acknowledged) return handle(text);
        void handle(text);
        if (beforeInit === turn) beforeInit = undefined;
        return undefined;
      });
      beforeInit = turn;
    });
    socket.on("pong", () => connection.heard());
    // ws closes the socket itself, with the code that fits.
    socket.on("error", () => undefined);
    socket.once("close", (code, reason) => {
      this.#connections.delete(connection);
      this.#sweep.remove(connection);
      connection.unwatch();
      if (this.#connections.size === 0) this.#emptied?.();
      closed(code, String(reason)).catch((error: unknown) => this.#failed(connection, error));
    });
  }

  #failed(connection: SocketConnection, error: unknown): void {
    this.#parts.warn("a WebSocket message could not be handled", error);
    connection.close(closeCodes.internalError, "Internal server error");
  }

  #makeProtocol(): Server<SocketConnection> {
    return makeServer<Record<string, unknown>, SocketConnection>({
      // One sweep for all instead of a timer for each.
      connectionInitWaitTimeout: 0,
      onConnect: (context) => this.#connect(context),
      onSubscribe: (context, id, payload) => this.#subscribe(context, id, payload),
      execute: (args) => (args as SocketOperation).prepared.execute(),
      subscribe: (args) => this.#follow(args as SocketOperation),
      onNext: (_context, _id, _payload, _args, result) =>
        withFormattedErrors(result as ExecutionResult),
      onError: (_context, _id, _payload, errors) =>
        errors.map((error) => formatted(error as Error)),
    });
  }

  async #connect(context: SocketContext): Promise<boolean> {
    const connection = context.extra;
    const params = context.connectionParams ?? {};
    const authorization = params["Authorization"] ?? params["authorization"];
    // Not needed again, and a token is most of what an idle connection would hold.
    delete (context as { connectionParams?: unknown }).connectionParams;
    if (authorization !== undefined && typeof authorization !== "string") return false;
    try {
      const { viewer, deadline, watch } = await this.#parts.authenticate(authorization);
      if (connection.socket.readyState !== connection.socket.OPEN) return false;
      const ended = () => connection.close(closeCodes.forbidden, "The token was ended");
      connection.unwatch = watch?.(ended) ?? connection.unwatch;
      if (!takePersonsPlace(this.#parts.admission, viewer, connection)) return false;
      connection.viewer = viewer;
      connection.deadline = deadline;
      connection.acknowledged = true;
      return true;
    } catch (error) {
      if (error instanceof Error && "retryAfterMs" in error) {
        connection.close(closeCodes.tryLater, "The token cannot be checked now");
      }
      return false;
    }
  }

  async #subscribe(
    context: SocketContext,
    operationId: string,
    payload: GraphQLRequest & { query: string },
  ): Promise<SocketOperation | readonly GraphQLError[]> {
    const { limits, prepare } = this.#parts;
    const connection = context.extra;
    if (Object.keys(context.subscriptions).length > limits.webSocketSubscriptionsMax) {
      return [
        tooMany(
          `a connection has at most ${limits.webSocketSubscriptionsMax} operations under way`,
        ),
      ];
    }
    const refusal = await requestRefusal(this.#parts.admission, connection);
    if (refusal !== undefined) return [refusal];
    const { query } = payload;
    const { operationName, variables: variableValues, documentId, extensions } = payload;
    const request = { query, operationName, variables: variableValues, documentId, extensions };
    const prepared = await prepare(connection.viewer, request, connection.origin);
    if ("errors" in prepared) return prepared.errors;
    // graphql-ws holds the payload as long as the operation lives; its text is in the document, which is shared.
    payload.query = "";
    delete (payload as { variables?: unknown }).variables;
    return {
      schema: undefined as never,
      document: prepared.document,
      operationName,
      variableValues,
      contextValue: undefined,
      rootValue: undefined,
      connection,
      operationId,
      prepared,
    };
  }

  async #follow(
    operation: SocketOperation,
  ): Promise<AsyncGenerator<ExecutionResult, undefined> | ExecutionResult> {
    const { connection, operationId, document, operationName } = operation;
    const { viewer, origin } = connection;
    const leave = this.#parts.admission.subscription(viewer, origin);
    if (leave === undefined) {
      return { errors: [tooMany(tooManySubscriptions)] };
    }
    const variables = operation.variableValues;
    const request = { document, operationName, variables, viewer, origin };
    const opened = await this.#parts.shared.open(request);
    // Held by graphql-ws as long as the subscription lives, but of no use any more.
    Object.assign(operation, { prepared: undefined, variableValues: undefined });
    if (opened.kind === "refused") {
      leave();
      return opened.result;
    }
    const { source, renderer } = opened;
    return new SocketSubscription({ connection, operationId, source, renderer, leave });
  }
}

function withFormattedErrors(result: Pick<ExecutionResult, "data" | "errors">) {
  const { errors, ...rest } = result;
  return errors === undefined ? rest : { ...rest, errors: errors.map(formatted) };
}
