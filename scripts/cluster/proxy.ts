/**
 * A small proxy for several nodes: HTTP, event streams and WebSockets, each request to the node that its template
 * belongs to. The template is named by the header `x-strata-template` or the query parameter `template`; without
 * either, nodes take turns. Which node serves a template is an optimisation: any node serves any.
 */
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Backend, Backends } from "./backends.js";

const CONNECT_MS_MAX = 2_000;
const RETRY_AFTER_MS = 1_000;

/** The proxy, not listening yet. Closing it ends the connections that are passed through. */
export function createProxy(backends: Backends): Server {
  const server = createServer((request, response) => {
    void passRequest(backends, request, response);
  });
  const passedThrough = new Set<Duplex>();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    passedThrough.add(socket);
    socket.on("close", () => passedThrough.delete(socket));
    socket.on("error", () => socket.destroy());
    void passUpgrade(backends, request, socket, head);
  });
  server.on("close", () => {
    for (const socket of passedThrough) socket.destroy();
  });
  return server;
}

/** What the request is routed by. */
function routingKey({ url = "/", headers }: IncomingMessage): string | undefined {
  const named = headers["x-strata-template"];
  if (typeof named === "string" && named !== "") return named.toLowerCase();
  const query = url.split("?")[1];
  return new URLSearchParams(query).get("template")?.toLowerCase() || undefined;
}

async function passRequest(
  backends: Backends,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const connected = await connectToFirst(backends, request);
  if (connected === undefined) return respondUnavailable(response);
  const upstream = httpRequest({
    createConnection: () => connected.socket,
    host: connected.backend.host,
    port: connected.backend.port,
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: { ...forwardedHeaders(request), connection: "close" },
  });
  upstream.on("response", (answer) => {
    const { connection: _connection, "keep-alive": _keepAlive, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, headers);
    response.flushHeaders();
    answer.pipe(response);
    // A node that dies in the middle of an answer must not look like one that has finished it.
    answer.on("error", () => response.destroy());
    answer.on("aborted", () => response.destroy());
  });
  upstream.on("error", () => {
    if (response.headersSent) response.destroy();
    else respondUnavailable(response);
  });
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

async function passUpgrade(
  backends: Backends,
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
): Promise<void> {
  const connected = await connectToFirst(backends, request);
  if (connected === undefined) {
    client.end(
      "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    );
    return;
  }
  const { socket } = connected;
  socket.setNoDelay(true);
  const lines = Object.entries(forwardedHeaders(request)).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${String(one)}`),
  );
  socket.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  socket.write(head);
  socket.pipe(client).pipe(socket);
  socket.on("error", () => client.destroy());
  socket.on("close", () => client.destroy());
  client.on("close", () => socket.destroy());
}

interface Connected {
  readonly backend: Backend;
  readonly socket: Socket;
}

/** A connection to the first candidate that takes one: until then nothing of the request was sent. */
async function connectToFirst(
  backends: Backends,
  request: IncomingMessage,
): Promise<Connected | undefined> {
  for (const backend of backends.candidates(routingKey(request))) {
    const socket = await tryToConnect(backend);
    if (socket !== undefined) return { backend, socket };
    backends.failed(backend);
  }
  return undefined;
}

function tryToConnect({ host, port }: Backend): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const tooLate = setTimeout(() => socket.destroy(new Error("no answer")), CONNECT_MS_MAX);
    const settle = (result: Socket | undefined): void => {
      clearTimeout(tooLate);
      resolve(result);
    };
    // Stays, so that a later error that nobody else waits for does not end the process.
    socket.on("error", () => settle(undefined));
    socket.once("connect", () => settle(socket));
  });
}

function forwardedHeaders({ headers, socket }: IncomingMessage): OutgoingHttpHeaders {
  const before = headers["x-forwarded-for"];
  const from = socket.remoteAddress ?? "unknown";
  return {
    ...headers,
    "x-forwarded-for": before === undefined ? from : `${String(before)}, ${from}`,
    "x-forwarded-proto": "http",
  };
}

function respondUnavailable(response: ServerResponse): void {
  const extensions = { code: "UNAVAILABLE", retryAfterMs: RETRY_AFTER_MS };
  const errors = [{ message: "No node takes requests now; try again.", extensions }];
  const headers = { "content-type": "application/json; charset=utf-8", "retry-after": "1" };
  response.writeHead(503, headers).end(JSON.stringify({ errors }));
}
