/** The listening server: its timeouts, its port, and how it stops. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "../config/readConfig.js";
import { answerUnreadable, type RefuseRaw } from "./respondRaw.js";

/** How often overdue requests are looked for; node's own default of 30 s would make the limits mean little. */
const CHECK_TIMEOUTS_MS = 1_000;

/** How many ports are tried after one that is taken. */
const PORTS_TRIED = 20;

/** No port could be had; the message is one line. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** A server with the limits of the configuration, not listening yet. */
export function createHttpServer(
  limits: Config["http"],
  refuse: RefuseRaw,
  listener: RequestListener,
): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.httpHeaderBytesMax,
      headersTimeout: limits.httpHeadersMs,
      requestTimeout: limits.httpRequestMs,
      keepAliveTimeout: limits.httpKeepAliveMs,
      connectionsCheckingInterval: CHECK_TIMEOUTS_MS,
      noDelay: true,
    },
    listener,
  );
  answerUnreadable(server, refuse);
  return server;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Whether the next ports are tried where this one is taken. */
  readonly mayMove: boolean;
}

/**
 * Whether the port can be had, asked before anything costly is started: a start that would fail at its end should
 * fail at its beginning, with nothing done. Rejects with ListenError.
 */
export async function probePort(options: ListenOptions): Promise<void> {
  if (options.port === 0) return;
  const probe = createServer();
  await listen(probe, options);
  await closeHttpServer(probe);
}

/** Listens, and gives the port it got. Rejects with ListenError. */
export async function listen(server: Server, options: ListenOptions): Promise<number> {
  const { host, port, mayMove } = options;
  for (let tried = 0; ; tried += 1) {
    try {
      return await listenOnce(server, host, port + tried);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && mayMove && tried < PORTS_TRIED) continue;
      throw new ListenError(reasonOf(code, message, host, port + tried), { cause: error });
    }
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function reasonOf(code: string | undefined, message: string, host: string, port: number): string {
  switch (code) {
    case "EADDRINUSE":
      return `PORT: ${port} on ${host} is taken by another program; choose another`;
    case "EACCES":
      return `PORT: this user may not use ${port} on ${host}; choose one above 1023`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST: ${host} is not an address of this machine`;
    default:
      return `cannot listen on ${host}:${port}: ${message}`;
  }
}

/** How long requests that are on the wire already are still read, to be answered that the node is stopping. */
const LAST_REQUESTS_MS = 100;

/**
 * Resolves once requests under way are answered and no connection is left. Connections that wait for a next request
 * are closed; closing them at once would reset those whose request has just arrived.
 */
export async function drainHttpServer(server: Server): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LAST_REQUESTS_MS));
  // Where the event loop was busy, the timer fires before connections are accepted that wait for it. An immediate runs after
  // that; without it closing would reset them.
  await new Promise((resolve) => setImmediate(resolve));
  await closeHttpServer(server);
}

function closeHttpServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
