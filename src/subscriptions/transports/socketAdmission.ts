/** A WebSocket's part in the limits of whom it belongs to. */
import type { GraphQLError } from "graphql";
import type { Viewer } from "../../domain/access/access.js";
import type { Admission } from "../../limits/admission.js";
import { rateLimitedError, tooManyRequests } from "../../limits/rateLimited.js";
import { closeCodes } from "./closeCodes.js";
import type { SocketConnection } from "./socketConnection.js";

/**
 * Counts a signed-in connection with its person's, and no longer with its address'. False where it was one too many,
 * and was closed.
 */
export function takePersonsPlace(
  admission: Admission,
  viewer: Viewer,
  connection: SocketConnection,
): boolean {
  if (viewer.kind === "anonymous") return true;
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
  const taken = ofAddress.ok ? await admission.requestsOf(viewer) : ofAddress;
  return taken.ok ? undefined : rateLimitedError(tooManyRequests, taken.retryAfterMs);
}
