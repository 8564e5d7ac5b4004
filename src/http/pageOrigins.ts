/**
 * Which origins' pages may call the API besides the server's own: those that the configuration lists and, outside
 * production, every page that this machine serves, since development servers take whatever port is free.
 */
import type { IncomingMessage } from "node:http";
import type { Config } from "../config/readConfig.js";
import type { Logger } from "../platform/logging.js";

/** Refused origins that are logged, each once; whoever invents more fills no log. */
const LOGGED_MAX = 100;

/** Characters of an origin that an answer or the log repeats. */
const SHOWN_UNITS_MAX = 200;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Why an origin is refused, and what to set so that it no longer is. */
export interface RefusedOrigin {
  readonly code: "CROSS_SITE_REQUEST";
  readonly message: string;
}

export interface PageOrigins {
  /** Whether pages of the origin may read answers and open WebSockets. */
  allows(origin: string): boolean;
  /** Why a page of this origin is refused; the log says so once for each origin. */
  refuse(origin: string): RefusedOrigin;
}

export interface PageOriginsOptions {
  /** `CORS_ORIGINS`. */
  readonly listed: readonly string[];
  /** Whether pages of this machine may call the API on any port. */
  readonly allowsLoopback: boolean;
  readonly warn: (details: { readonly origin: string }, message: string) => void;
}

/** Made once for a node: it remembers what it has logged. */
export function createPageOrigins({
  listed,
  allowsLoopback,
  warn,
}: PageOriginsOptions): PageOrigins {
  const known = new Set(listed);
  const logged = new Set<string>();
  return {
    allows: (origin) => known.has(origin) || (allowsLoopback && isLoopback(origin)),
    refuse(origin) {
      const shown = origin.slice(0, SHOWN_UNITS_MAX);
      const message = messageOf(shown);
      if (!logged.has(shown) && logged.size < LOGGED_MAX) {
        logged.add(shown);
        warn({ origin: shown }, message);
      }
      return { code: "CROSS_SITE_REQUEST", message };
    },
  };
}

/** The rule of a node's configuration. */
export function pageOriginsOf({ server }: Config, logger: Logger): PageOrigins {
  return createPageOrigins({
    listed: server.corsOrigins,
    allowsLoopback: server.environment !== "production",
    warn: (details, message) => logger.warn(details, message),
  });
}

function messageOf(origin: string): string {
  // Of a sandboxed frame or a file; such a page can be anybody's.
  if (!isOrigin(origin)) {
    return "pages without an http or https origin may not call this API: serve the page over HTTP and add its origin to the setting CORS_ORIGINS of the server";
  }
  return `pages of ${origin} may not call this API: add ${origin} to the setting CORS_ORIGINS of the server (origins separated by commas) and restart it`;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

function isLoopback(origin: string): boolean {
  if (!isOrigin(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return (protocol === "http:" || protocol === "https:") && LOOPBACK.has(hostname);
}

/** The origin of the page that a WebSocket was opened by, where that page may not. */
export function originThatMayNotConnect(
  { headers }: IncomingMessage,
  origins: PageOrigins,
): string | undefined {
  const { origin, host } = headers;
  // Programs name none; of the server's own pages the host is the one that was asked.
  if (origin === undefined || origins.allows(origin)) return undefined;
  if (URL.canParse(origin) && new URL(origin).host === host) return undefined;
  return origin;
}
