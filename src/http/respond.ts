/** Answers as every route writes them. */
import type { ServerResponse } from "node:http";
import { shownText } from "../limits/work/shownText.js";

/** On every answer: no guessing of types, no framing, no loading by other sites, no address in the referrer. */
export const secureHeaders = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

export type ResponseHeaders = { readonly [name: string]: string | number };

/** Writes a whole answer; one that cannot be written any more is dropped. */
export function respond(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: ResponseHeaders = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...secureHeaders,
    "cache-control": "no-store",
    ...headers,
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** Writes that what the client has is what it would get. */
export function respondNotModified(response: ServerResponse, headers: ResponseHeaders): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(304, { ...secureHeaders, ...headers });
  response.end();
}

/** Writes a JSON answer. */
export function respondJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers?: ResponseHeaders,
): void {
  respond(response, status, "application/json; charset=utf-8", JSON.stringify(value), headers);
}

/** A request that is refused before GraphQL sees it; answered in the form of a GraphQL error. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: ResponseHeaders = {},
    /** Where the same request may be served later; in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }

  /** The same refusal with more headers; of one name the given one counts. */
  withHeaders(headers: ResponseHeaders): HttpRefusal {
    const all = { ...this.headers, ...headers };
    return new HttpRefusal(this.status, this.code, this.message, all, this.retryAfterMs);
  }
}

/** Writes a refusal as a GraphQL answer with one error, whose `extensions.code` tells programs what is wrong. */
export function respondRefusal(response: ServerResponse, refusal: HttpRefusal): void {
  const type = "application/json; charset=utf-8";
  respond(response, refusal.status, type, jsonOfRefusal(refusal), headersOfRefusal(refusal));
}

/** The answer's body. */
export function jsonOfRefusal({ code, message, retryAfterMs }: HttpRefusal): string {
  const extensions = { code, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return JSON.stringify({ errors: [{ message: shownText(message), extensions }] });
}

/** The headers of its own; `Retry-After` has whole seconds, and 0 would mean at once. */
export function headersOfRefusal({ retryAfterMs, headers }: HttpRefusal): ResponseHeaders {
  if (retryAfterMs === undefined) return headers;
  return { "retry-after": Math.max(1, Math.ceil(retryAfterMs / 1_000)), ...headers };
}
