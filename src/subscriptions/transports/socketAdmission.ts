/** A WebSocket's part in the limits of whom it belongs to. */
import type { GraphQLError } from "graphql";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Viewer } from "../../domain/access/access.js";
import type { Admission } from "../../limits/admission.js";
import { rateLimitedError, tooManyRequests } from "../../limits/rates/rateLimited.js";
import { closeCodes } from "./closeCodes.js";
import type { SocketConnection } from "./socketConnection.js";

/** Why a request does not become a WebSocket: an HTTP status, and what `extensions` of the error tell. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** A node that stops is replaced within a moment. */
const STOPPING_RETRY_AFTER_MS = 1_000;

/** Why a request may not become a WebSocket whoever asks, if so. */
export function upgradeRefusal(
  isOurs: boolean,
  isStopping: boolean,
  refusedPage: () => Pick<UpgradeRefusal, "code" | "message"> | undefined,
): UpgradeRefusal | undefined {
  if (!isOurs) return { status: 404, code: "NOT_FOUND", message: "not found" };
  if (isStopping) {
    const message = "this node is stopping; try again";
    return { status: 503, code: "UNAVAILABLE", message, retryAfterMs: STOPPING_RETRY_AFTER_MS };
  }
  const refused = refusedPage();
  return refused === undefined ? undefined : { status: 403, ...refused };
}

/** Counts the request; the refusal where it was one too many. */
export async function refusedUpgrade(
  admission: Admission,
  origin: RequestOrigin,
): Promise<UpgradeRefusal | undefined> {
  const taken = await admission.requestsFrom(origin);
  if (taken.ok) return undefined;
  const { retryAfterMs } = taken;
  return { status: 429, code: "RATE_LIMITED", message: tooManyRequests, retryAfterMs };
}

/**
 * Counts a connection with its person's, or with its address' where nobody is signed in, and no longer with those that
 * have not said whose they are. False where it was one too many, and was closed.
 */
export function takePlace(
  admission: Admission,
  viewer: Viewer,
  connection: SocketConnection,
): boolean {
  const { socket, origin, place } = connection;
  const leave = admission.connection(viewer, origin);
  if (leave === undefined) {
    connection.close(closeCodes.tooManyConnections, "Too many connections");
    return false;
  }
  place.leave();
  place.leave = leave;
  // It may have been closed meanwhile.
  if (socket.readyState === socket.CLOSED) leave();
  return true;
}

/** Counts one request; the error where it was one too many. */
export async function requestRefusal(
  admission: Admission,
  { viewer, origin }: SocketConnection,
): Promise<GraphQLError | undefined> {
  const ofAddress = await admission.requestsFrom(origin);
  const taken = ofAddress.ok ? await admission.requestsOf(viewer, origin) : ofAddress;
  return taken.ok ? undefined : rateLimitedError(tooManyRequests, taken.retryAfterMs);
}
