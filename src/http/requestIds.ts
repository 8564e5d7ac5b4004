/**
 * The id of each HTTP request, answered as `x-request-id` and written to log lines about it. A proxy that is trusted may
 * name it; what anybody else sends is not read, so that nobody writes into others' lines.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const REQUEST_ID_HEADER = "x-request-id";

const ID = /^[\w.:-]{8,128}$/;

/** The same id each time it is asked for one request. */
export type RequestIdOf = (request: IncomingMessage) => string;

export function createRequestIdOf(
  isFromTrustedProxy: (request: Pick<IncomingMessage, "socket">) => boolean,
): RequestIdOf {
  const ids = new WeakMap<IncomingMessage, string>();
  return (request) => {
    const known = ids.get(request);
    if (known !== undefined) return known;
    const told = request.headers[REQUEST_ID_HEADER];
    const isUsable = typeof told === "string" && ID.test(told) && isFromTrustedProxy(request);
    const id = isUsable ? told : randomUUID();
    ids.set(request, id);
    return id;
  };
}
