/**
 * What the log tells of requests: errors that were hidden from their clients, and at the level debug what was refused,
 * and each mutation and subscription. Ids, codes and counts alone: neither what a client sends as content nor tokens.
 */
import { GraphQLError } from "graphql";
import type { RequestOrigin } from "../limits/origin/requestOrigin.js";
import type { Logger } from "../platform/logging.js";

/** Tells of a request; undefined where nobody wants to know. */
export type TellDebug = (details: object, message: string) => void;

/** Hidden errors whose request is not known by then are logged without it. */
const UNCLAIMED_MS = 1_000;

export class RequestLog {
  readonly #logger: Logger;
  /** By the id that the client gets in their place. */
  readonly #hidden = new Map<string, unknown>();
  #flushes = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Logs an error that a client is not told, at once. */
  readonly hide = (error: unknown, errorId: string): void => this.#report(errorId, error, {});

  /** The same once the request was answered: who replaces the error does not know of which request it is. */
  readonly hideUntilAnswered = (error: unknown, errorId: string): void => {
    this.#hidden.set(errorId, error);
    if (this.#flushes) return;
    this.#flushes = true;
    setTimeout(() => this.#reportAll(), UNCLAIMED_MS).unref();
  };

  /** A request was answered, with these errors. */
  answered(origin: RequestOrigin, errors: readonly unknown[] | undefined): void {
    if (errors === undefined || errors.length === 0) return;
    const debug = this.debugOf(origin);
    for (const error of errors) {
      if (!(error instanceof GraphQLError)) continue;
      const { code, errorId } = error.extensions;
      debug?.({ code: code ?? "BAD_REQUEST", path: error.path }, "a request returned an error");
      if (typeof errorId === "string" && this.#hidden.has(errorId)) {
        this.#report(errorId, this.#hidden.get(errorId), idOf(origin));
        this.#hidden.delete(errorId);
      }
    }
  }

  /** A request was refused before GraphQL saw it. */
  refused(
    { address, ...origin }: RequestOrigin,
    { status, code }: { readonly status: number; readonly code: string },
  ): void {
    this.debugOf({ address, ...origin })?.({ status, code, address }, "a request was refused");
  }

  /** What tells of a request at the level debug; undefined where that is off. */
  debugOf(origin: RequestOrigin): TellDebug | undefined {
    if (!this.#logger.isLevelEnabled("debug")) return undefined;
    return (details, message) => this.#logger.debug({ ...idOf(origin), ...details }, message);
  }

  #report(errorId: string, error: unknown, request: object): void {
    this.#logger.error({ ...request, error, errorId }, "an error was hidden from a client");
  }

  #reportAll(): void {
    this.#flushes = false;
    for (const [errorId, error] of this.#hidden) this.#report(errorId, error, {});
    this.#hidden.clear();
  }
}

function idOf({ requestId }: RequestOrigin): { readonly requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}
